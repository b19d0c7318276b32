"""Booking a visit: one row, its two lanes, its first event. Two at once end with one booking and one sentence."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import DatabaseError, transaction

from clinic.audit import services as audit
from clinic.kernel import clinic_words
from clinic.practice.models import Room, Service
from clinic.staff.models import Practitioner, User, WeeklyHours
from patients.models import Patient
from sessions.appointments import lanes, walltime
from sessions.appointments.free import FreeTime, next_free_times, practice_zone
from sessions.appointments.models import Appointment, AppointmentEvent, HandsOn, RoomUse
from sessions.courses.models import Course

EXCLUSION_VIOLATION = "23P01"
DEADLOCK = "40P01"
LOCK_TIMEOUT = "55P03"


class NotBookable(Exception):
    """A time at which nobody can be booked; the text is a sentence for people."""


class Clash(Exception):
    """Somebody else has that time; the text is a sentence for people, ``free`` what can be had instead."""

    def __init__(self, sentence: str, free: list[FreeTime]) -> None:
        super().__init__(sentence)
        self.free = free


class _Taken(Exception):
    """Found before the database had to refuse."""


def book(
    *,
    patient: Patient,
    service: Service,
    practitioner: Practitioner,
    room: Room | None,
    starts_at: datetime,
    by: User,
    now: datetime,
    course: Course | None = None,
    form_token: uuid.UUID | None = None,
) -> Appointment:
    """Book a visit that begins settling at ``starts_at``; without ``room`` the first free one is taken.

    The same ``form_token`` by the same user returns the first booking. Raises NotBookable for a time outside the
    practitioner's hours, in the past or off the five-minute grid, and Clash (with the next free times) when the
    practitioner's hands or the room are taken, even in the same second.
    """
    with clash_in_words(service=service, practitioner=practitioner, room=room, starts_at=starts_at, now=now):
        hold(practitioner)
        first = already_booked(form_token=form_token, by=by)
        return first or place(
            patient=patient, service=service, practitioner=practitioner, room=room, starts_at=starts_at,
            by=by, now=now, course=course, form_token=form_token,
        )  # fmt: skip


@contextmanager
def clash_in_words(
    *, service: Service, practitioner: Practitioner, room: Room | None, starts_at: datetime, now: datetime
) -> Iterator[None]:
    """Run a booking in one transaction; turn "taken", found or refused by the database, into Clash.

    A deadlock or a wait for a lock beyond its limit means that somebody books the same minutes: it is said the same.
    """
    try:
        with transaction.atomic():
            yield
    except _Taken as taken:
        sentence = str(taken)
    except DatabaseError as error:
        if getattr(error.__cause__, "pgcode", None) not in (EXCLUSION_VIOLATION, DEADLOCK, LOCK_TIMEOUT):
            raise
        sentence = "Somebody has just taken this time."
    else:
        return
    free = next_free_times(service=service, practitioner=practitioner, after=starts_at, now=now, room=room)
    raise Clash(sentence, free)


def hold(practitioner: Practitioner) -> None:
    """Let nobody else book with this practitioner until the transaction ends."""
    Practitioner.objects.select_for_update(no_key=True).get(pk=practitioner.pk)


def already_booked(*, form_token: uuid.UUID | None, by: User) -> Appointment | None:
    """Return the visit that the same form of the same user booked before. Raises NotBookable for another's form."""
    if form_token is None:
        return None
    first = Appointment.objects.select_related("patient").filter(form_token=form_token).first()
    if first is not None and first.booked_by_id != by.pk:
        raise NotBookable("This form was sent by somebody else already. Please open a new one.")
    return first


def check_time(*, service: Service, practitioner: Practitioner, starts_at: datetime, now: datetime) -> None:
    """Raise NotBookable, in words, for a start that lies in the past, off the grid or outside the weekly hours."""
    zone = practice_zone()
    local = starts_at.astimezone(zone)
    if starts_at < now:
        raise NotBookable("This time has passed already. Please take a later one.")
    if not walltime.on_the_grid(starts_at, zone):
        raise NotBookable("Visits begin on five minutes, such as 9:05 or 9:10.")
    hours = list(
        WeeklyHours.objects.filter(practitioner=practitioner, weekday=local.weekday()).values_list("opens", "closes")
    )
    openings = walltime.openings(local.date(), hours, zone)
    whole = lanes.lay_out(starts_at, service).room
    if any(opens <= whole[0] and whole[1] <= closes for opens, closes in openings):
        return
    day = clinic_words.day(local.date())
    if not openings:
        raise NotBookable(f"{practitioner} does not work on {day}.")
    works = " and ".join(_from_to(opening, zone) for opening in openings)
    raise NotBookable(f"{practitioner} works {works} on {day}; this visit would be {_from_to(whole, zone)}.")


def _from_to(stretch: lanes.Stretch, zone: ZoneInfo) -> str:
    begins, ends = (clinic_words.time_of_day(end.astimezone(zone).time()) for end in stretch)
    return f"{begins} to {ends}"


def place(
    *,
    patient: Patient,
    service: Service,
    practitioner: Practitioner,
    room: Room | None,
    starts_at: datetime,
    by: User,
    now: datetime,
    course: Course | None,
    form_token: uuid.UUID | None,
) -> Appointment:
    """Store the visit inside the running transaction, the practitioner being held. Raises as ``book`` does."""
    laid = lanes.lay_out(starts_at, service)
    room_id = free_place(service=service, practitioner=practitioner, room=room, starts_at=starts_at, now=now)
    appointment = Appointment.objects.create(
        patient=patient,
        practitioner=practitioner,
        service=service,
        room_id=room_id,
        course=course,
        starts_at=laid.room[0],
        ends_at=laid.room[1],
        form_token=form_token,
        booked_by=by,
        booked_at=now,
    )
    HandsOn.objects.bulk_create(
        HandsOn(appointment=appointment, practitioner=practitioner, during=stretch) for stretch in laid.hands_on
    )
    RoomUse.objects.create(appointment=appointment, room_id=appointment.room_id, during=laid.room)
    AppointmentEvent.objects.create(appointment=appointment, state=appointment.state, at=now, by_id=by.pk)
    audit.record(by=by, now=now, action="book", resource="appointment", patient_id=patient.pk, object_id=appointment.pk)
    return appointment


def free_place(
    *, service: Service, practitioner: Practitioner, room: Room | None, starts_at: datetime, now: datetime
) -> int:
    """Return the room for a visit inside the running transaction, the practitioner being held.

    Raises NotBookable for a time at which nobody works, and what ``clash_in_words`` turns into Clash when hands or
    rooms are taken.
    """
    check_time(service=service, practitioner=practitioner, starts_at=starts_at, now=now)
    laid = lanes.lay_out(starts_at, service)
    if not lanes.hands_are_free(laid, HandsOn.objects.taken(practitioner.pk, *laid.room).stretches()):
        raise _Taken(f"{practitioner} is with somebody else at that time.")
    return _free_room(laid, room)


def _free_room(laid: lanes.Lanes, room: Room | None) -> int:
    """Hold the rooms in question, in order of id, and return the one to take. Raises _Taken."""
    rooms = Room.objects.filter(active=True) if room is None else Room.objects.filter(pk=room.pk)
    held = list(rooms.order_by("id").select_for_update(no_key=True))
    by_name = [one.pk for one in sorted(held, key=lambda one: (one.name, one.pk))]
    free = lanes.free_room(laid, by_name, RoomUse.objects.taken(*laid.room).by_room())
    if free is None:
        raise _Taken(f"{room} is taken at that time." if room else "No room is free at that time.")
    return free
