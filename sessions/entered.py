"""From what a note says to what the safety rules look at: needles with side and region, techniques, current, herbs."""

from __future__ import annotations

from patients.safety.entered import ESTIM, Entered, Needled
from sessions.content import NoteContent
from sessions.needling import Needling
from sessions.points.catalogue import Point
from sessions.points.reading import Reading


def entered_in(content: NoteContent, needling: Needling, *, first: bool) -> Entered:
    """What was entered; ``first`` says that it is the patient's first session. Without needles no point speaks."""
    if content.no_needles:
        return Entered(first=first)
    pairs = tuple(_leads(reading) for reading in needling.readings if reading.kind == "pair")
    return Entered(
        needles=tuple(_needled(reading.point, reading) for reading in needling.points if reading.point),
        techniques=frozenset({ESTIM} if pairs else ()),
        at={ESTIM: tuple(lead for pair in pairs for lead in pair)} if pairs else {},
        pairs=pairs,
        first=first,
    )


def _needled(point: Point, reading: Reading) -> Needled:
    return Needled(point.code, reading.side or "", point.region, reading.needles)


def _leads(pair: Reading) -> tuple[Needled, Needled]:
    """Both ends of a current, red first; an end on the midline stays there."""
    red, black = (Needled(point.code, point.only_side or pair.side or "", point.region) for point in pair.candidates)
    return red, black
