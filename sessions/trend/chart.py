"""The one drawing of pain and mood: the same SVG for page, dark and print. Pure.

Classes and geometry attributes only; colours stand in the style sheet. Time runs right, worse is up for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from html import escape
from itertools import pairwise

from sessions.trend.model import SERIES, Said, Trend, shown
from sessions.trend.words import described

#: More answers than this are too dense to read; the newest are drawn, the table holds all.
MOST = 40
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TOO_DENSE = 0.55  # so close that marks would hide their line: the first and the last stand alone
_LINE = 17  # from one name to the next
_NAMES = {"pain": "pain", "mood": "low mood", "sleep": "poor sleep"}
_NARROW_NAMES = {"pain": "pain", "mood": "mood", "sleep": "sleep"}


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
    names: tuple[tuple[str, str], ...] = ()

    def y(self, value: Fraction) -> str:
        return _n(self.floor - (self.floor - self.top) * float(value) / 10)


WIDE = Frame("is-wide", 840, 442, 34, 736, 746, 314, names=tuple(_NAMES.items()))
NARROW = Frame("is-narrow", 340, 420, 24, 262, 270, 292, names=tuple(_NARROW_NAMES.items()))


def draw(trend: Trend, frame: Frame = WIDE) -> str:
    """Return the chart of one course as one ``<svg>`` element; an empty string when nothing was measured."""
    said = trend.said[-MOST:]
    if not said:
        return ""
    days = [entry.on for entry in said] + [tick.on for tick in trend.ticks if tick.on >= said[0].on]
    x = _time_axis(min(days), max(days), frame)
    parts = [*_ground(trend, frame), *_checkpoints(trend, frame, x)]
    # Pain is the thickest line and lies below, its discs above, so that nothing of equal values is lost but a triangle.
    for series in ("pain", "sleep", "mood"):
        parts += _line(series, said, frame, x)
    for series in ("sleep", "pain", "mood"):
        parts += _marks(series, said, frame, x)
    parts += [*_better_words(trend, frame), *_pain_values(said, frame, x), *_line_names(said, frame, x)]
    parts += [*_sessions(trend, said[0].on, frame, x), *_months(min(days), max(days), frame, x)]
    parts += _medicine(said, frame, x)
    head = f'<svg class="{frame.css}" viewBox="0 0 {frame.width} {frame.height}" role="img" '
    return head + f'aria-label="{escape(described(trend))}">' + "".join(parts) + "</svg>"


class _TimeAxis:
    def __init__(self, first: date, last: date, frame: Frame) -> None:
        self.first, self.days = first, max((last - first).days, 1)
        self.start, self.length = frame.left + 24, frame.right - frame.left - 48

    def __call__(self, day: date) -> float:
        return self.start + self.length * (day - self.first).days / self.days


def _time_axis(first: date, last: date, frame: Frame) -> _TimeAxis:
    # One week at least, so that the first answer does not stand at the far end alone.
    return _TimeAxis(first, max(last, first + timedelta(days=7)), frame)


def _ground(trend: Trend, frame: Frame) -> list[str]:
    parts = []
    baseline = trend.baseline
    pain = baseline.pain if baseline else None
    wide = frame is WIDE
    if pain:
        ceiling = frame.y(pain * Fraction(7, 10))
        height = _n(frame.floor - float(ceiling))
        parts.append(f'<rect class="better" x="{frame.left}" y="{ceiling}" width="{frame.right - frame.left}" '
                     f'height="{height}"/>')  # fmt: skip
    for value in (0, 5, 10):
        y = frame.y(Fraction(value))
        parts.append(f'<path class="grid" d="M{frame.left} {y}H{frame.right}"/>')
        parts.append(_text(frame.left - 8, float(y) + 4, str(value), anchor="end"))
    parts.append(_text(frame.left, 32, "0 to 10 · worse is up ↑" if wide else "0 to 10, worse is up"))
    if pain:
        y = frame.y(pain)
        label = f"pain at baseline {shown(pain)}" if wide else f"baseline {shown(pain)}"
        parts.append(f'<path class="base" d="M{frame.left + 24} {y}H{frame.right}"/>')
        parts.append(_text(frame.right - 4, float(y) - 6, label, anchor="end"))
    return parts


def _better_words(trend: Trend, frame: Frame) -> list[str]:
    """Name the ground of 30 % better; drawn after the lines, so that they never hide the words."""
    baseline = trend.baseline
    if not (baseline and baseline.pain):
        return []
    words = "30 % better than baseline, or more" if frame is WIDE else "30 % better"
    # Where the lines end low, the words stand left: there every course begins above this ground.
    low = any(said and said[-1] <= 4 for said in (trend.values(series) for series in SERIES))
    at, anchor = (frame.left + 8, "") if low else (frame.right - 8, "end")
    return [_text(at, frame.floor - 16, words, css="better-word", anchor=anchor)]


def _checkpoints(trend: Trend, frame: Frame, x: _TimeAxis) -> list[str]:
    parts = []
    for tick in trend.ticks:
        if tick.checkpoint and tick.done and tick.on >= x.first:
            at = x(tick.on)
            parts.append(f'<path class="check" d="M{_n(at)} {frame.top}V{frame.floor + 9}"/>')
            near_the_end = at > frame.right - 80
            parts.append(_text(at - 6 if near_the_end else at + 6, 46, "checkpoint", css="check-word",
                               anchor="end" if near_the_end else ""))  # fmt: skip
    return parts


def _points(series: str, said: tuple[Said, ...], x: _TimeAxis) -> list[tuple[float, Fraction]]:
    return [(x(entry.on), value) for entry in said if (value := entry.value(series)) is not None]


def _line(series: str, said: tuple[Said, ...], frame: Frame, x: _TimeAxis) -> list[str]:
    path = "L".join(f"{_n(at)} {frame.y(value)}" for at, value in _points(series, said, x))
    return [f'<path class="{series}" d="M{path}"/>'] if path else []


def _marks(series: str, said: tuple[Said, ...], frame: Frame, x: _TimeAxis) -> list[str]:
    points = _points(series, said, x)
    size = _room_for([at for at, _ in points])
    if size < _TOO_DENSE:
        points = [points[0], points[-1]]
    return [_mark(series, at, float(frame.y(value)), max(size, _TOO_DENSE)) for at, value in points]


def _room_for(places: Sequence[float]) -> float:
    """Return how large marks may be so that neighbours stay apart: 1 for those with room, less where it is dense."""
    gaps = [after - before for before, after in pairwise(places)]
    nearest = min((gap for gap in gaps if gap > 0), default=100.0)  # two of one day lie on each other anyway
    return min(1.0, max(0.3, nearest / 14))


def _mark(series: str, at: float, y: float, size: float) -> str:
    if series == "pain":
        return f'<circle class="pain-mark" cx="{_n(at)}" cy="{_n(y)}" r="{_n(6 * size)}"/>'
    if series == "mood":
        half, side = 3.5 * size, _n(7 * size)
        return f'<rect class="mood-mark" x="{_n(at - half)}" y="{_n(y - half)}" width="{side}" height="{side}"/>'
    half = 6 * size
    return f'<path class="sleep-mark" d="M{_n(at)} {_n(y - half)}l{_n(half)} {_n(half * 5 / 3)}h-{_n(2 * half)}z"/>'


def _pain_values(said: tuple[Said, ...], frame: Frame, x: _TimeAxis) -> list[str]:
    """Print the values; where they would touch each other, only changes, the first and the last."""
    points = _points("pain", said, x)
    parts: list[str] = []
    last_at, last_value = -100.0, None
    for index, (at, value) in enumerate(points):
        close = at - last_at < 16
        if index not in (0, len(points) - 1) and (close or (len(points) > 14 and value == last_value)):
            continue
        if close and index == len(points) - 1 and parts:
            parts.pop()
        last_at, last_value = at, value
        y = float(frame.y(value))
        if index == 0:  # left of its disc: above it the other lines begin
            parts.append(_text(at - 10, y + 5, shown(value), css="pain-word", anchor="end"))
        else:
            parts.append(_text(at, y - 10, shown(value), css="pain-word", anchor="middle"))
    return parts


def _line_names(said: tuple[Said, ...], frame: Frame, x: _TimeAxis) -> list[str]:
    """Stand the names at the lines' ends, spread so that they never lie on each other nor on the axis below."""
    names = dict(frame.names)
    ends = []
    for series in _NAMES:
        points = _points(series, said, x)
        if points:
            ends.append((float(frame.y(points[-1][1])), series, points[-1]))
    ends.sort(key=lambda end: end[0])  # equal values keep their order: pain first
    places: list[float] = []
    for y, *_ in ends:
        places.append(max(y + 4, places[-1] + _LINE if places else 0.0))
    lowest = frame.floor + 4.0
    for index in reversed(range(len(places))):
        places[index] = min(places[index], lowest)
        lowest = places[index] - _LINE
    parts = []
    for word_y, (y, series, (at, value)) in zip(places, ends, strict=True):
        css = f"{series}-word"
        parts.append(_text(frame.line_end, word_y, f"{names[series]} {shown(value)}", css=css))
        if frame is WIDE and at + 14 < frame.right:
            parts.append(f'<path class="event" d="M{_n(at + 14)} {_n(y)}H{frame.line_end - 6}" opacity=".35"/>')
    return parts


