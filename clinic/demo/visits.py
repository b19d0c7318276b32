"""The visits of one invented patient: the diary's rows, the notes with their needles, signed and in a chain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from clinic.demo import usual
from clinic.demo.courses import PlannedCourse, PlannedVisit
from clinic.demo.days import ROOMS_EACH, Slot, moment
from clinic.demo.flagged import Flags
from clinic.demo.house import drawn_id
from clinic.demo.record import Record
from clinic.demo.stories import Numbers, Story, assessed, planned, said
from clinic.demo.tables import NEEDLE
from clinic.staff.models import Practitioner
from patients.models import Patient
from sessions.appointments.lanes import Lanes, lay_out
from sessions.appointments.models import Appointment
from sessions.content import hash_of
from sessions.flagged.speaking import Speaking
from sessions.models import NeedlePlacement, TreatmentSession
from sessions.needling import read
from sessions.points.reading import PAIR
from sessions.services.signing import placements_of

State = Appointment.State
HELD = frozenset(Appointment.HOLDING)
CAME = (State.ARRIVED, State.IN_TREATMENT, State.COMPLETED)


@lru_cache
def _placements(line: str) -> tuple[NeedlePlacement, ...]:
    """The needles of a line as they are stored. Never saved, so that every note with this line can share them."""
    return tuple(placements_of(read(line)))


@lru_cache(maxsize=1024)
def _rows(line: str) -> tuple[tuple[Any, ...], ...]:
    return tuple(tuple(getattr(one, name) for name in NEEDLE) for one in _placements(line))


@dataclass(frozen=True)
class Sitting:
    """One visit with what happened around it, in moments."""

    visit_id: int
    planned: PlannedVisit
    laid: Lanes
    arrived: datetime
    started: datetime
    completed: datetime


class Visits:
    """Writes the visits and notes of one patient, in order of time."""

    def __init__(self, record: Record, slots: list[Slot], now: datetime) -> None:
        self.record, self.slots, self.now = record, slots, now
        self.house, self.tables, self.lines, self.rng = record.house, record.tables, record.lines, record.rng
        self.previous, self.sessions = "", 0
        self.flags = Flags(record)
        self._patient = Patient(id=record.patient_id, public_id=record.public_id)

    def sit(self, course: PlannedCourse, course_id: int | None, visit: PlannedVisit, booked_at: datetime) -> Sitting:
        """Store a visit with its lanes and its history."""
        slot = self.slots[visit.slot]
        starts_at = moment(visit.day, slot.at)
        service = self.house.first if slot.first_visit else self.house.follow_up
        laid = lay_out(starts_at, service)
        sitting = self._as_it_went(visit, laid, starts_at)
        practitioner = self.house.practitioners[course.desk]
        room = self.house.rooms[course.desk * ROOMS_EACH + slot.room].pk
        state, rng = visit.state, self.rng
        visit_id = self.tables.visits.add(
            {
                "public_id": drawn_id(rng), "patient_id": self.record.patient_id, "practitioner_id": practitioner.pk,
                "service_id": service.pk, "room_id": room, "course_id": course_id, "state": state,
                "starts_at": laid.room[0], "ends_at": laid.room[1], "booked_by_id": self.house.desk.pk,
                "booked_at": booked_at,
                "arrived_at": sitting.arrived if state in CAME else None,
                "started_at": sitting.started if state in CAME[1:] else None,
                "completed_at": sitting.completed if state == State.COMPLETED else None,
            }
        )  # fmt: skip
        held = "t" if state in HELD else "f"
        for stretch in laid.hands_on:
            self.lines.hands_on(visit_id, practitioner.pk, _text(stretch), held)
        self.lines.room_use(visit_id, room, _text(laid.room), held)
        self._history(visit_id, sitting, booked_at, practitioner.user_id)
        return replace(sitting, visit_id=visit_id)

    def _as_it_went(self, visit: PlannedVisit, laid: Lanes, starts_at: datetime) -> Sitting:
        rng = self.rng
        arrived = starts_at + timedelta(minutes=rng.randint(-12, 4), seconds=rng.randrange(60))
        started = max(arrived, starts_at) + timedelta(minutes=rng.randint(2, 9))
        completed = started + (laid.room[1] - laid.room[0]) - timedelta(minutes=rng.randint(4, 14))
        if visit.state in HELD:  # on today's board nothing lies ahead of the moment
            arrived, started = min(arrived, self.now), min(started, self.now)
        return Sitting(0, visit, laid, arrived, started, completed)

    def _history(self, visit_id: int, sitting: Sitting, booked_at: datetime, practitioner_user: int) -> None:
        state, desk = sitting.planned.state, self.house.desk.pk
        event = self.lines.event
        event(visit_id, State.BOOKED, booked_at.isoformat(), desk)
        if state in CAME:
            event(visit_id, State.ARRIVED, sitting.arrived.isoformat(), desk)
            if state != State.ARRIVED:
                event(visit_id, State.IN_TREATMENT, sitting.started.isoformat(), practitioner_user)
            if state == State.COMPLETED:
                event(visit_id, State.COMPLETED, sitting.completed.isoformat(), practitioner_user)
        elif state == State.NO_SHOW:
            event(visit_id, state, (sitting.laid.room[0] + timedelta(minutes=24)).isoformat(), desk)
        elif state != State.BOOKED:
            before = timedelta(hours=self.rng.randint(2, 20) if state == State.LATE_CANCELLED else 60)
            at = max(booked_at + timedelta(minutes=5), sitting.laid.room[0] - before)
            event(visit_id, state, min(at, self.now).isoformat(), desk)

    def note(
        self, sitting: Sitting, story: Story, practitioner: Practitioner, course_id: int, number: int,
        before: Numbers | None, now: Numbers, *, signed: bool,
    ) -> None:  # fmt: skip
        """Store the note of a session: signed with its needles and hash, or the draft of today."""
        line = story.line(number)
        placements = _placements(line)
        counted = sum(placement.needles for placement in placements)
        done = sitting.planned.state == State.COMPLETED
        in_at = sitting.started + timedelta(minutes=12)
        out_at = sitting.completed - timedelta(minutes=4)
        spoken = self.flags.speak(line, sitting.planned.day, first=not self.sessions)
        self.sessions += 1
        values: dict[str, Any] = {
            "id": self.tables.notes.next_id(), "public_id": drawn_id(self.rng),
            "patient_id": self.record.patient_id, "practitioner_id": practitioner.pk,
            "appointment_id": sitting.visit_id, "course_id": course_id, "number_in_course": number,
            "state": "in-progress", "version": self.rng.randint(2, 9), "started_at": sitting.started,
            "ended_at": out_at if done else None, "updated_at": sitting.completed if done else sitting.started,
            "changes": "none" if number > 1 and self.rng.random() < 0.96 else "yes",
            "changes_text": "", "subjective": said(story, before, now), "objective": story.objective(number),
            "assessment": assessed(now, story.begin) if number > 1 else "Begin of a course; baseline taken.",
            "plan": planned(now, story.begin, number) if done else "",
            "pain_before": now.pain, "pain_after": max(0, now.pain - self.rng.randint(0, 3)) if done else None,
            "points_line": line, "no_needles": False, "retention_minutes": self.rng.choice((20, 25, 25, 30)),
            "needles_in": counted, "needles_in_at": in_at if done else min(in_at, self.now),
            "needles_out": counted if done else None, "difference_reason": "", "difference_by": "",
            "override_reason": "", "stops": [], "exam": {}, "others": [],
            "details": usual.details_on(sitting.planned.day, current=PAIR in line),
        }  # fmt: skip
        if values["changes"] == "yes":
            values["changes_text"] = "First visit, see the intake." if number == 1 else "A cold last week, well again."
        if signed:
            self._sign(values, placements, practitioner, sitting, spoken)
        self.tables.notes.add(values)

    def _sign(
        self, values: dict[str, Any], placements: tuple[NeedlePlacement, ...], practitioner: Practitioner,
        sitting: Sitting, spoken: Speaking,
    ) -> None:  # fmt: skip
        signed_at = min(sitting.completed + timedelta(minutes=self.rng.randint(1, 300)), self.now)
        values |= {
            "state": "completed", "signed_at": signed_at, "updated_at": signed_at,
            "signed_by_id": practitioner.user_id, "consent_id": self.record.consent_id,
            "signed_licence": practitioner.licence, "previous_sha256": self.previous,
        }  # fmt: skip
        note = TreatmentSession(**values)
        note.patient, note.practitioner, note.signed_by = self._patient, practitioner, practitioner.user
        self.flags.answer(note, spoken)
        values |= {"stops": note.stops, "override_reason": note.override_reason}
        values["content_sha256"] = self.previous = hash_of(note, placements)
        note_id = values["id"]
        for row in _rows(note.points_line):
            self.lines.needle(note_id, *row)
        self.lines.signed(signed_at.isoformat(), practitioner.user_id, self.record.patient_id, note_id)


def _text(stretch: tuple[datetime, datetime]) -> str:
    return f'["{stretch[0].isoformat()}","{stretch[1].isoformat()}")'
