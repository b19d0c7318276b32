"""The numbers of a form as a practitioner reads them: band in words, the value of last time, which change matters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from clinic.practice.languages import ENGLISH_NAMES
from patients.intake.instruments import catalogue
from patients.intake.instruments.model import Instrument, SmallestChange
from patients.intake.instruments.rounding import half_up
from patients.intake.models import QuestionnaireRequest, QuestionnaireResponse, Score

#: More numbers of one patient are not looked through for the value of last time; three years of weekly check-ins.
MOST_SCORES = 1_000
NOT_ANSWERED = "not answered"
_NAMES = {
    ("peg", "score"): "Pain and daily life (PEG)",
    ("phq-4", "total"): "Mood and worry (PHQ-4)",
    ("phq-4", "anxiety"): "of that worry",
    ("phq-4", "depression"): "of that low mood",
    ("phq-9", "total"): "Low mood (PHQ-9)",
    ("gad-7", "total"): "Worry (GAD-7)",
    ("checkin", "pain"): "Pain on average",
    ("checkin", "interference"): "Held back by pain",
    ("checkin", "mood"): "Low mood",
    ("checkin", "sleep"): "Poor sleep",
    ("checkin", "analgesic_days"): "Days with a painkiller",
}


@dataclass(frozen=True)
class ScoreLine:
    """One number: "6.3" of 10, its band, what it was last time, and which change of it matters.

    ``way`` is "better", "worse" or "same" against last time, "" when there is none; ``counts`` whether that change
    reaches the smallest one that matters.
    """

    name: str
    value: str
    most: int | str
    band: str = ""
    matters: str = ""
    before: str = ""
    before_at: datetime | None = None
    way: str = ""
    counts: bool = False


@dataclass(frozen=True)
class Asked:
    """One questionnaire that was answered: its version, its language and the standing of that wording, and by whom."""

    title: str
    version: str
    language: str
    wording: str
    by: str


@dataclass(frozen=True)
class Numbers:
    """The numbers of one form, and the questionnaires they come from."""

    lines: list[ScoreLine]
    asked: list[Asked]


def numbers_of(request: QuestionnaireRequest) -> Numbers:
    """Return what was scored of a handed-in form, beside the values of last time. One statement."""
    completed = QuestionnaireResponse.State.COMPLETED
    rows = (
        Score.objects.filter(response__patient_id=request.patient_id, response__state=completed)
        .select_related("response")
        .order_by("-response__answered_at", "-response_id", "id")[:MOST_SCORES]
    )
    mine: list[Score] = []
    earlier: dict[tuple[str, str], Score] = {}
    for row in rows:
        if row.response.request_id == request.pk:
            mine.append(row)
        elif row.total is not None and not row.response.answered_by and _is_before(row, request):
            earlier.setdefault((row.response.instrument, row.output), row)
    mine.sort(key=lambda row: (row.response_id, row.pk))
    lines = [line_of(row, earlier.get((row.response.instrument, row.output))) for row in mine]
    return Numbers(lines, _asked(row.response for row in mine))


def _is_before(row: Score, request: QuestionnaireRequest) -> bool:
    return request.submitted_at is None or row.response.answered_at < request.submitted_at


def line_of(row: Score, before: Score | None) -> ScoreLine:
    """Return one stored number beside the one before it. What somebody else answered is compared with nothing."""
    instrument = catalogue.get(row.response.instrument)
    own = None if row.response.answered_by else before
    return _line(instrument, row.output, _value(instrument, row), row.response.severity, own)


def _line(
    instrument: Instrument, output: str, value: Fraction | None, severity: str, before: Score | None
) -> ScoreLine:
    shape = next(one for one in instrument.outputs if one.id == output)
    highest = [_highest(instrument, link_id) for link_id in shape.items]
    changes = [one for one in instrument.smallest_changes if (one.applies_to or instrument.primary.id) == output]
    last = _value(instrument, before) if before is not None else None
    compared = value is not None and last is not None and before is not None
    return ScoreLine(
        name=_NAMES.get((instrument.code, output), f"{instrument.title}, {output.replace('_', ' ')}"),
        value=NOT_ANSWERED if value is None else str(half_up(value, shape.decimals)),
        most=max(highest) if shape.method.startswith("mean") else sum(highest),
        band=instrument.band(severity).text.lower() if severity and output == instrument.band_output else "",
        matters=_matters(changes),
        before=str(half_up(last, shape.decimals)) if compared and last is not None else "",
        before_at=before.response.answered_at if compared and before is not None else None,
        way=_way(last, value) if compared else "",
        counts=compared and last is not None and value is not None and _counts(changes, last, value),
    )


def _value(instrument: Instrument, row: Score) -> Fraction | None:
    """Return the exact number: a mean keeps its sum and its count."""
    if row.total is None or not row.count:
        return None
    shape = next(one for one in instrument.outputs if one.id == row.output)
    return Fraction(row.total, row.count if shape.method.startswith("mean") else 1)


def _way(before: Fraction | None, now: Fraction | None) -> str:
    """Say which way a number went; higher is worse in every questionnaire."""
    if before is None or now is None:
        return ""
    return "same" if before == now else "better" if now < before else "worse"


def _counts(changes: Sequence[SmallestChange], before: Fraction, now: Fraction) -> bool:
    """Tell whether a change reaches one of the published smallest changes that matter; nothing when none is known."""
    moved = abs(now - before)
    return any(
        moved >= (before * change.value / 100 if change.unit == "percent" else change.value) and moved > 0
        for change in changes
    )


def _matters(changes: Sequence[SmallestChange]) -> str:
    """Say which change of a number is the smallest that matters, in the words of the published figures."""
    said = [
        f"{change.value} %" if change.unit == "percent" else f"{change.value} point{'s' if change.value != 1 else ''}"
        for change in changes
    ]
    return f"a change of {' or '.join(said)} matters" if said else ""


def _highest(instrument: Instrument, link_id: str) -> int:
    item = instrument.item(link_id)
    if item.maximum is not None:
        return item.maximum
    return max((value for value in item.values if isinstance(value, int)), default=0)


def _asked(responses: Iterable[QuestionnaireResponse]) -> list[Asked]:
    seen: Mapping[int, QuestionnaireResponse] = {response.pk: response for response in responses}
    return [asked_of(response) for response in seen.values()]


def asked_of(response: QuestionnaireResponse) -> Asked:
    """Say which words were asked: in which language, and how well that wording is known."""
    instrument: Any = catalogue.get(response.instrument)
    try:
        wording = catalogue.get(response.instrument, response.language).wording
    except catalogue.NotInThisLanguage:
        wording = "own translation"
    return Asked(
        title=instrument.title,
        version=response.instrument_version,
        language=ENGLISH_NAMES.get(response.language, response.language),
        wording=wording,
        by=response.answered_by,
    )
