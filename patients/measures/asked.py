"""Which measures a patient is asked, in whose words, and the form fields for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

from patients.measures.fields import NumberField, ScaleOfMeasure
from patients.measures.models import Measure, MeasureVersion
from patients.measures.numbers import plain

#: Answers in a draft stand under this and the code; their versions under VERSIONS.
PREFIX = "measure_"
VERSIONS = "measure_versions"

#: moment -> the measures that are asked then. Without a value at the first visit no change could be told.
MOMENTS: Mapping[str, tuple[str, ...]] = {
    "baseline": (Measure.Asked.BASELINE, Measure.Asked.CHECK_IN, Measure.Asked.CHECKPOINT),
    "check-in": (Measure.Asked.CHECK_IN,),
    "checkpoint": (Measure.Asked.CHECK_IN, Measure.Asked.CHECKPOINT),
}


@dataclass(frozen=True)
class MeasureQuestion:
    """One question in the patient's language, with the scale that its answer is kept on."""

    code: str
    measure_id: int
    version_id: int
    title: str
    words: str
    lowest: Decimal
    highest: Decimal
    decimals: int
    unit: str
    low: str
    high: str

    @property
    def name(self) -> str:
        """The name of its form field."""
        return PREFIX + self.code


def questions_for(*, condition_ids: Sequence[str], moment: str, language: str) -> list[MeasureQuestion]:
    """Return what is asked at a ``moment`` ("baseline", "check-in", "checkpoint") of somebody with these conditions.

    In the clinic's order. A measure without words in ``language`` is left out: nobody is asked in a language they did
    not choose. One statement. Raises KeyError for another moment.
    """
    wanted = MeasureVersion.objects.current().filter(measure__asked__in=MOMENTS[moment])
    asked = (question_of(version, language) for version in wanted if concerns(version.measure, condition_ids))
    return [question for question in asked if question is not None]


def concerns(measure: Measure, condition_ids: Iterable[str]) -> bool:
    """Tell whether a measure is for somebody with these conditions; one that names none is for everybody."""
    return not measure.condition_ids or not set(measure.condition_ids).isdisjoint(condition_ids)


def question_of(version: MeasureVersion, language: str) -> MeasureQuestion | None:
    """Return a version (with its measure) as a question in ``language``, None when it has no words in it."""
    words = words_in(version.words, language)
    if words is None:
        return None
    return MeasureQuestion(
        code=version.measure.code,
        measure_id=version.measure_id,
        version_id=version.pk,
        title=words["name"],
        words=words["question"],
        lowest=version.lowest,
        highest=version.highest,
        decimals=version.decimals,
        unit=words.get("unit", ""),
        low=words.get("low", ""),
        high=words.get("high", ""),
    )


def words_in(words: Mapping[str, Mapping[str, str]], language: str) -> Mapping[str, str] | None:
    """Return the words in ``language`` (es-MX reads es; zh-Hans and zh_HANS are one), None when there are none."""
    wanted = language.replace("_", "-").lower()
    spoken = {tag.replace("_", "-").lower(): own for tag, own in words.items()}
    return spoken.get(wanted) or spoken.get(wanted.partition("-")[0])


def form_fields(questions: Sequence[MeasureQuestion]) -> dict[str, forms.Field]:
    """Return a field for each question under its name. All may stay open; a scale from 0 to 10 at most is tapped."""
    return {question.name: field_for(question) for question in questions}


def field_for(question: MeasureQuestion, *, required: bool = False, tapped: bool = True) -> forms.Field:
    """Return the field for one question; its value is an exact Decimal, None when it stayed open."""
    label = f"{question.words} ({question.unit})" if question.unit else question.words
    whole = question.decimals == 0 and question.lowest == 0
    if tapped and whole and question.highest in (7, 10):
        return ScaleOfMeasure(
            steps=int(question.highest), low=question.low, high=question.high, label=label, required=required
        )
    ends = ((question.lowest, question.low), (question.highest, question.high))
    return NumberField(
        lowest=question.lowest, highest=question.highest, decimals=question.decimals, label=label, required=required,
        help_text=" · ".join(f"{plain(end)}: {words}" for end, words in ends if words),
    )  # fmt: skip


def answers_of(questions: Sequence[MeasureQuestion], cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was answered as plain JSON for a draft: the numbers as text, and the versions they were given on.

    The draft may be handed in after the clinic changed a scale: the answer stays with the version it was asked with.
    """
    given = [question for question in questions if cleaned.get(question.name) is not None]
    answers: dict[str, Any] = {question.name: plain(cleaned[question.name]) for question in given}
    if answers:
        answers[VERSIONS] = {question.code: [question.measure_id, question.version_id] for question in given}
    return answers
