"""Electrical stimulation between two needles: `st36~sp6 l 2/100hz 20min`.

Both needles stand on one side of the body or on the midline: current across the spine or the chest is no pair
(docs/domain/session_note.md, electrical stimulation).
"""

from __future__ import annotations

from sessions.points.catalogue import Point, Side
from sessions.points.details import Details, taken_from
from sessions.points.names import find
from sessions.points.reading import PAIR, Current, Reading

_WORDS_BEFORE = ("ea", "e-stim", "estim", "电针")


def pair_of(text: str, default_side: Side | None) -> Reading:
    """Read a part that holds a `~`. Whether its needles stand in the line is for the whole line to say."""
    red_said, black_said = (half.split() for half in text.split(PAIR, 1))
    if len(red_said) > 1 and red_said[0].lower() in _WORDS_BEFORE:
        red_said = red_said[1:]
    before = taken_from(red_said, is_place=False)
    said = taken_from(black_said, is_place=False)
    points = (*_one(red_said), *_one(black_said))
    sides = sides_of_pair(*points) if len(points) == 2 else ()
    if not sides or before not in (Details(), Details(side=said.side)) or said.technique or said.depth or said.size:
        return Reading(text, "ask", candidates=points, question="no_such_pair")
    if said.problem:
        return Reading(text, "ask", candidates=points, question=said.problem)
    side = said.side or (sides[0] if len(sides) == 1 else default_side if default_side in sides else None)
    if side not in sides:
        question = "which_side" if side is None else "no_such_pair"
        return Reading(text, "ask", candidates=points, question=question)  # type: ignore[arg-type]
    return Reading(text, "pair", side=side, candidates=points, current=said.current or Current())


def sides_of_pair(red: Point, black: Point) -> tuple[Side, ...]:
    """The sides on which these two can be a pair; "both" is a pair on each side. Empty when they can be none."""
    if red == black or any(point.laterality in ("group", "any") or point.do_not_needle for point in (red, black)):
        return ()
    only = {point.only_side for point in (red, black)}
    if only == {"midline"}:
        return ("midline",)
    if "midline" in only:
        other = red if black.only_side == "midline" else black
        return tuple(side for side in other.sides if side != "both")
    return tuple(side for side in red.sides if side in black.sides)


def side_at(point: Point, pair_side: Side) -> Side:
    """Where this end of a pair stands: a point of the midline stays there."""
    return point.only_side or pair_side


def _one(words: list[str]) -> tuple[Point, ...]:
    found = find(" ".join(words))
    return found if len(found) == 1 else ()
