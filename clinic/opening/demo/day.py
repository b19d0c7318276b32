"""The day of the try-out, around the moment it begins, and the sessions that led to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from clinic.demo import usual
from clinic.opening.demo import measured, notes
from clinic.opening.demo.cast import CHEN, EVERYBODY, GRETA, LATER, TODAY, Person, Slot
from clinic.opening.demo.house import BEFORE, DAY, House, keep_hours
from clinic.practice.models import Service
from clinic.staff.models import User
from patients.intake.services import issue_request
from patients.models import Patient
from patients.services.registration import amend_contact, register_patient
from sessions.appointments import lanes
from sessions.appointments import services as diary
from sessions.appointments.free import next_free_times
from sessions.appointments.models import Appointment, AppointmentEvent
from sessions.appointments.walltime import day_bounds, nearest_moment
from sessions.courses.models import Course
from sessions.courses.services import Plan, change_plan, open_course

State = Appointment.State
WEEK, FRIDAY = 7, 4
LONGEST = timedelta(hours=3, minutes=5)
"""From now until the last visit of the day is over."""


def fill(house: House, *, owner: User, now: datetime) -> None:
    """Register everybody and book their visits, past, today's and later ones.

    A day ends at midnight: in the late evening its visits are planned earlier and run late; in the first hours those
    that would have been yesterday are left out.
    """
    anchor = now - timedelta(minutes=now.minute % 5, seconds=now.second, microseconds=now.microsecond)
    midnight = day_bounds(anchor.astimezone(house.zone).date(), house.zone)[1]
    plan = min(anchor, midnight - LONGEST)
    slots = [(slot, start) for slot in TODAY if (start := _start(slot, house, plan)) is not None]
    today = anchor.astimezone(house.zone)
    first = min((start.astimezone(house.zone).time() for _, start in slots), default=DAY[0])
    opens = min(DAY[0], first) if plan == anchor else first.replace(minute=0)
    ends = (lanes.lay_out(start, _service(slot, house)).room[1].astimezone(house.zone).time() for slot, start in slots)
    closes = max([DAY[1], *ends])
    keep_hours(house, today=(opens, closes), weekday=today.weekday(), by=owner, now=now)
    known = {person: _register(person, house, now - BEFORE) for person in EVERYBODY}
    for slot, start in slots:
        _lead_to(slot, start, known[slot.who], house, now, late=anchor - plan)
    measured.bends_further(known[GRETA], owner=owner, by=house.hands[CHEN].user, now=now)
    _later(known, house, now)


def _start(slot: Slot, house: House, anchor: datetime) -> datetime | None:
    """Return when a visit of today begins, None when it would not lie within the day."""
    start = anchor + timedelta(minutes=slot.offset)
    end = lanes.lay_out(start, _service(slot, house)).room[1]
    days = {moment.astimezone(house.zone).date() for moment in (start, end, anchor)}
    return start if len(days) == 1 else None


def _service(slot: Slot, house: House) -> Service:
    return house.first if slot.first else house.follow_up


def _register(person: Person, house: House, then: datetime) -> Patient:
    patient = register_patient(
        given_name=person.given_name, family_name=person.family_name, birth_date=person.born, email=person.email,
        phone=person.phone.replace(" ", ""), by=house.desk, now=then,
    )  # fmt: skip
    if person.facts:
        patient = amend_contact(patient=patient, version=1, changes=person.facts, by=house.desk, now=then)
    return patient


def _lead_to(slot: Slot, start: datetime, patient: Patient, house: House, now: datetime, *, late: timedelta) -> None:
    """Make the course, its past sessions, today's visit, and bring that as far as it has come."""
    hands = house.hands[slot.hands]
    if slot.first:
        booked = diary.book_first_visit(
            patient=patient, service=house.first, practitioner=hands, starts_at=start, by=house.desk,
            now=now - timedelta(days=4), room=house.rooms[slot.room], sessions=slot.sessions,
        )  # fmt: skip
        if booked.request is not None and slot.intake:
            notes.hand_in(booked.request, slot.intake, house, now=now - timedelta(hours=20))
        _come(slot, booked.appointment, house, now, late)
        return
    course = _planned(slot, patient, house, start - timedelta(days=WEEK * (slot.past + 1)))
    if slot.intake:
        before = start - timedelta(days=WEEK * slot.past + 1)
        asked = issue_request(patient=patient, appointment_id=None, by=house.desk, now=before)
        notes.hand_in(asked, slot.intake, house, now=before)
    for back in range(slot.past, 0, -1):
        _past_session(slot, _weeks_before(start, back, house), patient, course, house, better=slot.past - back)
    visit = _book(slot, start, patient, course, house, now - timedelta(days=6))
    _come(slot, visit, house, now, late)


