"""How far a number came since the baseline, in honest words. Pure, on exact fractions, never on rounded values.

At least 30 % better is meaningful, 50 % large (Farrar 2001, IMMPACT 2008); beside it each measure's own smallest
important change, where one is published. What is missing is said as missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sessions.trend.followed import exact
from sessions.trend.model import shown
from sessions.trend.words import LARGE, MEANINGFUL

#: Below this a 0 to 10 rating changes by large shares with one step: points say more (nrs-change.json, low_baseline).
LOW_BASELINE = 4


NOT_AT_END = "Not answered at the end."


@dataclass(frozen=True)
class Scale:
    """Where a number lies. ``important`` is the smallest change that matters in its own points, None when unknown.

    ``in_percent``: 0 means none of it and a higher number is worse, so that a share of the baseline can be told.
    """

    highest: Fraction
    unit: str = ""
    lowest: Fraction = Fraction(0)
    worse: str = "up"
    important: Fraction | None = None

    @property
    def in_percent(self) -> bool:
        return self.lowest == 0 and self.worse == "up"


@dataclass(frozen=True)
class Value:
    """One answer of the patient's own."""

    on: date
    value: Fraction


@dataclass(frozen=True)
class Line:
    """One measure of a checkpoint: its name, the baseline and the newest value as one reads them, the change in words.

    ``n`` is how many values of the patient's own there are, ``way`` "better", "worse" or "".
    """

    name: str
    first: str
    last: str
    words: str
    n: int
    way: str = ""


def line_of(name: str, values: Sequence[Value], scale: Scale, *, baseline: date | None) -> Line:
    """Return the line of a measure; ``values`` are the patient's own, oldest first, ``baseline`` its day."""
    if not values:
        return Line(name, "–", "–", "Missing: not asked, or not answered by the patient.", 0)
    first, last = values[0], values[-1]
    at_baseline = baseline is not None and first.on <= baseline
    if len(values) == 1:
        missing = "Missing since the baseline." if at_baseline else "Missing at the baseline: nothing to compare with."
        shown_first, shown_last = (_read(first.value), "–") if at_baseline else ("–", _read(first.value))
        return Line(name, shown_first, shown_last, missing, 1)
    words, way = judged(first.value, last.value, scale)
    if not at_baseline:
        words = f"Missing at the baseline; since {first.on:%-d %b}: {words[0].lower()}{words[1:]}"
    return Line(name, _read(first.value), _read(last.value), words, len(values), way)


def line_at_end(
    name: str, before: Sequence[Value], at_end: Value | None, scale: Scale, *, baseline: date | None
) -> Line:
    """Return the line of a measure from the baseline to the end of a course; None was not answered then.

    ``before`` are the patient's own values until the end, oldest first, ``baseline`` the day of the first ones.
    """
    if at_end is not None:
        return line_of(name, [*before, at_end], scale, baseline=baseline)
    told = bool(before) and baseline is not None and before[0].on <= baseline
    return Line(name, _read(before[0].value) if told else "–", "–", NOT_AT_END, len(before))


def judged(first: Fraction, last: Fraction, scale: Scale) -> tuple[str, str]:
    """Return how much a number changed in words, and which way: "better", "worse" or ""."""
    if first == last:
        return "Unchanged.", ""
    size = abs(last - first)
    way = "worse" if (last > first) == (scale.worse == "up") else "better"
    amount = f"{_read(size)} {_unit(size, scale.unit)} {way}"
    parts = [amount]
    if scale.in_percent and first > 0:
        parts[0] = f"{amount}, {percent(size / first)} %"
        if way == "better":
            parts.append(_share(size / first))
        if scale.highest == 10 and first < LOW_BASELINE:
            parts.append("a low baseline, where per cent say little")
    parts.append(_important(size, scale))
    return f"{parts[0]}: {'; '.join(parts[1:])}.", way


def is_meaningful(first: Fraction, last: Fraction) -> bool:
    """Tell whether a number fell by 30 % of its baseline or more, exactly."""
    return first > 0 and (first - last) >= MEANINGFUL * first


def percent(share: Fraction) -> int:
    """Return a share as a whole per cent, half up, but never rounded over 30 or 50: 29.999 % reads 29."""
    hundred = share * 100
    rounded = int(hundred + Fraction(1, 2))
    return rounded - 1 if any(hundred < threshold <= rounded for threshold in (30, 50)) else rounded


def _share(share: Fraction) -> str:
    if share >= LARGE:
        return "large (50 % or more)"
    if share >= MEANINGFUL:
        return "meaningful (30 % or more), not yet large (50 %)"
    return "less than 30 %, not yet meaningful"


def _important(size: Fraction, scale: Scale) -> str:
    if scale.important is None:
        return "no smallest important change is known"
    reached = "at least" if size >= scale.important else "less than"
    return f"{reached} the smallest important change ({exact(scale.important)})"


def _read(size: Fraction) -> str:
    return exact(size) if size.denominator in (1, 2, 4, 5, 8, 10, 100, 1000) else shown(size)


def _unit(size: Fraction, unit: str) -> str:
    if unit:
        return unit.removesuffix("s") if size == 1 else unit
    return "point" if size == 1 else "points"
