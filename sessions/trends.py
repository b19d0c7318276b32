"""What a patient said in a course, and when its sessions were: one statement, read into lines and the chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, JSONField, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from clinic.kernel.prepared import Prepared, given
from patients.intake.instruments import catalogue
from patients.intake.models import QuestionnaireResponse, Score
from patients.measures.models import MeasureValue, MeasureVersion
from patients.models import Patient
from sessions.appointments.models import Appointment
from sessions.beside import beside_of, medicines_ever, therapies_told
from sessions.checked_in import CheckIn, medicine_change, read_check_in
from sessions.courses.decided import decided_in
from sessions.courses.models import Course
from sessions.measured import BASELINE_COUNTS, followed_in
from sessions.models import TreatmentSession
from sessions.trend.beside import Beside
from sessions.trend.followed import Followed, exact
from sessions.trend.head import Spoken
from sessions.trend.model import Decision, Said, Tick, Trend, shown

#: Answers of three years of weekly check-ins, newest first; more than a course has sessions.
MOST_ANSWERS = 160
MOST_SESSIONS = 200
MOST_PLANNED = 30
#: An intake that was answered so long before its course was opened still is the baseline.
INTAKE_COUNTS = BASELINE_COUNTS
#: Measured numbers of all measures together, newest first.
MOST_MEASURED = 200

#: (questionnaire, output) -> what it is called on the page, and its highest value. In the order of the page.
LINES = {
    ("checkin", "pain"): ("Pain", 10),
    ("checkin", "interference"): ("Held back", 10),
    ("checkin", "mood"): ("Low mood", 10),
    ("checkin", "sleep"): ("Poor sleep", 10),
    ("checkin", "analgesic_days"): ("Painkiller", 7),
    ("main-concern", "goal_score"): ("How hard the goal is", 10),
    ("peg", "score"): ("Pain and daily life", 10),
    ("phq-4", "total"): ("Mood and worry", 12),
}
_MEANS = {("peg", "score")}


@dataclass(frozen=True)
class Line:
    """One number: what it is called, its value, the one before ("" when there is none), its band, which way it went.

    ``on`` is its day when that is not the day of the newest answers.
    """

    name: str
    value: str
    before: str
    most: int | str
    band: str
    way: str
    on: date | None = None


@dataclass(frozen=True)
class Answers:
    """What a patient said. ``at`` is when the newest came, ``by`` who filled it in when it was not the patient.

    ``check_in`` is the newest check-in in words. ``trend`` is the course's chart: what somebody else filled in stays
    out of it. ``followed`` are the clinic's own measures in the same time, each with its own scale;
    ``scales`` are those in use, for the form that a number is entered with. ``rows`` and ``course`` are what all of it
    was read from, newest first, for the checkpoint.
    """

    lines: tuple[Line, ...] = ()
    at: datetime | None = None
    by: str = ""
    check_in: CheckIn | None = None
    trend: Trend = field(default_factory=Trend)
    followed: tuple[Followed, ...] = ()
    scales: tuple[Mapping[str, Any], ...] = ()
    rows: tuple[Mapping[str, Any], ...] = ()
    course: Mapping[str, Any] | None = None
    #: The course's check-ins in numbers, the newest first, two at most: for the first line of the note.
    spoken: tuple[Spoken, ...] = ()
    beside: Beside = field(default_factory=Beside)

    def since(self, last_session: datetime | None) -> Answers:
        """Return the same without a check-in from before the last session: that one was gone through then."""
        old = self.check_in is not None and last_session is not None and self.check_in.at <= last_session
        return replace(self, check_in=None) if old else self


def answers_for(patient_id: int, *, course_id: int | None = None, language: str = "en") -> Answers:
    """Return what a patient said, with the chart of a course (else the running one, else the one that ended last).

    ``language`` is the one that the clinic's own measures are named in. One statement. The caller has traced the look
    at the record.
    """
    facts = (
        _FACTS.get(patient=patient_id)
        if course_id is None
        else _FACTS_OF_COURSE.get(patient=patient_id, course=course_id)
    )
    rows = [{**row, "answered_at": datetime.fromisoformat(row["answered_at"])} for row in facts["answers"]]
    newest = rows[0] if rows else {}
    followed = followed_in(facts["followed"], facts["course"], language=language)
    said = _said(rows, facts["course"])
    return Answers(
        lines=(*_lines(rows), *_lines_of(followed, newest.get("answered_at"))),
        at=newest.get("answered_at"),
        by=newest.get("answered_by", ""),
        check_in=read_check_in(next((row for row in rows if _is_check_in(row)), None)),
        trend=Trend(said=said, ticks=_ticks(facts), decisions=_decisions(facts["course"])),
        followed=followed,
        scales=tuple(facts["scales"]),
        rows=tuple(rows),
        course=facts["course"],
        spoken=_spoken(rows, facts["course"]),
        beside=beside_of(facts["medicines"], facts["therapies"], since=said[0].on if said else None),
    )


def _facts(courses: QuerySet[Course]) -> QuerySet[Patient, Any]:
    newest = courses.filter(patient_id=OuterRef("pk")).order_by(F("ended_at").desc(nulls_first=True), "-id")
    columns = (
        "id", "opened_at", "ended_at", "checkpoint_session", "sessions_done", "planned_sessions", "public_id", "state",
    )  # fmt: skip
    course = newest.values(json=JSONObject(decided=decided_in("pk"), **{name: name for name in columns}))[:1]
    done = TreatmentSession.objects.valid().filter(patient_id=OuterRef("pk"), number_in_course__isnull=False)
    planned = Appointment.objects.filter(patient_id=OuterRef("pk"), state__in=("booked", "confirmed"))
    return Patient.objects.filter(pk=given("patient")).values(
        answers=ArraySubquery(_answers()),
        followed=MeasureValue.objects.as_json("pk", most=MOST_MEASURED),
        scales=MeasureVersion.objects.as_json(),
        medicines=medicines_ever("pk"),
        therapies=therapies_told("pk"),
        course=Subquery(course, output_field=JSONField()),
        done=ArraySubquery(
            done.order_by("-started_at", "-id").values(
                json=JSONObject(course="course_id", number="number_in_course", at="started_at")
            )[:MOST_SESSIONS]
        ),
        planned=ArraySubquery(
            planned.order_by("starts_at", "id").values(json=JSONObject(course="course_id", at="starts_at"))[
                :MOST_PLANNED
            ]
        ),
    )


def _answers() -> QuerySet[QuestionnaireResponse, Any]:
    scores = Score.objects.filter(response_id=OuterRef("pk"))
    numbers = ArraySubquery(scores.values(json=JSONObject(output="output", total="total", count="count")))
    columns = ("instrument", "severity", "answered_at", "answered_by", "answers", "flags", "language")
    given = QuestionnaireResponse.objects.filter(patient_id=OuterRef("pk"), state=QuestionnaireResponse.State.COMPLETED)
    return given.order_by("-answered_at", "id").values(
        json=JSONObject(form="request__form", numbers=numbers, **{name: name for name in columns})
    )[:MOST_ANSWERS]


_FACTS = Prepared(lambda: _facts(Course.objects.all()))
_FACTS_OF_COURSE = Prepared(lambda: _facts(Course.objects.filter(pk=given("course"))))


def _is_check_in(row: Mapping[str, Any]) -> bool:
    return bool(row["instrument"] == "checkin" and row["form"] != "intake")


def values_of(row: Mapping[str, Any]) -> dict[tuple[str, str], Fraction]:
    """Output by output, as exact fractions: a mean keeps its sum and its count."""
    found = {}
    for score in row["numbers"]:
        key = (row["instrument"], score["output"])
        if score["total"] is not None and score["count"]:
            found[key] = Fraction(score["total"], score["count"] if key in _MEANS else 1)
    return found


def _lines(rows: Sequence[Mapping[str, Any]]) -> tuple[Line, ...]:
    given: dict[tuple[str, str], list[tuple[Fraction, Mapping[str, Any]]]] = {}
    for row in rows:
        for key, value in values_of(row).items():
            given.setdefault(key, []).append((value, row))
    newest = timezone.localdate(rows[0]["answered_at"]) if rows else None
    return tuple(_line(key, given[key], newest) for key in LINES if key in given)


def _line(key: tuple[str, str], values: Sequence[tuple[Fraction, Mapping[str, Any]]], newest: date | None) -> Line:
    name, most = LINES[key]
    value, row = values[0]
    # What somebody else filled in is compared with nothing.
    own = [] if row["answered_by"] else [was for was, by in values[1:] if not by["answered_by"]]
    before = own[0] if own else None
    way = "" if before is None or before == value else ("worse" if value > before else "better")
    day = timezone.localdate(row["answered_at"])
    return Line(
        name, shown(value), "" if before is None else shown(before), most, _band(key, row["severity"]), way,
        on=None if day == newest else day,
    )  # fmt: skip


def _lines_of(followed: Sequence[Followed], newest: datetime | None) -> list[Line]:
    """The newest number of each measure, as the questionnaires' numbers are shown."""
    day = timezone.localdate(newest) if newest else None
    lines = []
    for one in followed:
        last = one.line[-1] if one.line else one.values[-1]
        before = one.line[-2].value if len(one.line) > 1 else None
        higher_is_worse = last.scale.worse == "up"
        way = ""
        if before is not None and before != last.value:
            way = "worse" if (last.value > before) == higher_is_worse else "better"
        most = f"{exact(last.scale.highest)} {last.scale.unit}".strip()
        lines.append(
            Line(
                one.name, exact(last.value), "" if before is None else exact(before), most, "", way,
                on=None if last.on == day else last.on,
            )
        )  # fmt: skip
    return lines


