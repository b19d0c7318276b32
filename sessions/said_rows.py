"""Everything that a patient said, and when the sessions were, as rows of one statement."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, JSONField, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from clinic.kernel.prepared import Prepared, given
from patients.intake.models import QuestionnaireResponse, Score
from patients.measures.models import MeasureValue, MeasureVersion
from patients.models import Patient
from sessions.appointments.models import Appointment
from sessions.beside import medicines_ever, therapies_told
from sessions.courses.decided import decided_in
from sessions.courses.models import Course
from sessions.models import TreatmentSession

#: Answers of three years of weekly check-ins, newest first; more than a course has sessions.
MOST_ANSWERS = 160
MOST_SESSIONS = 200
MOST_PLANNED = 30
#: Measured numbers of all measures together, newest first.
MOST_MEASURED = 200

_MEANS = {("peg", "score")}


def facts_of(patient_id: int, *, course_id: int | None = None) -> Mapping[str, Any]:
    """Return answers, numbers, medicines and sessions, with the running course, else the one that ended last.

    ``course_id`` asks for that course instead. One statement.
    """
    facts: Mapping[str, Any] = (
        _FACTS.get(patient=patient_id)
        if course_id is None
        else _FACTS_OF_COURSE.get(patient=patient_id, course=course_id)
    )
    return facts


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
        json=JSONObject(
            form="request__form", course="request__course_id", ten="request__ten_questions", numbers=numbers,
            **{name: name for name in columns},
        )
    )[:MOST_ANSWERS]  # fmt: skip


_FACTS = Prepared(lambda: _facts(Course.objects.all()))
_FACTS_OF_COURSE = Prepared(lambda: _facts(Course.objects.filter(pk=given("course"))))


def is_check_in(row: Mapping[str, Any]) -> bool:
    """Whether a row is a check-in; the same questions are asked at intake too."""
    return bool(row["instrument"] == "checkin" and row["form"] != "intake")


def values_of(row: Mapping[str, Any]) -> dict[tuple[str, str], Fraction]:
    """Output by output, as exact fractions: a mean keeps its sum and its count."""
    found = {}
    for score in row["numbers"]:
        key = (row["instrument"], score["output"])
        if score["total"] is not None and score["count"]:
            found[key] = Fraction(score["total"], score["count"] if key in _MEANS else 1)
    return found
