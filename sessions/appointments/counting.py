"""Which session of its course a visit is: the one place that counts, for the board, the note and the patient page.

A session counts from the moment it is planned for: the visit of today is "4 of 8" before it, during it and after it,
wherever one looks. ``Course.sessions_done`` alone says how many are over.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce

from sessions.appointments.models import Appointment


def number_in_course() -> Case:
    """Return the number of a visit: those done, and those that are booked until it; none when it is off."""
    same = Appointment.objects.filter(course=OuterRef("course")).order_by().values("course").annotate(n=Count("pk"))
    until = same.filter(state__in=Appointment.HOLDING, starts_at__lte=OuterRef("starts_at")).values("n")
    later = same.filter(state=Appointment.State.COMPLETED, starts_at__gt=OuterRef("starts_at")).values("n")
    done = F("course__sessions_done")
    return Case(
        When(state__in=Appointment.HOLDING, then=done + Coalesce(Subquery(until), Value(0))),
        When(state=Appointment.State.COMPLETED, then=done - Coalesce(Subquery(later), Value(0))),
        default=Value(None),
        output_field=IntegerField(),
    )


def counter(until: datetime | Any) -> CombinedExpression:
    """Return the number of a course: its sessions done, and those it still holds before ``until``, the day's end."""
    held = Appointment.objects.filter(course=OuterRef("pk"), state__in=Appointment.HOLDING, starts_at__lt=until)
    counted = held.order_by().values("course").annotate(n=Count("pk")).values("n")
    return F("sessions_done") + Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def ends_its_course() -> Q:
    """Return the condition that a visit was the last of a course at its end: ended, or every planned session done."""
    later = Appointment.objects.filter(
        course=OuterRef("course"), state=Appointment.State.COMPLETED, starts_at__gt=OuterRef("starts_at")
    )
    over = Q(course__state="completed") | Q(course__sessions_done__gte=F("course__planned_sessions"))
    return Q(over, ~Q(Exists(later)), state=Appointment.State.COMPLETED)
