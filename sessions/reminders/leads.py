"""How long before a visit its last reminder leaves: so early that cancelling from it is in time. Pure but for one Q."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import DurationField, ExpressionWrapper, F, Subquery, Value

from clinic.practice.models import Practice
from sessions.appointments.models import Appointment
from sessions.appointments.querysets import AppointmentQuerySet
from sessions.appointments.walltime import hours_before
from sessions.reminders import quiet_hours

#: The clinic's notice and so much more: who cancels from the reminder has these hours to do it.
MORE_THAN_NOTICE = 6
#: A full set of questions at most so often.
EVERY = timedelta(days=6)
#: At night a reminder leaves so long before the evening's last moment, for it must not wait for the morning.
BEFORE_CLOSING = timedelta(minutes=15)
_HOUR = Value(timedelta(hours=1))


def moment_of(starts_at: datetime, notice_hours: int, zone: ZoneInfo) -> datetime:
    """Return when the last reminder of a visit leaves: notice plus six hours before, never later, never at night."""
    at = hours_before(starts_at, notice_hours + MORE_THAN_NOTICE, zone)
    if not quiet_hours.is_quiet(at, zone):
        return at
    evening = quiet_hours.quiet_since(at, zone)
    return evening - BEFORE_CLOSING


def last_call(starts_at: datetime, notice_hours: int, zone: ZoneInfo) -> datetime:
    """Return when a reminder is too late: from it one could no longer cancel in time, or only at night."""
    free_until = hours_before(starts_at, notice_hours, zone)
    if not quiet_hours.is_quiet(free_until, zone):
        return free_until
    return quiet_hours.quiet_since(free_until, zone)


def reminded_soon(visits: AppointmentQuerySet, now: datetime) -> AppointmentQuerySet:
    """Return those visits ahead whose last reminder leaves within six days, and was booked early enough to have one."""
    notice = Practice.objects.filter(id=1).values("notice_hours")[:1]
    lead = ExpressionWrapper((Subquery(notice) + Value(MORE_THAN_NOTICE)) * _HOUR, output_field=DurationField())
    return (
        visits.filter(state__in=(Appointment.State.BOOKED, Appointment.State.CONFIRMED), starts_at__gt=now)
        .alias(lead=lead)
        .filter(starts_at__lte=Value(now + EVERY) + F("lead"), starts_at__gt=F("booked_at") + F("lead"))
    )
