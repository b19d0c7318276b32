"""The one drawing of pain and mood: the same SVG for page, dark and print. Pure.

Classes and geometry attributes only; colours stand in the style sheet. Time runs right, worse is up for all.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from html import escape

from sessions.trend.beside import Beside, draw_beside
from sessions.trend.model import SERIES, Said, Trend, shown
from sessions.trend.parts import LETTER, Frame, TimeAxis, months, n, room_for, text, time_axis
from sessions.trend.words import described

#: More answers than this are too dense to read; the newest are drawn, the table holds all.
MOST = 40
_TOO_DENSE = 0.55  # so close that marks would hide their line: the first and the last stand alone
_LINE = 17  # from one name to the next


WIDE = Frame("is-wide", 840, 442, 34, 736, 746, 314)
NARROW = Frame("is-narrow", 340, 420, 24, 262, 270, 292, wide=False)


def draw(trend: Trend, frame: Frame = WIDE, beside: Beside | None = None) -> str:
    """Return the chart of one course as one ``<svg>`` element; an empty string when nothing was measured.

    ``beside`` are medicines that changed and other therapies, for pages of practitioners alone.
    """
    said = trend.said[-MOST:]
    if not said:
        return ""
    decided = [one.on for one in trend.decisions] if frame.labels.decisions else []
    others = [*(tick.on for tick in trend.ticks), *decided]
    days = [entry.on for entry in said] + [on for on in others if on >= said[0].on]
    x = time_axis(min(days), max(days), frame)
    drawn, above = draw_beside(beside or Beside(), frame, x, max(days))
    parts = [*_ground(trend, frame), *drawn, *_checkpoints(trend, frame, x), *_languages(trend, frame, x)]
    # Pain is the thickest line and lies below, its discs above, so that nothing of equal values is lost but a triangle.
    for series in ("pain", "sleep", "mood"):
        parts += _line(series, said, frame, x)
    for series in ("sleep", "pain", "mood"):
        parts += _marks(series, said, frame, x)
    parts += [*_better_words(trend, frame), *_pain_values(said, frame, x), *_line_names(said, frame, x)]
    parts += [*_sessions(trend, said[0].on, frame, x), *months(min(days), max(days), frame, x)]
    parts += _medicine(said, frame, x)
    head = f'<svg class="{frame.css}" viewBox="0 {-above} {frame.width} {frame.height + above}" role="img" '
    return head + f'aria-label="{escape(frame.labels.described or described(trend))}">' + "".join(parts) + "</svg>"


def _ground(trend: Trend, frame: Frame) -> list[str]:
    parts = []
    baseline = trend.baseline
    pain = baseline.pain if baseline else None
    labels = frame.labels
    if pain:
        ceiling = frame.y(pain * Fraction(7, 10))
        height = n(frame.floor - float(ceiling))
        parts.append(f'<rect class="better" x="{frame.left}" y="{ceiling}" width="{frame.right - frame.left}" '
                     f'height="{height}"/>')  # fmt: skip
    for value in (0, 5, 10):
        y = frame.y(Fraction(value))
        parts.append(f'<path class="grid" d="M{frame.left} {y}H{frame.right}"/>')
        parts.append(text(frame.left - 8, float(y) + 4, str(value), anchor="end"))
    parts.append(text(frame.left, 32, labels.ends if frame.wide else labels.narrow_ends))
    if pain:
        y = frame.y(pain)
        label = (labels.baseline if frame.wide else labels.narrow_baseline).format(value=shown(pain))
        parts.append(f'<path class="base" d="M{frame.left + 24} {y}H{frame.right}"/>')
        parts.append(text(frame.right - 4, float(y) - 6, label, anchor="end"))
    return parts


def _better_words(trend: Trend, frame: Frame) -> list[str]:
    """Name the ground of 30 % better; drawn after the lines, so that they never hide the words."""
    baseline = trend.baseline
    if not (baseline and baseline.pain):
        return []
    words = frame.labels.better if frame.wide else frame.labels.narrow_better
    # Where the lines end low, the words stand left: there every course begins above this ground.
    low = any(said and said[-1] <= 4 for said in (trend.values(series) for series in SERIES))
    at, anchor = (frame.left + 8, "") if low else (frame.right - 8, "end")
    return [text(at, frame.floor - 16, words, css="better-word", anchor=anchor)]


def _checkpoints(trend: Trend, frame: Frame, x: TimeAxis) -> list[str]:
    """Mark each checkpoint, with what was decided there for staff."""
    parts: list[str] = []
    begun = float(frame.width)  # where the word at the right begins: the newest always has its own
    for on, words in sorted(_checked(trend, frame), reverse=True):
        at, room = x(on), LETTER * len(words)
        if on < x.first:
            continue
        parts.append(f'<path class="check" d="M{n(at)} {frame.top}V{frame.floor + 9}"/>')
        before = at + 6 + room > frame.right
        if begun < frame.width and at + 6 + room > begun:
            continue  # no room between two: the table and the sentence of the drawing say it
        begun = at - 6 - room if before else at + 6
        parts.append(text(at - 6 if before else at + 6, 46, words, css="check-word", anchor="end" if before else ""))
    return parts


def _checked(trend: Trend, frame: Frame) -> list[tuple[date, str]]:
    """Return the day and the words of each checkpoint; a decision stands on its own day and says which it was."""
    labels = frame.labels
    decided = [one for one in trend.decisions if one.kind in labels.decisions]
    told = {one.number for one in decided}
    open_ones = [tick.on for tick in trend.ticks if tick.checkpoint and tick.done and tick.number not in told]
    marks = [(on, labels.checkpoint) for on in open_ones]
    for one in decided:
        word = labels.decisions[one.kind]
        marks.append((one.on, f"{labels.checkpoint}: {word}" if frame.wide else word))
    return marks


def _languages(trend: Trend, frame: Frame, x: TimeAxis) -> list[str]:
    """Mark where the answers begin to be in another language."""
    parts = []
    for said in trend.language_changes:
        words = frame.labels.languages.get(said.language)
        if words and said.on >= x.first:
            at = x(said.on)
            parts.append(f'<path class="base" d="M{n(at)} {frame.top}V{frame.floor + 9}"/>')
            near_the_end = at > frame.right - 80
            parts.append(text(at - 6 if near_the_end else at + 6, frame.floor - 4, words,
                               anchor="end" if near_the_end else ""))  # fmt: skip
    return parts


def _points(series: str, said: tuple[Said, ...], x: TimeAxis) -> list[tuple[float, Fraction]]:
    return [(x(entry.on), value) for entry in said if (value := entry.value(series)) is not None]


def _line(series: str, said: tuple[Said, ...], frame: Frame, x: TimeAxis) -> list[str]:
    path = "L".join(f"{n(at)} {frame.y(value)}" for at, value in _points(series, said, x))
    return [f'<path class="{series}" d="M{path}"/>'] if path else []


def _marks(series: str, said: tuple[Said, ...], frame: Frame, x: TimeAxis) -> list[str]:
    points = _points(series, said, x)
    size = room_for([at for at, _ in points])
    if size < _TOO_DENSE:
        points = [points[0], points[-1]]
    return [_mark(series, at, float(frame.y(value)), max(size, _TOO_DENSE)) for at, value in points]


def _mark(series: str, at: float, y: float, size: float) -> str:
    if series == "pain":
        return f'<circle class="pain-mark" cx="{n(at)}" cy="{n(y)}" r="{n(6 * size)}"/>'
    if series == "mood":
        half, side = 3.5 * size, n(7 * size)
        return f'<rect class="mood-mark" x="{n(at - half)}" y="{n(y - half)}" width="{side}" height="{side}"/>'
    half = 6 * size
    return f'<path class="sleep-mark" d="M{n(at)} {n(y - half)}l{n(half)} {n(half * 5 / 3)}h-{n(2 * half)}z"/>'


def _pain_values(said: tuple[Said, ...], frame: Frame, x: TimeAxis) -> list[str]:
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
            parts.append(text(at - 10, y + 5, shown(value), css="pain-word", anchor="end"))
        else:
            parts.append(text(at, y - 10, shown(value), css="pain-word", anchor="middle"))
    return parts


def _line_names(said: tuple[Said, ...], frame: Frame, x: TimeAxis) -> list[str]:
    """Stand the names at the lines' ends, spread so that they never lie on each other nor on the axis below."""
    names = frame.labels.names if frame.wide else frame.labels.narrow_names
    ends = []
    for series in ("pain", "mood", "sleep"):
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
        parts.append(text(frame.line_end, word_y, f"{names[series]} {shown(value)}", css=css))
        if frame.wide and at + 14 < frame.right:
            parts.append(f'<path class="event" d="M{n(at + 14)} {n(y)}H{frame.line_end - 6}" opacity=".35"/>')
    return parts


