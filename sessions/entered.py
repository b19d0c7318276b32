"""From what a note says to what the safety rules look at: needles with side and region, techniques, current, herbs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from patients.safety.entered import ESTIM, Entered, Needled
from sessions.content import NoteContent
from sessions.details import read_details
from sessions.needling import Needling
from sessions.points.catalogue import Point, all_points
from sessions.points.reading import Reading
from sessions.points.shorthand import parse
from sessions.techniques import HERBS, Technique, read_techniques

#: Kinds whose points are those of the ear; "ear" stands in front of every name.
ON_THE_EAR = frozenset({"ear_seeds", "ear_press_tacks"})
_SIDES = {"left": "left", "l": "left", "right": "right", "r": "right", "both": "both", "b": "both"}
_PARTS = re.compile(r"[,;、，；\n\r]+")
_AND = re.compile(r"\s+and\s+|\s*&\s*", re.IGNORECASE)


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
    """The places of each kind whose every area can be read; a kind with one other area may be anywhere."""
    found: dict[str, tuple[Needled, ...]] = {}
    unclear = set()
    for one in others:
        places = places_in(one.area, one.kind)
        found[one.kind] = found.get(one.kind, ()) + places
        if not places:
            unclear.add(one.kind)
    return {kind: places for kind, places in found.items() if kind not in unclear}


def places_in(area: str, kind: str) -> tuple[Needled, ...]:
    """The points and regions of the catalogue that an area names, by whole names, on both sides where none is said.

    "left shoulder, bl13 b" and "lumbar and sacrum" are read. None when any part is something else: then the technique
    may be anywhere. Seeds and tacks of the ear take points alone; for all else "knee" is the knee, not its ear point.
    """
    if kind in ON_THE_EAR:
        return _points_in(area)
    found: list[Needled] = []
    for part in _PARTS.split(area):
        for words in [part] if _points_in(part) else _AND.split(part):
            region = _region_in(words)
            places = (region,) if region else tuple(one for one in _points_in(words) if one.region != "ear")
            if words.strip() and not places:
                return ()
            found += places
    return tuple(found)


def _points_in(area: str) -> tuple[Needled, ...]:
    """The points that an area names; none when any of its words is something else."""
    readings = parse(area, "both")
    if any(one.kind != "understood" or one.removal or one.point is None for one in readings):
        return ()
    return tuple(_needled(one.point, one) for one in readings if one.point)


def _region_in(words: str) -> Needled | None:
    """A region of the catalogue by its whole name, a side before or after it; without one it may lie on either."""
    said = words.casefold().split()
    for name, side in ((said[1:], said[:1]), (said[:-1], said[-1:]), (said, [])):
        if " ".join(name) in _regions() and (not side or side[0] in _SIDES):
            return Needled("", _SIDES[side[0]] if side else "", " ".join(name))
    return None


@cache
def _regions() -> frozenset[str]:
    """The regions of acupoints.csv; "any" is none."""
    return frozenset(point.region for point in all_points()) - {"any"}


def _herbs(one: Technique) -> str:
    return ", ".join(text for text in (one.formula, one.form, one.dose, one.detail) if text)
