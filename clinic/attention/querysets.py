"""Questions about the work that waits for a person, and about who may be told."""

from __future__ import annotations

from datetime import date, time

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from clinic.attention.models import Absence, Duty, Task
from clinic.attention.people import Roster
from clinic.policy.table import PRACTITIONER
from clinic.staff.models import User, WeeklyHours

#: What rings and is passed on; "soon" waits on the list for the person it names.
PRESSING = (Task.Urgency.EMERGENCY, Task.Urgency.SAME_DAY)
_RANK = Case(
    When(urgency=Task.Urgency.EMERGENCY, then=Value(0)),
    When(urgency=Task.Urgency.SAME_DAY, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


def open_tasks() -> QuerySet[Task]:
    """Return what nobody has seen yet, the most urgent first, then the oldest, with the persons it waits for."""
    waiting = Task.objects.filter(acknowledged_at__isnull=True).select_related("assigned_to", "escalated_to")
    return waiting.order_by(_RANK, "created_at", "id")


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


def names(user_id: int, *, kinds: tuple[str, ...], subject: str = "pk") -> Exists:
    """Tell of each row whether a task about it names this user, open or seen: an expression for any queryset.

    While nobody is named yet, every practitioner is meant. ``subject`` is the outer column of the record's id.
    """
    of_it = Task.objects.filter(subject_id=OuterRef(subject), kind__in=kinds)
    mine = Q(assigned_to__isnull=True) | Q(assigned_to=user_id) | Q(escalated_to=user_id) | Q(acknowledged_by=user_id)
    return Exists(of_it.filter(mine))


def to_name() -> QuerySet[Task]:
    """Return open tasks that wait for nobody yet, or for somebody who can no longer sign in; ids and times only."""
    nobody = Q(assigned_to__isnull=True) | Q(assigned_to__is_active=False)
    return _for_the_worker().filter(nobody, acknowledged_at__isnull=True)


def to_pass_on() -> QuerySet[Task]:
    """Return open pressing tasks that one person was told of and no second one; ids and times only."""
    return _for_the_worker().filter(
        urgency__in=PRESSING, assigned_at__isnull=False, escalated_at__isnull=True, acknowledged_at__isnull=True
    )


def _for_the_worker() -> QuerySet[Task]:
    columns = ("id", "urgency", "patient_id", "created_at", "assigned_to_id", "assigned_at")
    return Task.objects.order_by("id").only(*columns)


def duty() -> Duty:
    """Return whom the owner named; an empty one when nobody was named."""
    return Duty.objects.filter(id=1).first() or Duty(id=1)


def practitioners() -> QuerySet[User]:
    """Return who treats and may sign in, in the order they came; without what the worker may not read."""
    treating = User.objects.filter(is_active=True, roles__contains=[PRACTITIONER])
    return treating.only("id", "public_id", "name", "email", "roles").order_by("id")


def away_on(day: date) -> frozenset[int]:
    """Return the users who are away on a day of the clinic's calendar."""
    away = Absence.objects.filter(first_day__lte=day, last_day__gte=day)
    return frozenset(away.values_list("user_id", flat=True))


def absences_from(day: date) -> QuerySet[Absence]:
    """Return the absences of a day and later, with their persons."""
    return Absence.objects.filter(last_day__gte=day).select_related("user")


def roster(day: date) -> Roster:
    """Return everybody who may be told on a day. Three statements."""
    named = duty()
    chosen = [one for one in (named.first_id, named.second_id, named.cover_id) if one is not None]
    return Roster(
        practitioners=[user.pk for user in practitioners()], away=away_on(day), named=chosen if named.first_id else []
    )


def week() -> list[tuple[int, time, time]]:
    """Return the weeks of all who can be booked, as ``clinic.attention.hours`` takes them. One statement."""
    rows = WeeklyHours.objects.filter(practitioner__active=True)
    return list(rows.values_list("weekday", "opens", "closes").distinct())