def _sessions(trend: Trend, since: date, frame: Frame, x: _TimeAxis) -> list[str]:
    parts, last_at = [], -100.0
    for tick in trend.ticks:
        if tick.on < since:
            continue
        at = x(tick.on)
        css = "tick" if tick.done else "tick todo"
        parts.append(f'<path class="{css}" d="M{_n(at)} {frame.floor - 7}V{frame.floor + 9}"/>')
        if at - last_at >= 16:
            last_at = at
            number_css = "ink" if tick.done else ""
            parts.append(_text(at, frame.floor + 25, str(tick.number), css=number_css, anchor="middle"))
    if parts:
        parts.append(_text(frame.line_end, frame.floor + 25, "session"))
    return parts


def _months(first: date, last: date, frame: Frame, x: _TimeAxis) -> list[str]:
    parts, last_at = [], -100.0
    month = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    y = frame.floor + 32
    while month <= last:
        at = x(month)
        if at - last_at >= 34:
            last_at = at
            parts.append(f'<path class="grid" d="M{_n(at)} {y}v8"/>')
            parts.append(_text(at + 4, y + 10, _MONTHS[month.month - 1]))
        month = (month + timedelta(days=32)).replace(day=1)
    return parts


def _medicine(said: tuple[Said, ...], frame: Frame, x: _TimeAxis) -> list[str]:
    taken = [(x(entry.on), entry.medicine_days) for entry in said if entry.medicine_days is not None]
    if not taken:
        return []
    floor = frame.floor + 122
    width = (22 if frame is WIDE else 14) * _room_for([at for at, _ in taken])
    parts = [_text(frame.left, frame.floor + 68, "Days with pain medicine, of 7")]
    parts.append(f'<path class="grid" d="M{frame.left} {floor}H{frame.right}"/>')
    last_at = -100.0
    for at, days in taken:
        height = days * 5
        parts.append(f'<rect class="medicine" x="{_n(at - width / 2)}" y="{floor - height}" width="{_n(width)}" '
                     f'height="{height}" rx="2"/>')  # fmt: skip
        if at - last_at >= 12:
            last_at = at
            parts.append(_text(at, floor - height - 4, str(days), css="ink", anchor="middle"))
    return parts


def _text(x: float, y: float, words: str, *, css: str = "", anchor: str = "") -> str:
    css_part = f' class="{css}"' if css else ""
    anchor_part = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text{css_part} x="{_n(x)}" y="{_n(y)}"{anchor_part}>{escape(words)}</text>'


def _n(value: float) -> str:
    """Write a coordinate with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")
