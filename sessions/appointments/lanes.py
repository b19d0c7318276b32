"""The two lanes of a visit, pure: when hands are taken, when the room is. Minutes in, moments out; no Django.

A service has settling, hands-on minutes at its start, resting time (the needles stay), hands-on minutes at its end
and turnover. A first visit of 90 minutes is 5 + 45 + 25 + 10 + 5. Arithmetic is done on moments (UTC inside), so a
visit that spans a clock change keeps its length.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol

#: Every start lies on this grid of the wall clock, in minutes.
STEP = 5

Stretch = tuple[datetime, datetime]


class HasMinutes(Protocol):
    """What a service says about its length, each in minutes."""

    settling_minutes: int
    hands_on_start_minutes: int
    resting_minutes: int
    hands_on_end_minutes: int
    turnover_minutes: int


@dataclass(frozen=True)
class Lanes:
    """One visit laid out: the stretches of the practitioner's hands, and the one of the room."""

    hands_on: tuple[Stretch, ...]
    room: Stretch


def parts(service: HasMinutes) -> list[tuple[str, int]]:
    """Return the visit from settling to turnover as (kind, minutes), kind one of rest, hands, turn; no empty part.

    Settling and resting look alike: the practitioner's hands are free.
    """
    raw = [
        ("rest", service.settling_minutes),
        ("hands", service.hands_on_start_minutes),
        ("rest", service.resting_minutes),
        ("hands", service.hands_on_end_minutes),
        ("turn", service.turnover_minutes),
    ]
    return [(kind, minutes) for kind, minutes in raw if minutes > 0]


def lay_out(starts_at: datetime, service: HasMinutes) -> Lanes:
    """Return the two lanes of a visit that begins settling at ``starts_at`` (aware).

    Hands-on stretches that touch (nobody rests in between) are one stretch.
    """
    moment = starts_at.astimezone(UTC)
    hands: list[Stretch] = []
    for kind, minutes in parts(service):
        end = moment + timedelta(minutes=minutes)
        if kind == "hands" and hands and hands[-1][1] == moment:
            hands[-1] = (hands[-1][0], end)
        elif kind == "hands":
            hands.append((moment, end))
        moment = end
    return Lanes(hands_on=tuple(hands), room=(starts_at.astimezone(UTC), moment))


def overlap(one: Stretch, other: Stretch) -> bool:
    """Tell whether two half-open stretches share a moment; touching ends do not."""
    return one[0] < other[1] and other[0] < one[1]


def hands_are_free(lanes: Lanes, taken: Iterable[Stretch]) -> bool:
    """Tell whether no hands-on stretch of the visit meets a taken one of the same practitioner."""
    busy = list(taken)
    return not any(overlap(mine, theirs) for mine in lanes.hands_on for theirs in busy)


def free_room(lanes: Lanes, rooms: Sequence[int], taken: Mapping[int, Sequence[Stretch]]) -> int | None:
    """Return the first of ``rooms`` that nobody holds during the visit, or None."""
    for room in rooms:
        if not any(overlap(lanes.room, theirs) for theirs in taken.get(room, ())):
            return room
    return None


def free_starts(
    *,
    service: HasMinutes,
    openings: Iterable[Stretch],
    hands_taken: Iterable[Stretch],
    rooms: Sequence[int],
    rooms_taken: Mapping[int, Sequence[Stretch]],
    not_before: datetime,
) -> list[tuple[datetime, int]]:
    """Return every start that is free, with its room, in order of time.

    A visit lies whole, from settling to turnover, inside one opening; no start lies before ``not_before``. Starts
    lie on the five-minute grid (every zone of today is a multiple of five minutes away from UTC).
    """
    busy = sorted(hands_taken)
    found: list[tuple[datetime, int]] = []
    for opens, closes in sorted(openings):
        start = _up_to_grid(max(opens, not_before))
        while (lanes := lay_out(start, service)).room[1] <= closes:
            near = [stretch for stretch in busy if overlap(stretch, lanes.room)]
            room = free_room(lanes, rooms, rooms_taken) if hands_are_free(lanes, near) else None
            if room is not None:
                found.append((start, room))
            start += timedelta(minutes=STEP)
    return found


def _up_to_grid(instant: datetime) -> datetime:
    seconds = STEP * 60
    return datetime.fromtimestamp(-(-instant.timestamp() // seconds) * seconds, UTC)


def worth_offering(starts: Sequence[datetime], zone: tzinfo, *, every: int = 30) -> list[datetime]:
    """Thin a day's free starts to those a person would say: each ``every`` minutes, and the first after each gap.

    The first after a gap is the one that leaves no idle time behind the visit before it.
    """
    free = set(starts)
    step = timedelta(minutes=STEP)

    def is_round(start: datetime) -> bool:
        local = start.astimezone(zone)
        return (local.hour * 60 + local.minute) % every == 0

    return [start for start in starts if start - step not in free or is_round(start)]
