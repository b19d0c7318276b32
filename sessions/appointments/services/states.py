"""What happens to a booked visit: confirmed, arrived, started, completed, cancelled, missed, or the last taken back.

Planned and actual times are kept apart: these functions record what really happened and never move a plan. Each
change keeps its time and its user.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from clinic.audit import services as audit
from clinic.kernel import clinic_words
from clinic.practice.models import Practice
from clinic.staff.models import User
from sessions.appointments import walltime
from sessions.appointments.free import practice_zone
from sessions.appointments.models import Appointment, AppointmentEvent
from sessions.appointments.services import telling
from sessions.courses import services as courses

State = Appointment.State
UNDONE = "taken back"

#: Which actual time belongs to a state; it is emptied when the state is taken back.
_TIME_OF = {State.ARRIVED: "arrived_at", State.IN_TREATMENT: "started_at", State.COMPLETED: "completed_at"}


class WrongState(Exception):
    """The visit is past that, or not there yet; the text is a sentence for people."""


@transaction.atomic
def arrive(*, appointment: Appointment, by: User, now: datetime) -> Appointment:
    """Mark the patient as here. Done twice it is done once.

    Raises WrongState on another day than the visit's, or when the visit is cancelled, in treatment or done.
    """
    visit = locked(appointment)
    if visit.state == State.ARRIVED:
        return visit
    must_be(visit, State.BOOKED, State.CONFIRMED)
    zone = practice_zone()
    if visit.starts_at.astimezone(zone).date() != now.astimezone(zone).date():
        raise WrongState(f"This visit is on {clinic_words.day(visit.starts_at.astimezone(zone).date())}, not today.")
    return _change(visit, State.ARRIVED, by=by, now=now, action="arrive", arrived_at=now)


@transaction.atomic
def undo_arrive(*, appointment: Appointment, by: User, now: datetime) -> Appointment:
    """Take "here" back: the visit is booked or confirmed, as it was before. Done twice it is done once.

    Raises WrongState when the treatment has begun.
    """
    visit = locked(appointment)
    if visit.state in (State.BOOKED, State.CONFIRMED):
        return visit
    must_be(visit, State.ARRIVED)
    return _take_back(visit, by=by, now=now)


@transaction.atomic
def start_treatment(*, appointment: Appointment, by: User, now: datetime) -> Appointment:
    """Mark the treatment as begun; a patient nobody marked as here counts as here. Done twice it is done once.

    Raises WrongState when the visit is cancelled or done.
    """
    visit = locked(appointment)
    if visit.state == State.IN_TREATMENT:
        return visit
    must_be(visit, State.BOOKED, State.CONFIRMED, State.ARRIVED)
    return _change(
        visit, State.IN_TREATMENT, by=by, now=now, action="start", started_at=now, arrived_at=visit.arrived_at or now
    )


@transaction.atomic
def complete_visit(*, appointment: Appointment, by: User, now: datetime) -> Appointment:
    """Mark the visit as done and count it in its course, signed or not. Done twice it counts once.

    Raises WrongState for a cancelled visit.
    """
    visit = locked(appointment)
    if visit.state == State.COMPLETED:
        return visit
    must_be(visit, State.BOOKED, State.CONFIRMED, State.ARRIVED, State.IN_TREATMENT)
    _change(visit, State.COMPLETED, by=by, now=now, action="complete", completed_at=now)
    if visit.course_id is not None:
        courses.count_session(course_id=visit.course_id)
    return visit


def complete_within(*, appointment: Appointment, by: User, now: datetime) -> bool:
    """Complete the visit as a part of a greater event, inside its transaction: that event writes the one trace.

    Needles that are counted out, and a note that is signed, end the visit. Tells whether it was still open; a visit
    that was completed or cancelled before stays as it is.
    """
    open_states = (State.BOOKED, State.CONFIRMED, State.ARRIVED, State.IN_TREATMENT)
    still_open = Appointment.objects.filter(pk=appointment.pk, state__in=open_states)
    if not still_open.update(state=State.COMPLETED, completed_at=now):
        return False
    AppointmentEvent.objects.create(appointment=appointment, state=State.COMPLETED, at=now, by_id=by.pk)
    if appointment.course_id is not None:
        courses.count_session(course_id=appointment.course_id)
    return True


@transaction.atomic
def confirm(*, appointment: Appointment, by: User | None, now: datetime) -> Appointment:
    """Keep that the patient will come. Done twice it is done once; ``by`` is None when the patient says so by link.

    Raises WrongState when the visit has begun or no longer takes place.
    """
    visit = locked(appointment)
    if visit.state == State.CONFIRMED:
        return visit
    must_be(visit, State.BOOKED)
    return _change(visit, State.CONFIRMED, by=by, now=now, action="confirm")


@transaction.atomic
def cancel(*, appointment: Appointment, by: User | None, now: datetime) -> Appointment:
    """Cancel the visit; inside the practice's notice it is a late cancellation. Done twice it is done once.

    The room and the hands are free again at once, and one mail says so. ``by`` is None when the patient cancels by
    link. Raises WrongState when the patient is here, in treatment or done.
    """
    visit = locked(appointment)
    if visit.state in (State.CANCELLED, State.LATE_CANCELLED):
        return visit
    must_be(visit, State.BOOKED, State.CONFIRMED)
    late = is_late(visit, Practice.objects.only("notice_hours").get(id=1), now)
    visit = _change(visit, State.LATE_CANCELLED if late else State.CANCELLED, by=by, now=now, action="cancel")
    telling.of_cancellation(visit, now=now)
    return visit


def is_late(visit: Appointment, practice: Practice, now: datetime) -> bool:
    """Tell whether a change of the visit comes inside the practice's notice, counted as people count hours."""
    return now > free_until(visit, practice)