def _band(key: tuple[str, str], severity: str) -> str:
    instrument = catalogue.get(key[0])
    if not severity or key[1] != instrument.band_output:
        return ""
    return instrument.band(severity).text.lower()


def _said(rows: Sequence[Mapping[str, Any]], course: Mapping[str, Any] | None) -> tuple[Said, ...]:
    """The days of the course's chart, oldest first. Its first measured visit is the baseline, and is called so.

    Pain is the same question at intake and at each check-in (the PEG's first item is the check-in's), so that like is
    compared with like; the PEG's mean of three questions stands beside it as a line of its own.
    """
    own = [row for row in reversed(rows) if row["instrument"] == "checkin" and not row["answered_by"]]
    if course is not None:
        own = _within(own, course)
    days = [_day(row) for row in own]
    if days and all(said.source != "baseline" for said in days):
        days[0] = replace(days[0], source="baseline")
    return tuple(days)


def _within(rows: Sequence[Mapping[str, Any]], course: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    opened = datetime.fromisoformat(course["opened_at"])
    ended = datetime.fromisoformat(course["ended_at"]) if course["ended_at"] else None
    inside = [row for row in rows if row["answered_at"] >= opened and (ended is None or row["answered_at"] <= ended)]
    if any(row["form"] == "intake" for row in inside):
        return inside
    before = [row for row in rows if row["form"] == "intake" and opened - INTAKE_COUNTS <= row["answered_at"] < opened]
    return [*before[-1:], *inside]


def _day(row: Mapping[str, Any]) -> Said:
    values = {output: value for (_, output), value in values_of(row).items()}
    medicine = values.get("analgesic_days")
    return Said(
        on=timezone.localdate(row["answered_at"]),
        source="baseline" if row["form"] == "intake" else "check-in",
        pain=values.get("pain"),
        mood=values.get("mood"),
        sleep=values.get("sleep"),
        medicine_days=int(medicine) if medicine is not None else None,
        medicine_change=medicine_change(row["answers"]),
        language=row.get("language", ""),
    )


def _spoken(rows: Sequence[Mapping[str, Any]], course: Mapping[str, Any] | None) -> tuple[Spoken, ...]:
    """The two newest check-ins of the course in numbers; how hard the goal is was asked in the same sending."""
    own = [row for row in reversed(rows) if not row["answered_by"]]
    goals = {row["answered_at"]: values_of(row) for row in own if row["instrument"] == "main-concern"}
    asked = [row for row in own if row["instrument"] == "checkin"]
    newest = list(reversed(_within(asked, course) if course is not None else asked))[:2]
    found = []
    for row in newest:
        day, goal = _day(row), goals.get(row["answered_at"], {})
        found.append(Spoken(day.pain, day.sleep, day.mood, goal.get(("main-concern", "goal_score")), day.medicine_days))
    return tuple(found)


def _ticks(facts: Mapping[str, Any]) -> tuple[Tick, ...]:
    """The sessions of the course that took place, and those that are booked, numbered on."""
    course = facts["course"]
    if course is None:
        return ()
    checkpoint = course["checkpoint_session"]
    held = [row for row in reversed(facts["done"]) if row["course"] == course["id"]]
    ticks = [Tick(row["number"], _on(row["at"]), done=True, checkpoint=row["number"] == checkpoint) for row in held]
    last = max([course["sessions_done"], *(tick.number for tick in ticks)])
    ahead = [row for row in facts["planned"] if row["course"] == course["id"]]
    ticks += [
        Tick(last + index, _on(row["at"]), done=False, checkpoint=last + index == checkpoint)
        for index, row in enumerate(ahead, start=1)
    ]
    return tuple(sorted(ticks, key=lambda tick: (tick.on, tick.number)))


def _decisions(course: Mapping[str, Any] | None) -> tuple[Decision, ...]:
    """What was decided at the checkpoints of the course, oldest first."""
    decided = course["decided"] if course else ()
    return tuple(Decision(row["session_number"], _on(row["at"]), row["decision"]) for row in reversed(decided))


def _on(moment: str) -> date:
    return timezone.localdate(datetime.fromisoformat(moment))
