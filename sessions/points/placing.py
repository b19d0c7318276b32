"""Which needles a line puts where: one placement for each point and side, with the pair that it carries.

A point on both sides whose current flows on one side only makes two placements, so that each says all of itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sessions.points.catalogue import Point, Side
from sessions.points.pairs import side_at
from sessions.points.reading import Current, Depth, NeedleSize, Reading, Technique

RED, BLACK = "red", "black"


@dataclass(frozen=True, slots=True)
class Placement:
    """Needles at one point on one side. `pair` counts the pairs of the line from 1; `lead` is its red or black end."""

    point: Point
    side: Side
    needles: int
    technique: Technique | None
    place: str
    depth: Depth | None
    size: NeedleSize | None
    pair: int | None = None
    lead: str = ""
    current: Current | None = None


def placements(points: Sequence[Reading], pairs: Sequence[Reading]) -> tuple[Placement, ...]:
    """The placements of points that are needled, in order; `pairs` stand among them, no needle in two."""
    return tuple(placement for reading in points for placement in _of_point(reading, pairs))


def _of_point(reading: Reading, pairs: Sequence[Reading]) -> Iterator[Placement]:
    point, side = reading.point, reading.side
    if point is None or side is None:
        return
    carried = {} if reading.place else dict(_carried(point, pairs))
    if side == "both" and side not in carried and carried:
        yield _placed(reading, point, "left", carried.get("left"))
        yield _placed(reading, point, "right", carried.get("right"))
        return
    yield _placed(reading, point, side, carried.get(side) or carried.get("both"))


def _carried(point: Point, pairs: Sequence[Reading]) -> Iterator[tuple[Side, tuple[int, str, Current | None]]]:
    """The pairs of a point by the side it stands on."""
    for number, pair in enumerate(pairs, start=1):
        for lead, end in zip((RED, BLACK), pair.candidates, strict=True):
            if end == point and pair.side:
                yield side_at(point, pair.side), (number, lead, pair.current)


def _placed(reading: Reading, point: Point, side: Side, carried: tuple[int, str, Current | None] | None) -> Placement:
    number, lead, current = carried or (None, "", None)
    return Placement(
        point=point,
        side=side,
        needles=point.needles(side),
        technique=reading.technique,
        place=reading.place,
        depth=reading.depth,
        size=reading.size,
        pair=number,
        lead=lead,
        current=current,
    )
