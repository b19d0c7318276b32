"""What practitioners keep to use again: it has a name, and is one's own or shared by all."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from clinic.kernel.models import Record

LONGEST_NAME = 60


class Shelved(Record):
    """A thing with a name, of one practitioner or shared by all. Retired, it is offered no more and keeps its name."""

    name = models.CharField(max_length=LONGEST_NAME)
    shared = models.BooleanField(default=False, help_text="Offered to every practitioner, and changed by any of them.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, help_text="Optimistic lock: a change names the version it saw.")
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


def names_are_its_own(noun: str) -> list[models.BaseConstraint]:
    """The constraints of a ``Shelved`` model: a name stands once among the shared, once among the own of a person."""
    return [
        models.UniqueConstraint(
            Lower("name"), condition=Q(shared=True, retired_at__isnull=True), name=f"shared_{noun}_has_its_name"
        ),
        models.UniqueConstraint(
            "made_by",
            Lower("name"),
            condition=Q(shared=False, retired_at__isnull=True),
            name=f"own_{noun}_has_its_name",
        ),
    ]
