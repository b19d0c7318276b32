"""One scoring function for every questionnaire: answers in, status, outputs, severity, flags out.

Rules and their sources stand in each instrument's file (`scoring`, `severity_bands`, `flags`).
All arithmetic is exact; rounding is half up and happens last. Bands and flags use the unrounded
value, except where a total is prorated (PHQ-9, GAD-7): there the rounded total counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from patients.intake.instruments import catalogue
from patients.intake.instruments.change import score_change
from patients.intake.instruments.checking import refusal
from patients.intake.instruments.flagging import raised
from patients.intake.instruments.model import Band, Instrument, Output
from patients.intake.instruments.rounding import half_up

CHANGE_RULE = "nrs-change"
Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Value:
    """An output before rounding: the sum and count it was made of, and the exact value.

    Stored scores keep `sum` and `count`, so that a change of a mean uses the exact fraction.
    """

    exact: Fraction
    sum: int
    count: int


def score(instrument: Instrument | str, answers: Answers) -> dict[str, Any]:
    """`status`, `outputs`, `severity` and sorted `flags`; or only `error` when answers are refused.

    `instrument` is an Instrument or a code; "nrs-change" takes baseline and current and gives class,
    percent and flags. Raises UnknownInstrument.
    """
    if instrument == CHANGE_RULE:
        return score_change(answers)
    known = _instrument(instrument)
    error = refusal(known, answers)
    if error is not None:
        return {"error": error}
    exact = exact_values(known, answers)
    outputs = {output.id: _shown(known, output, answers, exact) for output in known.outputs}
    return {
        "status": _status(known, answers, outputs),
        "outputs": outputs,
        "severity": _severity(known, exact),
        "flags": sorted(flag.id for flag in raised(known, answers, _plain(exact))),
    }


def exact_values(instrument: Instrument | str, answers: Answers) -> dict[str, Value | None]:
    """Every numeric output with its sum and count, None where it cannot be given.

    The answers must have passed `score`; raises UnknownInstrument.
    """
    known = _instrument(instrument)
    return {output.id: _value(known, output, answers) for output in known.outputs if output.method != "phq9_algorithm"}


def _instrument(instrument: Instrument | str) -> Instrument:
    return catalogue.get(instrument) if isinstance(instrument, str) else instrument


def _given(output: Output, answers: Answers) -> list[int]:
    return [answers[link_id] for link_id in output.items if answers.get(link_id) is not None]


def _value(instrument: Instrument, output: Output, answers: Answers) -> Value | None:
    given = _given(output, answers)
    total, count, wanted = sum(given), len(given), len(output.items)
    if any(answers.get(link_id) is None for link_id in output.must_have):
        return None
    if output.method == "mean_answered":
        return Value(Fraction(total, count), total, count) if count >= output.min_answered else None
    if output.method == "sum" and instrument.missing_method == "prorate":
        if wanted - count > instrument.max_missing:
            return None
        return Value(Fraction(half_up(Fraction(total * wanted, count), 0)), total, count)
    if count < wanted:
        return None
    exact = Fraction(total, count) if output.method == "mean" else Fraction(total)
    return Value(exact, total, count)


def _shown(
    instrument: Instrument, output: Output, answers: Answers, exact: Mapping[str, Value | None]
) -> int | float | str | None:
    if output.method == "phq9_algorithm":
        return _depressive_syndrome(instrument, answers)
    value = exact[output.id]
    return None if value is None else half_up(value.exact, output.decimals)


def _depressive_syndrome(instrument: Instrument, answers: Answers) -> str | None:
    """The PHQ-9 algorithm (S-PHQMANUAL): a suggestion for the clinician, never a diagnosis."""
    given = _given(instrument.primary, answers)
    if len(given) < len(instrument.primary.items):
        return None
    # items answered 2 or 3 count; the ninth (thoughts of death) already at 1
    count = sum(answer >= 2 for answer in given[:-1]) + (given[-1] >= 1)
    if given[0] < 2 and given[1] < 2:
        return "none"
    return "major" if count >= 5 else "other" if count >= 2 else "none"


def _status(instrument: Instrument, answers: Answers, outputs: Mapping[str, Any]) -> str:
    given = [value for value in outputs.values() if value is not None]
    if instrument.missing_method == "per_item":
        return _of_parts(len(given), len(outputs))
    primary = instrument.primary
    if outputs[primary.id] is None:
        partial = instrument.missing_method == "none" and given
        return "partial" if partial else "not_scorable"
    if instrument.missing_method == "prorate" and len(_given(primary, answers)) < len(primary.items):
        return "prorated"
    return "complete"


def _of_parts(given: int, wanted: int) -> str:
    if given == wanted:
        return "complete"
    return "partial" if given else "not_scorable"


def _severity(instrument: Instrument, exact: Mapping[str, Value | None]) -> str | None:
    value = exact.get(instrument.band_output) if instrument.band_output else None
    if value is None:
        return None
    return next(band.code for band in instrument.bands if _within(band, value.exact))


def _within(band: Band, value: Fraction) -> bool:
    below = value < band.maximum if band.exclusive else value <= band.maximum
    return band.minimum <= value and below


def _plain(exact: Mapping[str, Value | None]) -> dict[str, Fraction]:
    return {name: value.exact for name, value in exact.items() if value is not None}
