"""Points that belong together and are needled again: a line with a name."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from clinic.kernel.models import Record
from sessions.point_sets.querysets import PointSetQuerySet


class PointSet(Record):
    """A set of points, of one practitioner or shared by all. Retired, it is offered no more and keeps its name."""

    name = models.CharField(max_length=60)
    line = models.TextField(help_text="The points as one types them, each with its side; nothing of it asks.")
    shared = models.BooleanField(default=False, help_text="Offered to every practitioner, and changed by any of them.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, help_text="Optimistic lock: a change names the version it saw.")
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = PointSetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"), condition=Q(shared=True, retired_at__isnull=True), name="shared_set_has_its_name"
            ),
            models.UniqueConstraint(
                "made_by",
                Lower("name"),
                condition=Q(shared=False, retired_at__isnull=True),
                name="own_set_has_its_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name
