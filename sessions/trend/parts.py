"""What every drawing of the house is made of: its frame, its axis of time, its words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from html import escape
from itertools import pairwise

from sessions.trend.labels import ENGLISH, Labels

#: So wide is a letter of a word.
LETTER = 6.6


@dataclass(frozen=True)
class Frame:
    """Where things stand, in the SVG's own units."""

    css: str
    width: int
    height: int
    left: int
    right: int
    line_end: int  # where names of the lines stand
    floor: int  # y of 0
    top: int = 62  # y of 10
    wide: bool = True
    labels: Labels = ENGLISH

    def y(self, value: Fraction) -> str:
        return n(self.floor - (self.floor - self.top) * float(value) / 10)


class TimeAxis:
    def __init__(self, first: date, last: date, frame: Frame) -> None:
        self.first, self.days = first, max((last - first).days, 1)
        self.start, self.length = frame.left + 24, frame.right - frame.left - 48

    def __call__(self, day: date) -> float:
        return self.start + self.length * (day - self.first).days / self.days


def time_axis(first: date, last: date, frame: Frame) -> TimeAxis:
    # One week at least, so that the first answer does not stand at the far end alone.
    return TimeAxis(first, max(last, first + timedelta(days=7)), frame)


def months(first: date, last: date, frame: Frame, x: TimeAxis) -> list[str]:
    parts, last_at = [], -100.0
    month = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    y = frame.floor + 32
    while month <= last:
        at = x(month)
        if at - last_at >= 34:
            last_at = at
            parts.append(f'<path class="grid" d="M{n(at)} {y}v8"/>')
            parts.append(text(at + 4, y + 10, frame.labels.months[month.month - 1]))
        month = (month + timedelta(days=32)).replace(day=1)
    return parts


def room_for(places: Sequence[float]) -> float:
    """Return how large marks may be so that neighbours stay apart: 1 for those with room, less where it is dense."""
    gaps = [after - before for before, after in pairwise(places)]
    nearest = min((gap for gap in gaps if gap > 0), default=100.0)  # two of one day lie on each other anyway
    return min(1.0, max(0.3, nearest / 14))


def text(x: float, y: float, words: str, *, css: str = "", anchor: str = "") -> str:
    css_part = f' class="{css}"' if css else ""
    anchor_part = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text{css_part} x="{n(x)}" y="{n(y)}"{anchor_part}>{escape(words)}</text>'


def n(value: float) -> str:
    """Write a coordinate with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")