def _sessions(trend: Trend, since: date, frame: Frame, x: TimeAxis) -> list[str]:
    parts, last_at = [], -100.0
    for tick in trend.ticks:
        if tick.on < since:
            continue
        at = x(tick.on)
        css = "tick" if tick.done else "tick todo"
        parts.append(f'<path class="{css}" d="M{n(at)} {frame.floor - 7}V{frame.floor + 9}"/>')
        if at - last_at >= 16:
            last_at = at
            number_css = "ink" if tick.done else ""
            parts.append(text(at, frame.floor + 25, str(tick.number), css=number_css, anchor="middle"))
    if parts:
        parts.append(text(frame.line_end, frame.floor + 25, frame.labels.session))
    return parts


def _medicine(said: tuple[Said, ...], frame: Frame, x: TimeAxis) -> list[str]:
    taken = [(x(entry.on), entry.medicine_days) for entry in said if entry.medicine_days is not None]
    if not taken:
        return []
    floor = frame.floor + 122
    width = (22 if frame.wide else 14) * room_for([at for at, _ in taken])
    parts = [text(frame.left, frame.floor + 68, frame.labels.medicine)]
    parts.append(f'<path class="grid" d="M{frame.left} {floor}H{frame.right}"/>')
    last_at = -100.0
    for at, days in taken:
        height = days * 5
        parts.append(f'<rect class="medicine" x="{n(at - width / 2)}" y="{floor - height}" width="{n(width)}" '
                     f'height="{height}" rx="2"/>')  # fmt: skip
        if at - last_at >= 12:
            last_at = at
            parts.append(text(at, floor - height - 4, str(days), css="ink", anchor="middle"))
    return parts
