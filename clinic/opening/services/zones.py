"""The practice moves to another time zone: what becomes of the visits that are booked."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet

from clinic.audit import services as audit
from clinic.practice.models import Practice
from clinic.staff.models import Practitioner, User
from sessions.appointments.models import Appointment, AppointmentEvent, HandsOn, RoomUse
from sessions.appointments.walltime import nearest_moment


def _future(now: datetime) -> QuerySet[Appointment]:
    return Appointment.objects.filter(starts_at__gt=now, state__in=("booked", "confirmed"))


def future_visits(*, now: datetime) -> int:
    """Return how many visits a change of zone touches. One statement."""
    return _future(now).count()


@transaction.atomic
def change_zone(*, zone: str, keep_wall_clock: bool, by: User, now: datetime) -> int:
    """Set the practice's zone; with ``keep_wall_clock`` a visit at 10:00 stays at 10:00, else its moment stays.

    Returns how many visits were shifted. They are shifted together, so none is refused for standing on the old
    place of another; practitioners are locked first, as booking does.
    """
    practice = Practice.objects.select_for_update().get(id=1)
    before, after = ZoneInfo(practice.timezone), ZoneInfo(zone)
    practice.timezone = zone
    practice.save(update_fields=["timezone"])
    audit.record(by=by, now=now, action="change-zone", resource="practice", object_id=practice.pk)
    if not keep_wall_clock:
        return 0
    list(Practitioner.objects.select_for_update(no_key=True).order_by("id").values_list("id"))
    shifts: dict[int, timedelta] = {}
    visits = list(_future(now).select_for_update(of=("self",)).order_by("id"))
    for visit in visits:
        local = visit.starts_at.astimezone(before)
        shifts[visit.pk] = nearest_moment(local.date(), local.time(), after) - visit.starts_at
        visit.starts_at += shifts[visit.pk]
        visit.ends_at += shifts[visit.pk]
    Appointment.objects.bulk_update(visits, ["starts_at", "ends_at"], batch_size=500)
    _shift_holds(shifts)
    AppointmentEvent.objects.bulk_create(
        AppointmentEvent(appointment=visit, state=visit.state, at=now, by_id=by.pk, note=f"zone set to {zone}")
        for visit in visits
    )
    return len(visits)


def _shift_holds(shifts: dict[int, timedelta]) -> None:
    """Shift what visits hold: let go of all, move all, hold again."""
    hands = list(HandsOn.objects.filter(appointment_id__in=shifts))
    rooms = list(RoomUse.objects.filter(appointment_id__in=shifts))
    for hold in hands:
        hold.during = _shifted(hold.during, shifts[hold.appointment_id])
    for use in rooms:
        use.during = _shifted(use.during, shifts[use.appointment_id])
    HandsOn.objects.filter(appointment_id__in=shifts).update(held=False)
    RoomUse.objects.filter(appointment_id__in=shifts).update(held=False)
    HandsOn.objects.bulk_update(hands, ["during"], batch_size=500)
    RoomUse.objects.bulk_update(rooms, ["during"], batch_size=500)
    HandsOn.objects.filter(appointment_id__in=shifts).update(held=True)
    RoomUse.objects.filter(appointment_id__in=shifts).update(held=True)


def _shifted(during: DateTimeTZRange, shift: timedelta) -> DateTimeTZRange:
    return DateTimeTZRange(during.lower + shift, during.upper + shift)
