"""From what a note says to what the safety rules look at: needles with side and region, techniques, current, herbs."""

from __future__ import annotations

from collections.abc import Iterable

from patients.safety.entered import ESTIM, Entered, Needled
from sessions.content import NoteContent
from sessions.details import read_details
from sessions.needling import Needling
from sessions.points.catalogue import Point
from sessions.points.reading import Reading
from sessions.points.shorthand import parse
from sessions.techniques import HERBS, Technique, read_techniques


def entered_in(content: NoteContent, needling: Needling, *, first: bool) -> Entered:
    """What was entered; ``first`` says that it is the patient's first session.

    Without needles no point speaks and no current flows; moxa, cups and herbs do all the same.
    """
    others = read_techniques(content.others)
    pairs = () if content.no_needles else tuple(_leads(one) for one in needling.readings if one.kind == "pair")
    at = _places(others)
    if pairs:
        at[ESTIM] = tuple(lead for pair in pairs for lead in pair)
    points = () if content.no_needles else needling.points
    return Entered(
        needles=tuple(_needled(reading.point, reading) for reading in points if reading.point),
        techniques=frozenset({one.kind for one in others} | ({ESTIM} if pairs else set())),
        at=at,
        pairs=pairs,
        position=read_details(content.details).position,
        herbs="\n".join(_herbs(one) for one in others if one.kind == HERBS),
        first=first,
    )


def _needled(point: Point, reading: Reading) -> Needled:
    return Needled(point.code, reading.side or "", point.region, reading.needles)


def _leads(pair: Reading) -> tuple[Needled, Needled]:
    """Both ends of a current, red first; an end on the midline stays there."""
    red, black = (Needled(point.code, point.only_side or pair.side or "", point.region) for point in pair.candidates)
    return red, black


def _places(others: Iterable[Technique]) -> dict[str, tuple[Needled, ...]]:
    """The points of each kind whose every area was written as points; a kind with one other area may be anywhere."""
    found: dict[str, tuple[Needled, ...]] = {}
    for one in others:
        found[one.kind] = found.get(one.kind, ()) + _points_in(one.area)
    unclear = {one.kind for one in others if not _points_in(one.area)}
    return {kind: places for kind, places in found.items() if kind not in unclear}


def _points_in(area: str) -> tuple[Needled, ...]:
    """The points that an area names, on both sides where none is said; none when any of its words is something else."""
    readings = parse(area, "both")
    if any(one.kind != "understood" or one.removal or one.point is None for one in readings):
        return ()
    return tuple(_needled(one.point, one) for one in readings if one.point)


def _herbs(one: Technique) -> str:
    return ", ".join(text for text in (one.formula, one.form, one.dose, one.detail) if text)
