"""What a practitioner types between two rooms: `li4 b, st36 b + 20mm, du3-du5, hegu r, -gb30, st36~sp6 l 2hz 20min`.

A line is parts between commas. A part is a name (code, pinyin, Chinese, English), then, in any
order, a side (b, l, r, m or the word), a technique (+ reinforcing, - reducing, = even), a depth
(20mm, 1.5cun) and a needle (0.25x40). A minus before the name takes the point out. `du3-du5` is
every point between, `ashi left knee` a tender point with its place in words, `st36~sp6` current
between two needles. What is unclear asks, what is unknown proposes; nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from sessions.points.catalogue import ASHI, Point, Side, get
from sessions.points.details import SIDES, TECHNIQUES, Details, taken_from
from sessions.points.names import find, propose
from sessions.points.pairs import pair_of
from sessions.points.ranges import points_of_range
from sessions.points.reading import PAIR, SIDE_LETTERS, TECHNIQUE_SIGNS, Question, Reading, Technique, to_text

__all__ = ["SIDE_LETTERS", "TECHNIQUE_SIGNS", "Reading", "Technique", "needles_of", "parse", "settled", "to_text"]

LONGEST_PLACE = 80

_BETWEEN = re.compile(r"[,;、\n\r]+")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
# The ear zones SF4,5 and HX6,7i have a comma in their name; written without a space it is no divider.
_COMMA_IN_ZONE = re.compile(r"(sf0*4|hx0*6),(?=5|7i)", re.IGNORECASE)
_SIGN_AT_END = re.compile(r".*[^\s+\-=±][+\-=±]")
_SIDE_AT_END = re.compile(r"(.*[0-9])([blr])")
_ASHI_NAMES = ("ashi", "āshì", "阿是", "trigger point")
_KEPT_READINGS = 8192  # a clinic's usual parts, so that a line costs a look-up
_LONGEST_KEPT = 64


class _Typed(NamedTuple):
    """A part taken apart: its words before anything is looked up."""

    text: str
    name: str
    removal: bool
    said: Details

    @property
    def side(self) -> Side | None:
        return self.said.side


def parse(line: str, default_side: Side | None = None) -> list[Reading]:
    """The readings of a line, in order; empty parts are left out. Never raises on any text.

    `default_side` is taken for points and groups that lie on both sides of the body when none is typed; without it
    they ask. A tender point always asks.
    """
    readings: list[Reading] = []
    for part in _BETWEEN.split(_clean(line)):
        text = " ".join(part.split())
        if text:
            read = _kept_readings if len(text) <= _LONGEST_KEPT else _readings
            readings.extend(read(text, default_side))
    return readings


def settled(line: str, default_side: Side | None) -> str:
    """The line with `default_side` written out wherever a side was left to it; all else stays as it was typed.

    What is stored then says its sides itself, whatever the practitioner sets later.
    """
    parts = [" ".join(part.split()) for part in _BETWEEN.split(_clean(line))]
    written = [_with_side(part, default_side) for part in parts if part] if default_side else []
    return ", ".join(written) if any(one not in parts for one in written) else line


def _with_side(part: str, default_side: Side) -> str:
    asks = any(reading.question == "which_side" for reading in _readings(part, None))
    settles = asks and all(reading.kind in ("understood", "pair") for reading in _readings(part, default_side))
    return f"{part} {SIDE_LETTERS[default_side]}" if settles else part


def takes_default(point: Point, default_side: Side | None) -> bool:
    """Whether a point without a side may take the practitioner's default."""
    return point.laterality in ("bilateral", "group") and default_side in point.sides


def _clean(line: str) -> str:
    if not line.isascii():
        line = unicodedata.normalize("NFKC", line).translate(_DASHES)
    if not line.isprintable():
        line = "".join(letter if letter.isprintable() or letter in "\n\r" else " " for letter in line)
    return _COMMA_IN_ZONE.sub(r"\1.", line)


