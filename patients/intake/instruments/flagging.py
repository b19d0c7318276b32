"""Which flags the answers raise. A flag over an output that is null is off; flags over items hold
even when there is no score."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from patients.intake.instruments.model import Flag, Instrument

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "contains": operator.contains,
}


def raised(instrument: Instrument, answers: Mapping[str, Any], outputs: Mapping[str, Fraction]) -> list[Flag]:
    """The flags of these answers, in the order of the file; `outputs` are the exact values."""
    return [flag for flag in instrument.flags if _holds(flag.when, answers, outputs)]


def _holds(when: Mapping[str, Any], answers: Mapping[str, Any], outputs: Mapping[str, Fraction]) -> bool:
    if "any_of" in when:
        return any(_holds(part, answers, outputs) for part in when["any_of"])
    left = outputs.get(when["output"]) if "output" in when else answers.get(when["item"])
    if when["op"] == "missing":
        return left is None and any(answers.get(item) is not None for item in when["and_any_answered"])
    right = answers.get(when["item2"]) if "item2" in when else when["value"]
    if left is None or right is None:
        return False
    return _COMPARE[when["op"]](left, right)
