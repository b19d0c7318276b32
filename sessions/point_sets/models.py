"""Points that belong together and are needled again: a line with a name."""

from __future__ import annotations

from django.db import models

from sessions.point_sets.querysets import PointSetQuerySet
from sessions.shelf.models import Shelved, names_are_its_own


class PointSet(Shelved):
    """A set of points, of one practitioner or shared by all. Retired, it is offered no more and keeps its name."""

    line = models.TextField(help_text="The points as one types them, each with its side; nothing of it asks.")

    objects = PointSetQuerySet.as_manager()

    class Meta:
        constraints = names_are_its_own("set")
