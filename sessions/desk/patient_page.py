"""The patient page made from its rows: words first, then chart, notes, course and what is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.dateformat import format as date_format

from clinic.kernel import clinic_words
from clinic.outbox import kinds
from patients.measures.forms import ValueForm
from patients.measures.rows import versions_of
from patients.models import Patient
from patients.safety.flags import SafetyFlag
from sessions.alerts import HeadFlag, desk_flags, head_flags, safety_flags
from sessions.appointments.models import Appointment
from sessions.charts import Chart
from sessions.checkpoint.page import CheckpointPage, checkpoint_of
from sessions.courses.models import Course
from sessions.models import NeedlePlacement, TreatmentSession
from sessions.needling import read
from sessions.pages import pain_words
from sessions.point_chips import PointChip, chip_of, chip_of_row
from sessions.trends import Answers

AGREEMENTS = {"treatment": "Treatment", "privacy": "Data", "email": "Reminders by e-mail"}
#: So long after the last visit of a course its end is asked about at the desk.
ENDING = timedelta(days=14)
#: So many notes stand open; the earlier ones are one line each.
OPEN_NOTES = 3


@dataclass
class PatientPage:
    """One patient as somebody may see them. Clinical parts stay empty for the front desk."""

    patient: Patient
    visits: Sequence[Appointment]
    now: datetime
    whole: bool
    notes: Sequence[TreatmentSession] = ()
    answers: Answers = field(default_factory=Answers)

    @property
    def today(self) -> date:
        """The clinic's day."""
        return timezone.localdate(self.now)

    @property
    def age(self) -> str:
        """The age in words."""
        return clinic_words.age(self.patient.birth_date, self.today)

    @cached_property
    def course(self) -> dict[str, Any] | None:
        """The course with its counter; goal and complaint only for practitioners."""
        found: dict[str, Any] | None = self.patient.course  # type: ignore[attr-defined]
        return found

    @cached_property
    def flags(self) -> list[SafetyFlag]:
        """The safety flags, none for the front desk."""
        if not self.whole:
            return []
        patient = self.patient
        return safety_flags(
            today=self.today,
            birth_date=patient.birth_date,
            birth_year=patient.birth_year,
            safety_facts=patient.held,  # type: ignore[attr-defined]
            medications=patient.medicines,  # type: ignore[attr-defined]
            questionnaire_flags=[f"phq-9.{flag}" for flag in patient.depression_flags or ()],  # type: ignore[attr-defined]
        )

    @property
    def chips(self) -> list[HeadFlag]:
        """The chips under the name."""
        codes = self.patient.desk_facts
        return head_flags(self.flags, codes) if self.whole else desk_flags(codes)

    @cached_property
    def current(self) -> Appointment | None:
        """The visit of today that is still open, else the last one of today."""
        todays = [visit for visit in self.visits if timezone.localdate(visit.starts_at) == self.today]
        holding = [visit for visit in todays if visit.state in Appointment.HOLDING]
        return next(reversed(holding or [visit for visit in todays if visit.state == "completed"]), None)

    @property
    def next_visit(self) -> Appointment | None:
        """The next booked visit after today's."""
        return next((visit for visit in self.ahead if visit != self.current), None)

    @cached_property
    def ahead(self) -> list[Appointment]:
        """The visits that are booked and have not begun, the next one first: these can be cancelled."""
        waiting = [visit for visit in self.visits if visit.state in ("booked", "confirmed")]
        ahead = [visit for visit in waiting if visit.starts_at > self.now or visit == self.current]
        return sorted(ahead, key=lambda visit: visit.starts_at)

    @property
    def ending(self) -> Appointment | None:
        """The last visit of a course at its end, while the questions about it may be asked in the clinic."""
        newest = (visit for visit in self.visits if visit.starts_at > self.now - ENDING)
        return next((visit for visit in newest if visit.ends_course), None)  # type: ignore[attr-defined]

    @property
    def others(self) -> list[Appointment]:
        """Every other visit, newest first."""
        return [visit for visit in self.visits if visit not in self.ahead]

    @cached_property
    def checkpoint(self) -> CheckpointPage | None:
        """The checkpoint of the course, for practitioners; None without a course."""
        number = (self.course or {}).get("number")
        return checkpoint_of(self.answers, number=number, today=self.today, back="patient")

    @property
    def course_is_on(self) -> bool:
        """Whether the counter names the session of today, which is not over yet."""
        course = self.course or {}
        return bool(course) and course["number"] > course["sessions_done"]

    @property
    def frequency(self) -> str:
        """How often the sessions are, in words; "" when not said."""
        said = (self.course or {}).get("frequency") or ""
        return str(Course.Frequency(said).label) if said else ""

    @property
    def chart(self) -> Chart:
        """The chart of the course, for practitioners."""
        return Chart(self.answers.trend, self.answers.followed, self.answers.beside)

    @property
    def enter_form(self) -> ValueForm:
        """The small form for one number of the clinic's own measures."""
        return ValueForm(versions=versions_of(self.answers.scales), now=self.now, auto_id="id_measure_%s")

    @property
    def on_the_table(self) -> str:
        """The last pain on the table in words: "Pain 7 to 4 on the table, Thu 5 Nov"; "" when it was not asked."""
        for note in self.notes:
            said = pain_words(note.pain_before, note.pain_after)
            if said:
                return f"{said} on the table, {clinic_words.day(note.started_at)}"
        return ""

    @property
    def last_plan(self) -> str:
        """What was planned last time."""
        return next((note.plan for note in self.notes if note.plan), "")

    @property
    def course_title(self) -> str:
        """What the course is for: its complaint, else the first line of what the patient wrote, else just "Course"."""
        complaint = self.patient.complaint or {}  # type: ignore[attr-defined]
        first_line = (complaint.get("words") or "").strip().partition("\n")[0]
        return (self.course or {}).get("complaint") or first_line or "Course"

    @property
    def goal(self) -> str:
        """What the patient wants to do again, in their words."""
        complaint = self.patient.complaint or {}  # type: ignore[attr-defined]
        return (self.course or {}).get("goal") or complaint.get("goal") or ""

    @property
    def dates(self) -> dict[int, str]:
        """The days of the course's sessions, for the words under its line."""
        return {
            note.number_in_course: date_format(timezone.localdate(note.started_at), "j M")
            for note in self.notes
            if note.number_in_course is not None and (self.course or {}).get("opened_at")
        }

    @property
    def open_notes(self) -> list[NoteLine]:
        """The newest notes, with their points."""
        return [NoteLine(note) for note in self.notes[:OPEN_NOTES]]

    @property
    def earlier_notes(self) -> list[NoteLine]:
        """The others, one line each."""
        return [NoteLine(note) for note in self.notes[OPEN_NOTES:]]

    @property
    def medicines(self) -> list[str]:
        """What the patient takes, in their words."""
        return [medicine["words"] for medicine in self.patient.medicines]  # type: ignore[attr-defined]

    @property
    def agreements(self) -> list[tuple[str, bool, datetime, str]]:
        """What was agreed to or withdrawn: name, whether it holds, since when, how."""
        rows = self.patient.agreements  # type: ignore[attr-defined]
        return [
            (
                AGREEMENTS.get(row["kind"], row["kind"]),
                row["state"] == "active",
                datetime.fromisoformat(row["given_at"]),
                row["channel"],
            )
            for row in rows
        ]

    @property
    def mails(self) -> list[dict[str, Any]]:
        """The newest messages: what, state, when, why not."""
        rows = self.patient.mails  # type: ignore[attr-defined]
        return [
            {
                "title": _title(row["kind"]),
                "state": row["state"],
                "reason": row["reason"],
                "at": datetime.fromisoformat(row["sent_at"] or row["at"]),
            }
            for row in rows
        ]


