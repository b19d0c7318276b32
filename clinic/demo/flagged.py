"""What the flags said in the sessions of one invented patient, and what was said to them: once in a course."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from clinic.demo import usual
from clinic.demo.house import drawn_id
from clinic.demo.record import DETAILS, Record
from patients.safety.flags import CHILD_UNTIL, OVER, SafetyFlag
from sessions import alerts
from sessions.content import NoteContent
from sessions.entered import entered_in
from sessions.flagged.services import compose_answer
from sessions.flagged.speaking import Answer, Speaking, Spoken, speaking
from sessions.models import TreatmentSession
from sessions.needling import read
from sessions.services.signing import said_to

#: A look is read while the points are chosen; a stop is answered with the signature.
_READ = timedelta(minutes=6)
REASONS = {
    "anticoagulant": "Shallow, thin needles, pressed after each; INR asked and in range.",
    "antiplatelet": "Thin needles, pressed after each; bruises easily, told so.",
    "pacemaker_icd": "The cardiologist agrees; current on the legs alone, patient in view.",
    "epilepsy": "No seizure for two years; low current, never left alone.",
}
ANY_REASON = "Talked over with the patient, who wants it; gently and in view."


class Flags:
    """The flags of one patient through the years, and the answers they have."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._held: dict[int, list[SafetyFlag]] = {}
        self._said: dict[tuple[str, int, bool], Speaking] = {}
        self._answers: dict[tuple[int, str, str], Answer] = {}

    def speak(self, line: str, day: date, *, first: bool) -> Speaking:
        """What they say to the points of a session; ``first`` says that it is the patient's first."""
        age = _age(self._record.person.birth_date, day)
        known = self._record.facts or self._record.medicines
        if not known and CHILD_UNTIL < age <= OVER:
            return Speaking(())
        if (line, age, first) not in self._said:
            content = NoteContent(points_line=line, details=usual.details_on(day))
            entered = entered_in(content, read(line), first=first)
            self._said[line, age, first] = speaking(self._flags_at(age, day), entered)
        return self._said[line, age, first]

    def answer(self, note: TreatmentSession, said: Speaking) -> None:
        """Store what was said to each that had no answer in the course, and what the note that is signed keeps."""
        by, at = note.signed_by, note.signed_at
        assert by is not None
        assert at is not None
        assert note.course_id is not None
        stops = []
        for spoken in said.all:
            warning = spoken.warning
            key = (note.course_id, warning.flag_id, warning.fingerprint)
            if key not in self._answers:
                reason = REASONS.get(warning.flag_id, ANY_REASON) if warning.stops else ""
                then = at if warning.stops else min(note.started_at + _READ, at)
                self._store(note, spoken, reason, then)
                self._answers[key] = Answer(reason, str(by), then)
            if warning.stops:
                stops.append(Spoken(warning, self._answers[key]))
        note.stops = [stop.warning.flag_id for stop in stops]
        note.override_reason = "\n".join(said_to(stop, {}, by, at) for stop in stops)

    def _store(self, note: TreatmentSession, spoken: Spoken, reason: str, at: datetime) -> None:
        by = note.signed_by
        assert by is not None
        row = compose_answer(note=note, spoken=spoken, reason=reason, by=by, now=at)
        row.public_id = drawn_id(self._record.rng)
        columns = [field.attname for field in row._meta.concrete_fields if field.attname != "id"]
        tables = self._record.tables
        tables.answers.add({name: getattr(row, name) for name in columns})
        if not spoken.warning.stops:  # a stop is traced by the signature
            tables.traces.add(
                {
                    "at": at, "actor_id": by.pk, "acting_as": "practitioner", "action": "acknowledge",
                    "resource": "flag", "patient_id": note.patient_id, "object_id": note.pk,
                }
            )  # fmt: skip

    def _flags_at(self, age: int, day: date) -> list[SafetyFlag]:
        if age not in self._held:
            record = self._record
            self._held[age] = alerts.safety_flags(
                today=day,
                birth_date=record.person.birth_date,
                birth_year=None,
                safety_facts=[_fact(rule) for rule in record.facts],
                medications=[{"words": words} for words in record.medicines],
            )
        return self._held[age]


def _fact(rule: str) -> dict[str, Any]:
    return {"rule_id": rule, "detail": DETAILS.get(rule, ""), "due_on": None}


def _age(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
