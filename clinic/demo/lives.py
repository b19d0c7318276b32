"""One invented patient from the first call to today: register, intake, courses with their visits, notes, check-ins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from random import Random

from clinic.demo import people, stories, usual
from clinic.demo.courses import PlannedCourse, PlannedVisit
from clinic.demo.days import Slot, moment
from clinic.demo.house import House, drawn_id
from clinic.demo.record import Record, State
from clinic.demo.stories import Numbers, Story
from clinic.demo.tables import Lines, Tables
from clinic.demo.visits import CAME, Sitting, Visits
from clinic.outbox.models import OutgoingMessage
from sessions.appointments.mails import CONFIRMATION
from sessions.courses.services import CHECKPOINT

_CHECK_INS = 0.88
_YOUNGEST = 6000  # days


class Life:
    """Writes everything of one patient."""

    def __init__(
        self, tables: Tables, lines: Lines, house: House, slots: list[Slot], *, rng: Random, number: int, now: datetime
    ) -> None:
        self.tables, self.house, self.slots, self.now, self.rng = tables, house, slots, now, rng
        self.number = number
        self.person = people.person(rng, number, now.date())
        self.record = Record(tables, lines, house, rng, self.person)

    def live(self, courses: Sequence[PlannedCourse], opened: datetime) -> None:
        """Store all of it; without courses they have only been registered."""
        if not courses:
            self.record.register(opened + (self.now - opened) * self.rng.random())
            return
        first = courses[0].visits[0]
        booked_at = self._booked_at(first, self.rng.randint(3, 15))
        self.record.register(booked_at)
        visits = Visits(self.record, self.slots, self.now)
        story: Story | None = None
        for index, course in enumerate(courses):
            again = story is not None and self.rng.random() < 0.6
            fresh = stories.story(self.rng, stops_early=course.stops_early)
            if again and story is not None:
                fresh = stories.Story(story.treatment, story.condition_id, story.side, *_rest(fresh))
            story = fresh
            _Course(self, visits, course, story, is_first=index == 0).run(booked_at if index == 0 else None)

    def _booked_at(self, visit: PlannedVisit, days: int) -> datetime:
        at = moment(visit.day, time(10)) - timedelta(days=days, minutes=self.rng.randint(-60, 400))
        return min(at, self.now - timedelta(minutes=20))


def _rest(story: Story) -> tuple[stories.Trend, Numbers, float]:
    return story.trend, story.begin, story.change


class _Course:
    """One course of a life."""

    def __init__(self, life: Life, visits: Visits, course: PlannedCourse, story: Story, *, is_first: bool) -> None:
        self.life, self.visits, self.course, self.story, self.is_first = life, visits, course, story, is_first
        self.rng, self.record = life.rng, life.record
        self.practitioner = life.house.practitioners[course.desk]
        self.done = 0
        self.before: Numbers | None = None

    def run(self, booked_at: datetime | None) -> None:
        """Store the course and its visits; ``booked_at`` is given for the very first."""
        first = self.course.visits[0]
        opened_at = booked_at or self.life._booked_at(first, 5)
        course_id = self._store(opened_at)
        told = False
        for visit in self.course.visits:
            made = opened_at if visit is first else max(opened_at, self.life._booked_at(visit, 14))
            sitting = self.visits.sit(self.course, course_id, visit, made)
            if self.is_first and not told:
                told = True
                self._intake(sitting, opened_at)
            if visit.state in CAME[1:]:
                self._session(sitting, course_id)

    def _store(self, opened_at: datetime) -> int:
        course, story = self.course, self.story
        done = sum(visit.state == "completed" for visit in course.visits)
        ended = None
        if not course.running:
            ended = moment(course.visits[-1].day, time(18))
        return self.life.tables.courses.add(
            {
                "public_id": drawn_id(self.rng), "patient_id": self.record.patient_id,
                "practitioner_id": self.practitioner.pk, "complaint": "",
                "goal": self.rng.choice(story.treatment.goals) if done else "",
                "planned_sessions": course.planned, "checkpoint_session": min(CHECKPOINT, course.planned),
                "frequency": usual.HOW_OFTEN, "sessions_done": done,
                "state": "active" if course.running else "completed",
                "end_reason": "" if course.running else self._end_reason(), "opened_at": opened_at, "ended_at": ended,
            }
        )  # fmt: skip

    def _end_reason(self) -> str:
        if self.course.stops_early:
            return "stopped" if self.rng.random() < 0.9 else "referred"
        choices = {
            "better": ("well", "well", "well", "changed"),
            "same": ("no-help", "changed"),
            "worse": ("referred", "no-help"),
        }
        return self.rng.choice(choices[self.story.trend])

    def _intake(self, sitting: Sitting, booked_at: datetime) -> None:
        """The intake by link before the first visit; for those who are still to come, as far as they have got."""
        person, starts = self.life.person, sitting.laid.room[0]
        self._confirmation(sitting, booked_at)
        if sitting.planned.state == "completed" or sitting.planned.state in CAME:
            at = max(booked_at + timedelta(minutes=12), starts - timedelta(hours=self.rng.randint(3, 60)))
            self.record.intake(sitting.visit_id, self.story, booked_at, at, self.practitioner.user_id)
            return
        if not person.email:
            return
        far = self.rng.choice((State.OPEN, State.BEGUN, State.SUBMITTED))
        if far == State.SUBMITTED:
            at = min(booked_at + timedelta(minutes=15), self.life.now)
            self.record.intake(sitting.visit_id, self.story, booked_at, at, None)
            return
        begun = {"begun_at": booked_at + timedelta(minutes=9)} if far == State.BEGUN else {}
        request = self.record.request(
            "intake", sitting.visit_id, booked_at, far, sent_at=booked_at + timedelta(minutes=3), **begun
        )
        if begun:
            data = self.record.draft_data(self.story, begun["begun_at"])
            kept = {step: data[step] for step in ("1", "2")} | {"versions": {"1": 2, "2": 3}}
            self.life.tables.drafts.add(
                {"request_id": request, "data": kept, "step": 3, "version": 3, "updated_at": begun["begun_at"]}
            )

    def _confirmation(self, sitting: Sitting, booked_at: datetime) -> None:
        """The first mail, while the ledger still shows it."""
        person, now = self.life.person, self.life.now
        if not person.email or booked_at < now - timedelta(days=60):
            return
        sent = booked_at + timedelta(minutes=3)
        self.life.tables.messages.add(
            {
                "public_id": drawn_id(self.rng), "kind": CONFIRMATION,
                "dedup_key": f"{CONFIRMATION}:mail:visit={sitting.visit_id}:seq=0",
                "patient_id": self.record.patient_id, "appointment_id": sitting.visit_id,
                "message_id": f"<{drawn_id(self.rng)}@oldmill.example>", "to_address": person.email,
                "state": OutgoingMessage.State.SENT, "created_at": booked_at, "not_before": sent,
                "not_after": max(sitting.laid.room[0], sent + timedelta(hours=1)), "attempt": 1,
                "first_tried_at": sent, "sent_at": sent, "subject_line": "Your visit is booked",
            }
        )  # fmt: skip

    def _session(self, sitting: Sitting, course_id: int) -> None:
        self.done += 1
        progress = (self.done - 1) / max(1, self.course.planned - 1)
        now = self.story.begin if self.done == 1 else self.story.numbers(self.rng, progress)
        starts = sitting.laid.room[0]
        if self.done == 1 and not self.is_first:
            self._baseline(sitting, now)
        elif self.done > 1 and self.life.person.email and self.rng.random() < _CHECK_INS:
            self.record.check_in(sitting.visit_id, now, starts)
        if self.done == CHECKPOINT and sitting.planned.state == "completed":
            self._questionnaires(now, starts - timedelta(minutes=20))
            self.record.measured(self.story.condition_id, now, starts - timedelta(minutes=20), None)
        signed = sitting.planned.state == "completed" and (
            sitting.planned.day < self.life.now.date() or self.rng.random() < 0.7
        )
        self.visits.note(sitting, self.story, self.practitioner, course_id, self.done, self.before, now, signed=signed)
        self.before = now

    def _baseline(self, sitting: Sitting, now: Numbers) -> None:
        """A later course begins with numbers of its own, asked in the clinic."""
        at = sitting.arrived + timedelta(minutes=1)
        self.record.complaint(self.story, at, "")
        self.record.respond(None, "checkin", stories.as_values(now), at)
        self.record.measured(self.story.condition_id, now, at, None)
        self._questionnaires(now, at)

    def _questionnaires(self, now: Numbers, at: datetime) -> None:
        feelings = self.record.feelings(now)
        if self.life.person.language == "en":
            self.record.respond(None, "peg", {name: feelings[name] for name in ("peg-1", "peg-2", "peg-3")}, at)
        self.record.respond(None, "phq-4", {f"phq4-{n}": feelings[f"phq4-{n}"] for n in range(1, 5)}, at)