def _readings(text: str, default_side: Side | None) -> tuple[Reading, ...]:
    if PAIR in text:
        return (pair_of(text, default_side),)
    removal = text.startswith("-")
    typed = _typed(text, text[1:] if removal else text, removal)
    if typed.name.lower().startswith(_ASHI_NAMES):
        place = _place_of_ashi(typed.name)
        if place is not None:
            return (_at_place(typed, place, default_side),)
    points = find(typed.name)
    glued = _SIDE_AT_END.fullmatch(typed.name.lower()) if not points and typed.side is None else None
    if glued and (find(glued[1]) or points_of_range(glued[1])):
        said = replace(typed.said, side=SIDES[glued[2]])
        typed = typed._replace(name=glued[1], said=said)
        points = find(glued[1])
    if points and typed.said.technique is None and typed.name[-1] in TECHNIQUES:
        # "gv24+" is a code of Yintang and GV24 with its sign: with a space, or EX-HN3, it is clear
        points = (*points, *find(typed.name[:-1]))
    if not points:
        return _range_or_unknown(typed, default_side)
    if len(points) > 1:
        return (_asking(typed, points, "which_point"),)
    return (_on_side(typed, points[0], default_side),)


_kept_readings = lru_cache(maxsize=_KEPT_READINGS)(_readings)


def _range_or_unknown(typed: _Typed, default_side: Side | None) -> tuple[Reading, ...]:
    points = points_of_range(typed.name)
    if points is None:
        return (Reading(typed.text, "unknown", removal=typed.removal, candidates=propose(typed.name)),)
    if not points:
        return (_asking(typed, (), "not_consecutive"),)
    read = tuple(_on_side(typed, point, default_side) for point in points)
    open_ones = [reading for reading in read if reading.kind != "understood"]
    return (replace(open_ones[0], candidates=points),) if open_ones else read


def _typed(text: str, rest: str, removal: bool) -> _Typed:
    """The name, and what stands after it."""
    words = rest.split()
    is_place = bool(words) and words[0].lower() in ("ashi", "āshì", "阿是", "trigger")
    said = taken_from(words, is_place=is_place)
    name = " ".join(words)
    if said.technique is None and _SIGN_AT_END.fullmatch(name) and not find(name):
        name, said = name[:-1], replace(said, technique=TECHNIQUES[name[-1]])
    return _Typed(text, name, removal, said)


def _asking(typed: _Typed, points: tuple[Point, ...], question: Question, place: str = "") -> Reading:
    return Reading(
        text=typed.text,
        kind="ask",
        side=typed.side,
        technique=typed.said.technique,
        place=place,
        removal=typed.removal,
        candidates=points,
        question=question,
        depth=typed.said.depth,
        size=typed.said.size,
    )


def _on_side(typed: _Typed, point: Point, default_side: Side | None, place: str = "") -> Reading:
    """The point on the side typed, on its only side, or on the default side; else it asks."""
    sides = point.sides
    side = typed.side
    problem = typed.said.problem or ("current_without_pair" if typed.said.current else "")
    if problem:
        return _asking(typed, (point,), problem, place)
    if side is None and not typed.removal:
        side = point.only_side or (default_side if takes_default(point, default_side) else None)
        if side is None:
            return _asking(typed, (point,), "which_side", place)
    if side is not None and side not in sides:
        return _asking(typed, (point,), "side_does_not_fit", place)
    return Reading(
        text=typed.text,
        kind="understood",
        point=point,
        side=side,
        technique=typed.said.technique,
        place=place,
        needles=0 if typed.removal or side is None else point.needles(side),
        removal=typed.removal,
        candidates=(point,),
        depth=typed.said.depth,
        size=typed.said.size,
    )


def _place_of_ashi(name: str) -> str | None:
    """The words after "ashi"; None when the name is another."""
    lower = name.lower()
    for ashi in _ASHI_NAMES:
        if lower == ashi or lower.startswith(f"{ashi} "):
            return name[len(ashi) :].strip()
    return None


def _at_place(typed: _Typed, place: str, default_side: Side | None) -> Reading:
    words = place.split()
    if typed.side is None and words and words[0].lower() in SIDES:
        typed = typed._replace(said=replace(typed.said, side=SIDES[words[0].lower()]))
        words = words[1:]
    place = " ".join(words)
    if not words and not typed.removal:
        return _asking(typed, (get(ASHI),), "which_place")
    if len(place) > LONGEST_PLACE:
        return _asking(typed, (get(ASHI),), "shorter_place", place)
    return _on_side(typed, get(ASHI), default_side, place)


def needles_of(readings: Sequence[Reading]) -> int:
    """Needles to put in for what is understood; what still asks counts nothing."""
    return sum(reading.needles for reading in readings)