def _title(code: str) -> str:
    """What a kind of message is called; its code when nobody registered it any more."""
    try:
        return kinds.get(code).title
    except KeyError:
        return code.replace("-", " ")


@dataclass(frozen=True)
class NoteLine:
    """One note on the patient page."""

    note: TreatmentSession

    @property
    def points(self) -> list[PointChip]:
        """The needled points; of a draft those that were understood so far."""
        if self.note.is_signed:
            rows: list[dict[str, Any]] = self.note.rows  # type: ignore[attr-defined]
            return [chip_of_row(NeedlePlacement(**row)) for row in rows]
        return [chip_of(reading) for reading in read(self.note.points_line).points]

    @property
    def pain(self) -> str:
        """Pain on the table, small."""
        return pain_words(self.note.pain_before, self.note.pain_after).replace("Pain", "pain")

    @property
    def needles(self) -> str:
        """ "25 min · 6 in, 6 out", or what of it is known."""
        note = self.note
        if note.no_needles:
            return "no needles"
        counts = [
            f"{number} {way}"
            for number, way in ((note.needles_in, "in"), (note.needles_out, "out"))
            if number is not None
        ]
        parts = [clinic_words.minutes(note.retention_minutes), ", ".join(counts)]
        return " · ".join(part for part in parts if part)
