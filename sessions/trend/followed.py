"""A measure of the clinic's own over time: its scale, its values, its words. Pure.

Each measure has a drawing of its own, since its scale is its own; worse is up in all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

#: At least so much of the baseline, where no smallest important change is known and 0 means none of it.
MEANINGFUL = Fraction(30, 100)


@dataclass(frozen=True)
class Scale:
    """Where values lie. ``worse`` is "up" or "down"; ``important`` the smallest change that matters, None unknown."""

    lowest: Fraction
    highest: Fraction
    worse: str
    unit: str = ""
    important: Fraction | None = None

    def height(self, value: Fraction) -> Fraction:
        """Return how high a value is drawn, 0 to 1: worse is up."""
        share = (value - self.lowest) / (self.highest - self.lowest)
        return share if self.worse == "up" else 1 - share

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        """The best and the worst end: the floor and the top of the drawing."""
        return (self.lowest, self.highest) if self.worse == "up" else (self.highest, self.lowest)

    @property
    def words(self) -> str:
        """The scale from floor to top: "0 to 28 days", "160 to 0 degrees"."""
        best, worst = self.ends
        return f"{exact(best)} to {exact(worst)}{f' {self.unit}' if self.unit else ''}"

    def same_as(self, other: Scale) -> bool:
        """Tell whether values of both can stand in one line; how much a change matters is no part of that."""
        own = (self.lowest, self.highest, self.worse, self.unit)
        return own == (other.lowest, other.highest, other.worse, other.unit)


@dataclass(frozen=True)
class Measured:
    """One value on its scale. ``by`` is who answered when it was not the patient: such a value is never drawn."""

    on: date
    value: Fraction
    scale: Scale
    source: str = ""
    by: str = ""


@dataclass(frozen=True)
class Followed:
    """One measure with its values, oldest first."""

    code: str
    name: str
    values: tuple[Measured, ...]

    @property
    def scale(self) -> Scale:
        """The scale of the newest value."""
        return self.values[-1].scale

    @property
    def line(self) -> tuple[Measured, ...]:
        """What is drawn as one line: the patient's own values on the scale of the newest of them."""
        own = [measured for measured in self.values if not measured.by]
        return tuple(measured for measured in own if measured.scale.same_as(own[-1].scale))

    @property
    def is_drawn(self) -> bool:
        """Whether there are two values to compare."""
        return len(self.line) > 1

    @property
    def headline(self) -> str:
        """The line in words: "Headache days 18 to 9"."""
        line = self.line
        if not line:
            return f"{self.name} {exact(self.values[-1].value)}, said by {self.values[-1].by}"
        first, last = line[0].value, line[-1].value
        if len(line) == 1:
            return f"{self.name} {exact(last)}"
        return (
            f"{self.name} {exact(first)} to {exact(last)}" if first != last else f"{self.name} {exact(last)} as before"
        )

    @property
    def change(self) -> str:
        """The change since the first value, judged; "" with nothing to compare."""
        line = self.line
        return judged(line[0].value, line[-1].value, line[-1].scale) if len(line) > 1 else ""

    @property
    def left_out(self) -> str:
        """Why some values are in the table alone; "" when none is."""
        drawn = len(self.line)
        helped = sum(1 for measured in self.values if measured.by)
        other = len(self.values) - drawn - helped
        said = []
        if other:
            said.append(f"{_count(other)} on an earlier scale")
        if helped:
            said.append(f"{_count(helped)} answered by somebody else")
        return f"In the table alone: {' and '.join(said)}." if said else ""

    @property
    def described(self) -> str:
        """The whole picture in one sentence for a screen reader."""
        way = "a higher number is worse" if self.scale.worse == "up" else "a lower number is worse"
        return f"{self.headline}. Scale {self.scale.words}, worse is up: {way}. The table below holds every value."


def judged(first: Fraction, last: Fraction, scale: Scale) -> str:
    """Say how much a value changed, which way, and whether it matters: exact, never rounded over a threshold."""
    if first == last:
        return "Unchanged."
    size = abs(last - first)
    way = "worse" if (last > first) == (scale.worse == "up") else "better"
    amount = f"{exact(size)}{f' {scale.unit}' if scale.unit else ''} {way}"
    if scale.important is not None:
        matters = "a change that matters" if size >= scale.important else "less than a change that matters"
        return f"{amount}: {matters} ({exact(scale.important)} or more)."
    if scale.lowest == 0 and scale.worse == "up" and first > 0 and way == "better":
        share = size / first
        percent = int(share * 100 + Fraction(1, 2))
        matters = "meaningful (30 % or more)" if share >= MEANINGFUL else "less than 30 %, not yet a meaningful change"
        return f"{amount}, {percent} %: {matters}."
    return f"{amount}."


def exact(value: Fraction) -> str:
    """Write a value with the decimals it has, three at most: 12, 3.5, -0.25."""
    thousandths = abs(int(value * 1000))
    whole, part = divmod(thousandths, 1000)
    text = f"{whole}.{part:03d}".rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 and thousandths else text


def _count(number: int) -> str:
    return "one value" if number == 1 else f"{number} values"


def of_a_course(
    values: Sequence[Measured], opened: date | None, ended: date | None, counts: timedelta
) -> tuple[Measured, ...]:
    """Return the values of a course, oldest first; one from before it stands as its baseline for as long as ``counts``.

    Without ``opened`` there is no course, and all values count.
    """
    if opened is None:
        return tuple(values)
    before = [one for one in values if opened - counts <= one.on < opened and not one.by]
    return (*before[-1:], *(one for one in values if one.on >= opened and (ended is None or one.on <= ended)))
