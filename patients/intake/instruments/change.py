"""Percent change of a 0-10 score from its baseline (data/nrs-change.json).

Sources: S-FARRAR2001 (30 %), S-IMMPACT2008 (30 % moderate, 50 % substantial). The flags are a
convention of this project. Classes are decided from the exact fraction, never from the rounded
percent: a PEG from 20/3 to 14/3 is exactly 30 % and therefore "moderate".
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from patients.intake.instruments.rounding import half_up

LOWEST, HIGHEST = 0, 10
LOW_BASELINE = 4


class OutOfRange(ValueError):
    """A baseline or current value that is no number from 0 to 10."""


def change(baseline: object, current: object) -> dict[str, Any]:
    """Class, percent better (one decimal, negative when worse) and flags of a change.

    Takes None, int, float, Decimal or Fraction; give a Fraction for a mean, so that nothing is lost.
    Raises OutOfRange for anything else than None or a number from 0 to 10.
    """
    before, after = _exact(baseline), _exact(current)
    if before is None or after is None or before == 0:
        return {"class": "not_classifiable", "percent": None, "flags": _flags(before, after)}
    percent = (before - after) / before * 100
    if percent >= 50:
        found = "substantial"
    elif percent >= 30:
        found = "moderate"
    else:
        found = "below_30"
    return {"class": found, "percent": half_up(percent, 1), "flags": _flags(before, after)}


def score_change(answers: Mapping[str, object]) -> dict[str, Any]:
    """`change` for the two inputs of an object, with errors as words in place of exceptions."""
    if any(key not in ("baseline", "current") for key in answers):
        return {"error": "unknown_item"}
    try:
        return change(answers.get("baseline"), answers.get("current"))
    except OutOfRange:
        return {"error": "out_of_range"}


def _exact(value: object) -> Fraction | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | Fraction):
        raise OutOfRange(str(type(value)))
    if isinstance(value, Decimal) and not value.is_finite():
        raise OutOfRange("not finite")
    if not LOWEST <= value <= HIGHEST:  # also true for the float NaN
        raise OutOfRange("outside 0 to 10")
    # repr gives 6.7 as it was typed, not the binary number nearest to it
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)


def _flags(before: Fraction | None, after: Fraction | None) -> list[str]:
    flags = []
    if before is not None and 0 < before < LOW_BASELINE:
        flags.append("low_baseline")
    if before is not None and after is not None and after > before:
        flags.append("worsened")
        if after - before >= 2:
            flags.append("worsened_2")
    return flags
