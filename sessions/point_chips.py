"""A point as one reads it, from what was typed and from what was signed."""

from __future__ import annotations

from dataclasses import dataclass

from sessions.models import NeedlePlacement
from sessions.points.catalogue import ASHI, UnknownPoint, get
from sessions.points.readback import current_words, pair_words
from sessions.points.reading import Current, plain
from sessions.points.shorthand import Reading


@dataclass(frozen=True, slots=True)
class PointChip:
    """A point as one reads it: code, names, side with the place of a tender point, technique."""

    code: str
    pinyin: str
    hanzi: str
    side: str
    technique: str
    change: str = ""


def chip_of(reading: Reading, change: str = "") -> PointChip:
    """The chip of a point that was understood, or of a pair; ``change`` is "", new or out."""
    if reading.kind == "pair":
        current = current_words(reading.current) if reading.current else ""
        return PointChip(pair_words(reading), "", "", "", current or "current", change)
    point = reading.point or get(ASHI)
    side = " ".join(word for word in (_side_word(reading.side), reading.place) if word)
    return PointChip(point.code, point.pinyin, point.chinese, side, reading.technique or "", change)


def chip_of_row(row: NeedlePlacement) -> PointChip:
    """The chip of a signed needle; a code that left the catalogue stands without its name."""
    side = " ".join(word for word in (_side_word(row.side), row.place) if word)
    try:
        point = get(row.point_code)
    except UnknownPoint:
        return PointChip(row.point_code, "", "", side, _details_of_row(row))
    return PointChip(point.code, point.pinyin, point.chinese, side, _details_of_row(row))


def _details_of_row(row: NeedlePlacement) -> str:
    """Technique, depth, needle and current of a signed needle, in words."""
    said = [row.technique]
    if row.depth is not None:
        said.append(f"{plain(row.depth)} {row.depth_unit} deep")
    if row.diameter_mm is not None:
        said.append(f"{row.diameter_mm} × {row.length_mm} mm")
    if row.pair is not None:
        current = current_words(Current(row.hz, row.hz_high, row.current_minutes))
        said.append(f"pair {row.pair} {row.lead}{f', {current}' if current else ''}")
    return ", ".join(word for word in said if word)


def _side_word(side: str | None) -> str:
    return side if side and side != "midline" else ""
