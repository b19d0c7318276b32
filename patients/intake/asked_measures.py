"""The clinic's own measures that a form asks for, fetched with the form so that no page costs a statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Cast, JSONObject

from patients.intake import conditions, steps
from patients.intake.models import QuestionnaireRequest
from patients.measures.asked import MOMENTS, MeasureQuestion, concerns, question_of, questions_for
from patients.measures.models import Measure, MeasureValue, MeasureVersion

_MOMENT = "baseline"
#: A measure of a checkpoint that was answered more recently is not due yet: its question is about four weeks.
RECENT = timedelta(days=27)


def rows() -> ArraySubquery:
    """Return an expression of every measure of a first visit with its scale and words, in the clinic's order."""
    wanted = MeasureVersion.objects.current().filter(measure__asked__in=MOMENTS[_MOMENT])
    return _as_json(wanted)


def rows_between(now: datetime) -> ArraySubquery:
    """Return an expression for a check-in: every measure of check-ins and checkpoints, and whether it is recent."""
    wanted = MeasureVersion.objects.current().filter(measure__asked__in=MOMENTS["checkpoint"])
    recent = (
        MeasureValue.objects.standing()
        .filter(
            patient_id=OuterRef(OuterRef("patient_id")),
            measure_id=OuterRef("measure_id"),
            measured_at__gte=Value(now - RECENT),
        )
        .exclude(request_id=OuterRef(OuterRef("pk")))
    )
    return _as_json(wanted, asked="measure__asked", recent=Exists(recent))


def _as_json(wanted: QuerySet[MeasureVersion], **more: Any) -> ArraySubquery:
    return ArraySubquery(
        wanted.values(
            row=JSONObject(
                id="pk", words="words", decimals="decimals",
                lowest=Cast("lowest", TextField()), highest=Cast("highest", TextField()),
                measure_id="measure_id", code="measure__code", condition_ids="measure__condition_ids", **more,
            )
        )
    )  # fmt: skip


def questions(request: QuestionnaireRequest) -> list[MeasureQuestion]:
    """Return the measures to ask, for what the draft of ``request`` says, in the words of its language."""
    ids = steps.condition_ids(request.draft.data)
    fetched: list[Mapping[str, Any]] | None = getattr(request, "measures", None)
    if fetched is None:
        return questions_for(condition_ids=ids, moment=_MOMENT, language=request.language)
    return _questions(fetched, ids, request.language)


def between(request: QuestionnaireRequest, *, checkpoint: bool) -> list[MeasureQuestion]:
    """Return the measures of a check-in that came with ``rows_between``, ``own_condition`` and ``own_words``.

    Those of each check-in, and with ``checkpoint`` those of checkpoints that were not answered in the last weeks.
    """
    chosen: str = getattr(request, "own_condition", None) or ""
    ids = (chosen,) if chosen else conditions.meant_by(getattr(request, "own_words", None) or "")
    fetched: list[Mapping[str, Any]] = getattr(request, "measures", None) or []
    due = [row for row in fetched if row["asked"] in MOMENTS["check-in"] or (checkpoint and not row["recent"])]
    return _questions(due, ids, request.language)


def _questions(fetched: Iterable[Mapping[str, Any]], ids: tuple[str, ...], language: str) -> list[MeasureQuestion]:
    versions = [_version(row) for row in fetched]
    asked = [question_of(one, language) for one in versions if concerns(one.measure, ids)]
    return [question for question in asked if question is not None]


def _version(row: Mapping[str, Any]) -> MeasureVersion:
    measure = Measure(pk=row["measure_id"], code=row["code"], condition_ids=row["condition_ids"])
    return MeasureVersion(
        pk=row["id"], measure=measure, words=row["words"], decimals=row["decimals"],
        lowest=Decimal(row["lowest"]), highest=Decimal(row["highest"]),
    )  # fmt: skip
