"""The line of points as chips that can be turned and taken away. Each act is the whole line it makes.

Line and chips are one state: a chip keeps nothing, it only knows the line that its press would leave. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sessions.needling import Needling, read
from sessions.points.catalogue import Point, Side
from sessions.points.pairs import sides_of_pair
from sessions.points.readback import current_words, depth_words, pair_words, size_words
from sessions.points.reading import TECHNIQUE_SIGNS, Reading, Technique, to_text

#: A longer line is kept and read, but turned by hand: each act carries all of the line.
MOST_TURNED = 40
_TECHNIQUES: tuple[Technique | None, ...] = (None, "reinforcing", "reducing", "even")


@dataclass(frozen=True, slots=True)
class Act:
    """A press: what the button shows, what it says to who cannot see it, and the line it makes.

    ``key`` names the press, so that the page finds it again when the chips were drawn anew.
    """

    key: str
    shows: str
    says: str
    line: str


@dataclass(frozen=True, slots=True)
class Chip:
    """One part of the line. ``change`` is "", new, or ask for what does not count yet."""

    name: str
    pinyin: str
    hanzi: str
    fixed: str
    details: str
    change: str
    side: Act | None
    technique: Act | None
    remove: Act | None


@dataclass(frozen=True, slots=True)
class SetAct:
    """A saved set: its name, whether it is shared, and the line with its points."""

    act: Act
    shared: bool


def chips_of(needling: Needling, changes: Mapping[int, str] | None = None) -> list[Chip]:
    """The chips of a line, in its order. ``changes`` says by the index among ``needling.points`` which are new.

    What was taken out with a minus, and what stands twice, has no chip.
    """
    turned = len(needling.readings) <= MOST_TURNED
    chips: list[Chip] = []
    needled = 0
    for index, reading in enumerate(needling.readings):
        if reading.kind == "pair" and reading in needling.pairs:
            chips.append(_pair(needling.readings, index, turned=turned))
        elif reading in needling.points[needled : needled + 1]:
            chips.append(_point(needling.readings, index, (changes or {}).get(needled, ""), turned=turned))
            needled += 1
        elif reading.kind != "understood" or reading.do_not_needle:
            chips.append(_open(needling.readings, index, turned=turned))
    return chips


def sets_of(needling: Needling, offered: Sequence[Mapping[str, object]]) -> list[SetAct]:
    """The saved sets as presses: the line with those of their points that do not stand in it yet."""
    if len(needling.readings) > MOST_TURNED:
        return []
    found = []
    for one in offered:
        line = with_set(needling, str(one["line"]))
        act = Act(f"set {one['id']}", str(one["name"]), f"Add the points of {one['name']}", line)
        found.append(SetAct(act, bool(one["shared"])))
    return found


def with_set(needling: Needling, line: str) -> str:
    """The line with the points and pairs of a set behind it; what stands already is not written twice."""
    there = {_place(reading) for reading in needling.points}
    added = read(line)
    points = [reading for reading in added.points if _place(reading) not in there]
    pairs = [pair for pair in added.pairs if pair not in needling.pairs]
    return to_text([*needling.readings, *points, *pairs])


def _place(reading: Reading) -> tuple[Point | None, Side | None, str]:
    return (reading.point, reading.side, reading.place.lower())


def _point(readings: Sequence[Reading], index: int, change: str, *, turned: bool) -> Chip:
    reading = readings[index]
    point = reading.point or reading.candidates[0]
    details = [
        depth_words(reading.depth) if reading.depth else "",
        size_words(reading.size) if reading.size else "",
    ]
    has_choice = len(point.sides) > 1
    shown = reading.side or ""
    return Chip(
        name=point.code,
        pinyin=point.pinyin,
        hanzi=point.chinese,
        fixed=" ".join(word for word in ("" if turned or not has_choice else shown, reading.place) if word),
        details=", ".join([*([] if turned else [reading.technique or ""]), *details]).strip(", "),
        change=change,
        side=_side(readings, index, point.code, point.sides) if turned and has_choice else None,
        technique=_technique(readings, index, point.code) if turned else None,
        remove=_remove(readings, index, point.code) if turned else None,
    )


def _pair(readings: Sequence[Reading], index: int, *, turned: bool) -> Chip:
    reading = readings[index]
    red, black = reading.candidates
    name = f"{red.code} to {black.code}"
    sides = sides_of_pair(red, black)
    turns = turned and len(sides) > 1
    current = current_words(reading.current) if reading.current else ""
    return Chip(
        name=name if turns else pair_words(reading),
        pinyin="",
        hanzi="",
        fixed="",
        details=current or "current, no Hz and minutes said",
        change="",
        side=_side(readings, index, name, sides) if turns else None,
        technique=None,
        remove=_remove(readings, index, name) if turned else None,
    )


def _open(readings: Sequence[Reading], index: int, *, turned: bool) -> Chip:
    text = readings[index].text
    only_landmark = len(readings[index].candidates) == 1 and readings[index].candidates[0].do_not_needle
    return Chip(
        name=text,
        pinyin="",
        hanzi="",
        fixed="not needled" if only_landmark else "",
        details="",
        change="ask",
        side=None,
        technique=None,
        remove=_remove(readings, index, text) if turned else None,
    )


def _side(readings: Sequence[Reading], index: int, name: str, sides: Sequence[Side]) -> Act:
    now = readings[index].side or sides[0]
    then = sides[(sides.index(now) + 1) % len(sides)]
    line = _changed(readings, index, replace(readings[index], side=then))
    return Act(f"{index} {name} side", now, f"{name}, side: {now}. Change to {then}", line)


def _technique(readings: Sequence[Reading], index: int, name: str) -> Act:
    now = readings[index].technique
    then = _TECHNIQUES[(_TECHNIQUES.index(now) + 1) % len(_TECHNIQUES)]
    line = _changed(readings, index, replace(readings[index], technique=then))
    says = f"{name}, technique: {now or 'not said'}. Change to {then or 'not said'}"
    return Act(f"{index} {name} technique", f"{TECHNIQUE_SIGNS[now]} {now}" if now else "+ −", says, line)


def _remove(readings: Sequence[Reading], index: int, name: str) -> Act:
    line = to_text(_without(readings, index))
    return Act(f"{index} {name} remove", "×", f"Take {name} out of the line", line)


def _changed(readings: Sequence[Reading], index: int, reading: Reading) -> str:
    return to_text([*readings[:index], reading, *readings[index + 1 :]])


def _without(readings: Sequence[Reading], index: int) -> Iterator[Reading]:
    return (reading for place, reading in enumerate(readings) if place != index)