def free_until(visit: Appointment, practice: Practice) -> datetime:
    """Return until when a visit can be changed freely, by the practice's notice."""
    return walltime.hours_before(visit.starts_at, practice.notice_hours, ZoneInfo(practice.timezone))


@transaction.atomic
def miss(*, appointment: Appointment, by: User, now: datetime) -> Appointment:
    """Keep that the patient did not come; a person decides it. Done twice it is done once.

    Raises WrongState before the visit begins, and when the patient is here, or it no longer takes place.
    """
    visit = locked(appointment)
    if visit.state == State.NO_SHOW:
        return visit
    must_be(visit, State.BOOKED, State.CONFIRMED)
    if now < visit.starts_at:
        raise WrongState("This visit has not begun yet.")
    return _change(visit, State.NO_SHOW, by=by, now=now, action="miss")


@transaction.atomic
def undo(*, appointment: Appointment, state: str, by: User | None, now: datetime) -> Appointment:
    """Take back that the visit came into ``state``; done twice it is done once.

    A visit reopened from "done" no longer counts in its course; of one whose cancellation was told already, one mail
    says that it takes place. ``by`` is None when the patient takes it back by link. Raises WrongState when something
    happened since, or when a cancelled time has gone to somebody else.
    """
    visit = locked(appointment)
    if visit.state != state and visit.events.order_by("-id").values_list("note", flat=True)[:1].get() == UNDONE:
        return visit
    must_be(visit, state)
    visit = _take_back(visit, by=by, now=now)
    if state in (State.CANCELLED, State.LATE_CANCELLED):
        telling.of_return(visit, now=now)
    return visit


def locked(appointment: Appointment) -> Appointment:
    """Return the visit as it stands, held until the transaction ends."""
    return Appointment.objects.select_for_update(no_key=True, of=("self",)).get(pk=appointment.pk)


def must_be(visit: Appointment, *states: str) -> None:
    """Raise WrongState, in words, when the visit is in none of ``states``."""
    if visit.state not in states:
        raise WrongState(f"This visit is {visit.get_state_display()} already.")


def _change(
    visit: Appointment, state: str, *, by: User | None, now: datetime, action: str, note: str = "", **times: Any
) -> Appointment:
    visit.state = state
    for field, moment in times.items():
        setattr(visit, field, moment)
    visit.save(update_fields=["state", *times])
    AppointmentEvent.objects.create(appointment=visit, state=state, at=now, by_id=by.pk if by else None, note=note)
    audit.record(
        by=by, now=now, action=action, resource="appointment", patient_id=visit.patient_id, object_id=visit.pk,
        acting_as="" if by else "link",
    )  # fmt: skip
    return visit


def _state_before(visit: Appointment) -> str:
    """Return the state before the present one, what was taken back left out. Raises WrongState."""
    stood: list[str] = []
    for state, note in visit.events.order_by("id").values_list("state", "note"):
        if note == UNDONE:
            stood.pop()
        else:
            stood.append(state)
    if len(stood) < 2 or stood[-1] != visit.state:
        raise WrongState("There is nothing to take back.")
    return stood[-2]


def _take_back(visit: Appointment, *, by: User | None, now: datetime) -> Appointment:
    left, before = visit.state, _state_before(visit)
    emptied = {_TIME_OF[State(left)]: None} if left in _TIME_OF else {}
    try:
        with transaction.atomic():
            _change(visit, before, by=by, now=now, action="undo", note=UNDONE, **emptied)
    except IntegrityError as taken:
        raise WrongState("This time has gone to somebody else. Please book a new one.") from taken
    if left == State.COMPLETED and visit.course_id is not None:
        courses.uncount_session(course_id=visit.course_id)
    return visit