def _planned(slot: Slot, patient: Patient, house: House, then: datetime) -> Course:
    """Open the course, and say how often in its plan."""
    hands = house.hands[slot.hands]
    course = open_course(
        patient=patient, practitioner=hands, planned_sessions=slot.sessions, by=hands.user, now=then
    )  # fmt: skip
    plan = Plan(slot.sessions, usual.HOW_OFTEN, course.checkpoint_session, course.complaint, course.goal)
    return change_plan(course=course, plan=plan, by=hands.user, now=then)


def _weeks_before(start: datetime, weeks: int, house: House) -> datetime:
    local = start.astimezone(house.zone)
    return nearest_moment(local.date() - timedelta(days=WEEK * weeks), local.time(), house.zone)


def _book(slot: Slot, start: datetime, patient: Patient, course: Course, house: House, then: datetime) -> Appointment:
    return diary.book(
        patient=patient, service=house.follow_up, practitioner=house.hands[slot.hands], room=house.rooms[slot.room],
        starts_at=start, by=house.desk, now=then, course=course,
    )  # fmt: skip


def _past_session(slot: Slot, start: datetime, patient: Patient, course: Course, house: House, *, better: int) -> None:
    visit = _book(slot, start, patient, course, house, start - timedelta(days=3))
    diary.arrive(appointment=visit, by=house.desk, now=_same_day(start - timedelta(minutes=4), house, start))
    notes.treat_and_sign(slot, visit, house, start=start, better=better)
    if better < len(slot.said):
        notes.check_in(visit, slot.said[better], house, now=start + timedelta(days=3))


def _come(slot: Slot, visit: Appointment, house: House, now: datetime, late: timedelta) -> None:
    """Bring today's visit as far as its state says; what is happening now begins ``late`` after its plan."""
    start = visit.starts_at + (late if slot.state == "treating" else timedelta())
    match slot.state:
        case "signed" | "draft" | "treating":
            diary.arrive(appointment=visit, by=house.desk, now=_same_day(start - timedelta(minutes=5), house, start))
            if slot.state == "signed":
                notes.treat_and_sign(slot, visit, house, start=start, better=slot.past)
            else:
                notes.treat(slot, visit, house, start=start, needles_are_out=slot.state == "draft", better=slot.past)
        case "here" | "waiting":
            ago = timedelta(minutes=4 if slot.state == "here" else 12)
            diary.arrive(appointment=visit, by=house.desk, now=_same_day(now - ago, house, start))
        case "cancelled":
            diary.cancel(appointment=visit, by=house.desk, now=now - timedelta(days=2))
        case "confirmed":
            _confirm(visit, now - timedelta(days=1))


def _same_day(moment: datetime, house: House, start: datetime) -> datetime:
    """Return ``moment``, or the first one of the visit's day: nobody arrives the evening before."""
    return max(moment, day_bounds(start.astimezone(house.zone).date(), house.zone)[0])


def _confirm(visit: Appointment, then: datetime) -> None:
    """A patient said "I come", as the link in a reminder will let them."""
    Appointment.objects.filter(pk=visit.pk).update(state=State.CONFIRMED)
    AppointmentEvent.objects.create(appointment=visit, state=State.CONFIRMED, at=then, by_id=None)


def _later(known: Mapping[Person, Patient], house: House, now: datetime) -> None:
    """Book the days to come; who comes for the first time gets the confirmation and the form by mail today."""
    for days, hour, hands, person in LATER:
        patient, practitioner = known[person], house.hands[hands]
        course = Course.objects.running().filter(patient=patient).first()
        service = house.follow_up if course else house.first
        day = now.astimezone(house.zone).date() + timedelta(days=days)
        while day.weekday() > FRIDAY:
            day += timedelta(days=1)
        after = nearest_moment(day, time(hour), house.zone)
        free = next_free_times(service=service, practitioner=practitioner, after=after, now=now, limit=1)
        if not free:
            continue
        if course:
            diary.book(
                patient=patient, service=service, practitioner=practitioner, room=None, starts_at=free[0].starts_at,
                by=house.desk, now=now, course=course,
            )  # fmt: skip
        else:
            diary.book_first_visit(
                patient=patient, service=service, practitioner=practitioner, starts_at=free[0].starts_at,
                by=house.desk, now=now, sessions=8, send_now=True,
            )  # fmt: skip
