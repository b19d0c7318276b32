"""The drawing of one measure: its own scale, the axis of time of the chart above it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

from sessions.trend.followed import Followed, Measured, exact
from sessions.trend.model import Tick
from sessions.trend.parts import Frame, TimeAxis, months, n, room_for, text, time_axis

#: More values than this are too dense to read; the newest are drawn, the table holds all.
MOST = 40
_DIGIT = 9  # so wide is a figure of a printed value
WIDE = Frame("is-wide", 840, 206, 34, 736, 746, 158, top=48)
NARROW = Frame("is-narrow", 340, 206, 34, 262, 270, 158, top=48, wide=False)


def draw_measure(
    followed: Followed, frame: Frame = WIDE, *, ticks: Sequence[Tick] = (), days: Sequence[date] = ()
) -> str:
    """Return one measure as one ``<svg>`` element, "" with fewer than two values.

    ``ticks`` are the sessions, ``days`` the first and last day of the chart above, so that both share their time.
    """
    line = followed.line[-MOST:]
    if not followed.is_drawn:
        return ""
    span = [*(measured.on for measured in line), *days]
    x = time_axis(min(span), max(span), frame)
    parts = [*_ground(followed, frame), *_sessions(ticks, frame, x), *_line(line, frame, x), *_values(line, frame, x)]
    parts += months(min(span), max(span), frame, x)
    head = f'<svg class="{frame.css}" viewBox="0 0 {frame.width} {frame.height}" role="img" '
    return head + f'aria-label="{escape(followed.described)}">' + "".join(parts) + "</svg>"


def _y(measured: Measured, frame: Frame) -> float:
    return frame.floor - (frame.floor - frame.top) * float(measured.scale.height(measured.value))


def _ground(followed: Followed, frame: Frame) -> list[str]:
    scale = followed.line[-1].scale
    best, worst = scale.ends
    parts = [text(0, 20, f"{scale.words} · worse is up ↑" if frame.wide else f"{scale.words}, worse is up")]
    for value, y in ((worst, frame.top), (best, frame.floor)):
        parts.append(f'<path class="grid" d="M{frame.left} {y}H{frame.right}"/>')
        parts.append(text(frame.left - 6, y + 4, exact(value), anchor="end"))
    return parts


def _sessions(ticks: Sequence[Tick], frame: Frame, x: TimeAxis) -> list[str]:
    return [
        f'<path class="tick" d="M{n(x(tick.on))} {frame.floor - 5}V{frame.floor + 7}"/>'
        for tick in ticks
        if tick.done and tick.on >= x.first
    ]


def _line(line: Sequence[Measured], frame: Frame, x: TimeAxis) -> list[str]:
    places = [(x(measured.on), _y(measured, frame)) for measured in line]
    path = "L".join(f"{n(at)} {n(y)}" for at, y in places)
    size = 5 * room_for([at for at, _ in places])
    marks = [f'<path class="measure-mark" d="M{n(at)} {n(y - size)}l{n(size)} {n(size)} {n(-size)} {n(size)} '
             f'{n(-size)} {n(-size)}z"/>' for at, y in places]  # fmt: skip
    return [f'<path class="measure" d="M{path}"/>', *marks]


def _values(line: Sequence[Measured], frame: Frame, x: TimeAxis) -> list[str]:
    """Print the values; where they would touch each other, fewer, always the first and the last."""
    chosen = [line[-1]]
    for measured in reversed(line[:-1]):
        room = _DIGIT * max(len(exact(measured.value)), len(exact(chosen[-1].value))) + 4
        if x(chosen[-1].on) - x(measured.on) >= room:
            chosen.append(measured)
    if len(chosen) > 1:
        chosen[-1] = line[0]
    return [
        text(x(measured.on), _y(measured, frame) - 9, exact(measured.value), css="measure-word", anchor="middle")
        for measured in chosen
    ]
