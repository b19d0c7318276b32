"""The abstract base of every row that can stand in a URL."""

from __future__ import annotations

import uuid

from django.db import models


class Record(models.Model):
    """A row with a bigint key for joins and a random ``public_id`` for URLs.

    The random id hides counts; it is not the protection: the policy table and the querysets are.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True
