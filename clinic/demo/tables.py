"""Every table that the demo fills by COPY, and the lines that only differ in a few columns."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.db.models import Model

from clinic.attention.models import Task
from clinic.audit.models import AuditEvent
from clinic.demo.copying import Table
from clinic.outbox.models import OutgoingMessage
from patients.intake.models import Draft, IntakeSubmission, QuestionnaireRequest, QuestionnaireResponse, Score
from patients.measures.models import MeasureValue
from patients.models import Complaint, Consent, Medication, OtherTherapy, PainMark, Patient, SafetyFact
from sessions.appointments.models import Appointment, AppointmentEvent, HandsOn, RoomUse
from sessions.courses.models import Course
from sessions.flagged.models import Acknowledgement
from sessions.models import NeedlePlacement, TreatmentSession

#: The columns of a needle that say where and how.
NEEDLE = tuple(
    field.attname for field in NeedlePlacement._meta.concrete_fields if field.attname not in ("id", "session_id")
)


class Tables:
    """The tables of one writer, each with its own count of ids: ``first``, and then every ``step``."""

    def __init__(self, *, first: int = 1, step: int = 1) -> None:
        def table(model: type[Model]) -> Table:
            return Table(model, first=first, step=step)

        self.patients = table(Patient)
        self.complaints = table(Complaint)
        self.facts = table(SafetyFact)
        self.medications = table(Medication)
        self.marks = table(PainMark)
        self.therapies = table(OtherTherapy)
        self.consents = table(Consent)
        self.requests = table(QuestionnaireRequest)
        self.drafts = table(Draft)
        self.submissions = table(IntakeSubmission)
        self.responses = table(QuestionnaireResponse)
        self.scores = table(Score)
        self.measured = table(MeasureValue)
        self.courses = table(Course)
        self.visits = table(Appointment)
        self.events = table(AppointmentEvent)
        self.hands = table(HandsOn)
        self.room_uses = table(RoomUse)
        self.notes = table(TreatmentSession)
        self.needles = table(NeedlePlacement)
        self.answers = table(Acknowledgement)
        self.tasks = table(Task)
        self.messages = table(OutgoingMessage)
        self.traces = table(AuditEvent)

    def __iter__(self) -> Iterator[Table]:
        return iter(vars(self).values())


class Lines:
    """Templates for the tables of millions of rows, made once for each set of values that repeats."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._hands = tables.hands.template("id", "appointment_id", "practitioner_id", "during", "held")
        self._room = tables.room_uses.template("id", "appointment_id", "room_id", "during", "held")
        self._trace = tables.traces.template(
            "id", "at", "actor_id", "patient_id", "object_id", acting_as="practitioner", action="sign", resource="note"
        )
        self._event = lru_cache(maxsize=None)(self._make_event)
        self._needle = lru_cache(maxsize=None)(self._make_needle)
        self._score = lru_cache(maxsize=None)(self._make_score)

    def _make_event(self, state: str) -> str:
        return self._tables.events.template("id", "appointment_id", "at", "by_id", state=state)

    def _make_needle(self, *said: Any) -> str:
        return self._tables.needles.template("id", "session_id", **dict(zip(NEEDLE, said, strict=True)))

    def _make_score(self, output: str, value: str | None, total: int | None, count: int | None) -> str:
        return self._tables.scores.template("id", "response_id", output=output, value=value, total=total, count=count)

    def event(self, visit: int, state: str, at: str, by: int) -> None:
        """A visit came into a state."""
        table = self._tables.events
        table.lines.append(self._event(state) % (table.next_id(), visit, at, by))

    def hands_on(self, visit: int, practitioner: int, during: str, held: str) -> None:
        """The practitioner's hands are taken."""
        table = self._tables.hands
        table.lines.append(self._hands % (table.next_id(), visit, practitioner, during, held))

    def room_use(self, visit: int, room: int, during: str, held: str) -> None:
        """The room is taken."""
        table = self._tables.room_uses
        table.lines.append(self._room % (table.next_id(), visit, room, during, held))

    def needle(self, note: int, *said: Any) -> None:
        """A point was needled: what ``NEEDLE`` names."""
        table = self._tables.needles
        table.lines.append(self._needle(*said) % (table.next_id(), note))

    def score(self, response: int, output: str, value: str | None, total: int | None, count: int | None) -> None:
        """An output of a questionnaire."""
        table = self._tables.scores
        table.lines.append(self._score(output, value, total, count) % (table.next_id(), response))

    def signed(self, at: str, user: int, patient: int, note: int) -> None:
        """The trace of a signature."""
        table = self._tables.traces
        table.lines.append(self._trace % (table.next_id(), at, user, patient, note))
