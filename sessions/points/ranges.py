"""Points that follow each other on one channel: `du3-du5`, `bl31-34`."""

from __future__ import annotations

import re

from sessions.points.catalogue import Point, all_points
from sessions.points.names import find

#: More in one go is a slip of the hand.
LONGEST_RANGE = 20
_RANGE = re.compile(r"(.*[0-9])\s*-\s*([^0-9]*)([0-9]{1,3})")


def points_of_range(name: str) -> tuple[Point, ...] | None:
    """The points from the first to the second, both included; None when `name` is no range at all.

    Empty when it looks like one and is none: another channel, backwards, too long, or an end that can mean two points.
    Extra and ear points have numbers without an order on the body, so they have no ranges.
    """
    match = _RANGE.fullmatch(name)
    starts = find(match[1]) if match else ()
    if match is None or not starts:
        return None
    number = int(match[3])
    ends = find(match[2] + match[3]) if match[2].strip() else starts
    if not ends:
        return None
    first, last = starts[0], ends[0]
    if len(starts) > 1 or len(ends) > 1 or first.category != "channel" or first.channel != last.channel:
        return ()
    if first.number is None or not first.number < number < first.number + LONGEST_RANGE:
        return ()
    points = all_points()[first.order : first.order + number - first.number + 1]
    follow = [(point.channel, point.number) for point in points]
    return points if follow == [(first.channel, first.number + step) for step in range(len(points))] else ()
