"""What a practitioner types between two rooms: `li4 b, st36 b +, gv20, hegu r, -gb30`.

A line is parts between commas. A part is a name (code, pinyin, Chinese, English), then, in any
order, a side (b, l, r, m or the word) and a technique (+ reinforcing, - reducing, = even). A minus
before the name takes the point out. `ashi left knee` is a tender point with its place in words.
What is unclear asks, what is unknown proposes; nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from sessions.points.catalogue import ASHI, Point, Side, get
from sessions.points.names import find, propose

Technique = Literal["reinforcing", "reducing", "even"]
Kind = Literal["understood", "ask", "unknown"]
Question = Literal["", "which_point", "which_side", "side_does_not_fit", "which_place", "shorter_place"]

LONGEST_PLACE = 80
SIDES: dict[str, Side] = {
    **dict.fromkeys(("b", "both", "bilateral", "双"), "both"),
    **dict.fromkeys(("l", "left", "左"), "left"),
    **dict.fromkeys(("r", "right", "右"), "right"),
    **dict.fromkeys(("m", "midline", "中线"), "midline"),
}
TECHNIQUES: dict[str, Technique] = {
    **dict.fromkeys(("+", "reinforcing", "补"), "reinforcing"),
    **dict.fromkeys(("-", "reducing", "泻"), "reducing"),
    **dict.fromkeys(("=", "even", "±"), "even"),
}
SIDE_LETTERS: dict[Side, str] = {"both": "b", "left": "l", "right": "r", "midline": "m"}
TECHNIQUE_SIGNS: dict[Technique, str] = {"reinforcing": "+", "reducing": "-", "even": "="}

_BETWEEN = re.compile(r"[,;、\n\r]+")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
# The ear zones SF4,5 and HX6,7i have a comma in their name; written without a space it is no divider.
_COMMA_IN_ZONE = re.compile(r"(sf0*4|hx0*6),(?=5|7i)", re.IGNORECASE)
_SIGN_AT_END = re.compile(r".*[^\s+\-=±][+\-=±]")
_SIDE_AT_END = re.compile(r"(.*\d)([blr])")
_ASHI_NAMES = ("ashi", "āshì", "阿是", "trigger point")
_KEPT_READINGS = 8192  # a clinic's usual parts, so that a line costs a look-up
_LONGEST_KEPT = 64


@dataclass(frozen=True, slots=True)
class Reading:
    """One part of the line as it was understood.

    `understood`: point, and side unless it is taken out on all sides. `ask`: `question` says what is
    open, `candidates` are the points it can be, and what was clear (side, technique) is kept.
    `unknown`: `candidates` are proposals. `needles` counts only what is understood and put in.
    """

    text: str
    kind: Kind
    point: Point | None = None
    side: Side | None = None
    technique: Technique | None = None
    place: str = ""
    needles: int = 0
    removal: bool = False
    candidates: tuple[Point, ...] = ()
    question: Question = ""

    @property
    def do_not_needle(self) -> bool:
        """A point that is a landmark only (ST17, CV8) is about to be needled."""
        return self.point is not None and self.point.do_not_needle and not self.removal


class _Typed(NamedTuple):
    """A part taken apart: its words before anything is looked up."""

    text: str
    name: str
    removal: bool
    side: Side | None
    technique: Technique | None


def parse(line: str, default_side: Side | None = None) -> list[Reading]:
    """The readings of a line, in order; empty parts are left out. Never raises on any text.

    `default_side` is taken for points that have a choice of sides when none is typed; without it
    they ask.
    """
    readings = []
    for part in _BETWEEN.split(_clean(line)):
        text = " ".join(part.split())
        if text:
            kept = len(text) <= _LONGEST_KEPT
            readings.append(_kept_reading(text, default_side) if kept else _reading(text, default_side))
    return readings


def to_text(readings: Iterable[Reading]) -> str:
    """The readings as a line that parses to the same again; what is open stays as it was typed."""
    return ", ".join(_one_to_text(reading) for reading in readings)


def _clean(line: str) -> str:
    if not line.isascii():
        line = unicodedata.normalize("NFKC", line).translate(_DASHES)
    if not line.isprintable():
        line = "".join(letter if letter.isprintable() or letter in "\n\r" else " " for letter in line)
    return _COMMA_IN_ZONE.sub(r"\1.", line)


def _reading(text: str, default_side: Side | None) -> Reading:
    removal = text.startswith("-")
    typed = _typed(text, text[1:] if removal else text, removal)
    if typed.name.lower().startswith(_ASHI_NAMES):
        place = _place_of_ashi(typed.name)
        if place is not None:
            return _at_place(typed, place, default_side)
    points = find(typed.name)
    if not points and typed.side is None:
        glued = _SIDE_AT_END.fullmatch(typed.name.lower())
        points = find(glued.group(1)) if glued else ()
        if glued and points:
            typed = typed._replace(side=SIDES[glued.group(2)])
    if points and typed.technique is None and typed.name[-1] in TECHNIQUES:
        # "gv24+" is a code of Yintang and GV24 with its sign: with a space, or EX-HN3, it is clear
        points = (*points, *find(typed.name[:-1]))
    if not points:
        proposals = propose(typed.name)
        return Reading(text, "unknown", removal=removal, candidates=proposals)
    if len(points) > 1:
        return _asking(typed, points, "which_point")
    return _on_side(typed, points[0], default_side)


_kept_reading = lru_cache(maxsize=_KEPT_READINGS)(_reading)


def _typed(text: str, rest: str, removal: bool) -> _Typed:
    """The name, and the side and technique that stand after it, each at most once."""
    words = rest.split()
    side: Side | None = None
    technique: Technique | None = None
    while len(words) > 1:
        last = words[-1].lower()
        if side is None and last in SIDES:
            side = SIDES[last]
        elif technique is None and last in TECHNIQUES:
            technique = TECHNIQUES[last]
        elif technique is None and last[-1] in TECHNIQUES and last[:-1] in SIDES:
            technique = TECHNIQUES[last[-1]]  # "b+": the side is taken in the next round
            words[-1] = last[:-1]
            continue
        else:
            break
        words.pop()
    name = " ".join(words)
    if technique is None and _SIGN_AT_END.fullmatch(name) and not find(name):
        name, technique = name[:-1], TECHNIQUES[name[-1]]
    return _Typed(text, name, removal, side, technique)


def _asking(typed: _Typed, points: tuple[Point, ...], question: Question, place: str = "") -> Reading:
    return Reading(
        text=typed.text,
        kind="ask",
        side=typed.side,
        technique=typed.technique,
        place=place,
        removal=typed.removal,
        candidates=points,
        question=question,
    )


def _on_side(typed: _Typed, point: Point, default_side: Side | None, place: str = "") -> Reading:
    """The point on the side typed, on its only side, or on the default side; else it asks."""
    sides = point.sides
    side = typed.side
    if side is None and not typed.removal:
        side = sides[0] if len(sides) == 1 else default_side if default_side in sides else None
        if side is None:
            return _asking(typed, (point,), "which_side", place)
    if side is not None and side not in sides:
        return _asking(typed, (point,), "side_does_not_fit", place)
    return Reading(
        text=typed.text,
        kind="understood",
        point=point,
        side=side,
        technique=typed.technique,
        place=place,
        needles=0 if typed.removal or side is None else point.needles(side),
        removal=typed.removal,
        candidates=(point,),
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
        typed = typed._replace(side=SIDES[words[0].lower()])
        words = words[1:]
    place = " ".join(words)
    if not words and not typed.removal:
        return _asking(typed, (get(ASHI),), "which_place")
    if len(place) > LONGEST_PLACE:
        return _asking(typed, (get(ASHI),), "shorter_place", place)
    return _on_side(typed, get(ASHI), default_side, place)


def _one_to_text(reading: Reading) -> str:
    if reading.kind != "understood" or reading.point is None:
        return reading.text
    parts = [("-" if reading.removal else "") + reading.point.code, reading.place]
    if reading.side and reading.point.only_side is None:
        parts.append(SIDE_LETTERS[reading.side])
    if reading.technique:
        parts.append(TECHNIQUE_SIGNS[reading.technique])
    return " ".join(part for part in parts if part)


def needles_of(readings: Sequence[Reading]) -> int:
    """Needles to put in for what is understood; what still asks counts nothing."""
    return sum(reading.needles for reading in readings)
