"""What was understood, in words, under the line that was typed."""

from __future__ import annotations

from sessions.points.catalogue import Point
from sessions.points.shorthand import Reading


def words(reading: Reading) -> str:
    """One reading as plain text: "KI3 太溪 left", "GB30 out", "shenmen: HT7 神门 or ear Shenmen?"."""
    if reading.kind == "unknown":
        proposals = f" Perhaps {_choice(reading.candidates)}?" if reading.candidates else ""
        return f"{reading.text}: not known.{proposals}"
    if reading.point is None:
        return f"{reading.text}: {_asked(reading)}"
    parts = [f"{reading.point.code} {reading.point.chinese}", reading.place]
    if reading.removal:
        parts.append(f"{reading.side} out" if reading.side else "out")
    elif reading.side and reading.point.only_side is None:
        parts.append(reading.side)
    said = " ".join(part for part in parts if part)
    if reading.technique:
        said = f"{said}, {reading.technique}"
    return f"{said}. {reading.point.cautions}" if reading.do_not_needle else said


def _asked(reading: Reading) -> str:
    point = reading.candidates[0]
    if reading.question == "which_point":
        return f"{_choice(reading.candidates)}?"
    if reading.question == "which_side":
        sides = [side for side in point.sides if side != "midline"]
        return f"{', '.join(sides[:-1])} or {sides[-1]}?"
    if reading.question == "which_place":
        return "where?"
    if reading.question == "shorter_place":
        return "the place in fewer words, please."
    if point.only_side == "midline":
        return f"{point.code} is on the midline."
    return f"{point.code} goes on: {' or '.join(point.sides)}."


def _choice(points: tuple[Point, ...]) -> str:
    return " or ".join(_named(point) for point in points)


def _named(point: Point) -> str:
    if point.category == "ear":
        return f"ear {point.pinyin_plain}"
    return f"{point.code} {point.chinese}"
