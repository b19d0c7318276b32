"""Questions about the work that waits for a person."""

from __future__ import annotations

from django.db.models import Case, Count, IntegerField, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from clinic.attention.models import Task

_RANK = Case(
    When(urgency=Task.Urgency.EMERGENCY, then=Value(0)),
    When(urgency=Task.Urgency.SAME_DAY, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


def open_tasks() -> QuerySet[Task]:
    """Return what nobody has seen yet, the most urgent first, then the oldest."""
    return Task.objects.filter(acknowledged_at__isnull=True).order_by(_RANK, "created_at", "id")


def seen_tasks(limit: int = 20) -> QuerySet[Task]:
    """Return the tasks last acknowledged, newest first, with who did it."""
    seen = Task.objects.filter(acknowledged_at__isnull=False).select_related("acknowledged_by")
    return seen.order_by("-acknowledged_at", "-id")[:limit]


def open_count() -> Coalesce:
    """Return the number of open tasks as an expression: a page that reads anything else can take it along.

    Give it to staff.html as ``attention_count``; only practitioners are shown it.
    """
    counted = Task.objects.filter(acknowledged_at__isnull=True).order_by().values("acknowledged_at")
    number = counted.annotate(number=Count("id")).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), Value(0))
