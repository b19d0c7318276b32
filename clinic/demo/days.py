"""The clinic's calendar: on which days it is open, and which visits fit into a practitioner's day. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil.easter import easter

from sessions.appointments import lanes

ZONE = ZoneInfo("Europe/Dublin")
#: A working day, in the clinic's wall-clock time.
HOURS = ((time(8), time(13)), (time(14), time(18, 30)))
ROOMS_EACH = 3
VISITS_EACH = 15


@dataclass(frozen=True)
class Slot:
    """A place in a practitioner's day: when it begins, whether it is long enough for a first visit, which room."""

    at: time
    first_visit: bool
    room: int


@lru_cache
def _closed_days(year: int) -> frozenset[date]:
    sunday = easter(year)
    august = date(year, 8, 8)
    monday = august + timedelta(days=-august.weekday() % 7)
    return frozenset(
        [
            *(date(year, 1, 1) + timedelta(days=n) for n in range(2)),
            date(year, 3, 17),
            *(sunday + timedelta(days=n) for n in (-2, 1)),
            date(year, 5, 1),
            *(monday + timedelta(days=n) for n in range(14)),
            *(date(year, 12, 24) + timedelta(days=n) for n in range(8)),
        ]
    )


def is_open(day: date) -> bool:
    """Tell whether the clinic works: not on holidays, not in two weeks of August, not between the years."""
    return day not in _closed_days(day.year)


def open_dates(weekday: int, before: date, weeks: int) -> list[date]:
    """Return the open days of one weekday before a day, the latest first, at most ``weeks`` of them."""
    day = before - timedelta(days=1)
    day -= timedelta(days=(day.weekday() - weekday) % 7)
    return [found for n in range(weeks) if is_open(found := day - timedelta(weeks=n))]


def next_dates(weekday: int, after: date, count: int) -> list[date]:
    """Return the next ``count`` open days of one weekday after a day."""
    day = after + timedelta(days=1)
    day += timedelta(days=(weekday - day.weekday()) % 7)
    found: list[date] = []
    while len(found) < count:
        if is_open(day):
            found.append(day)
        day += timedelta(weeks=1)
    return found


def moment(day: date, at: time) -> datetime:
    """Return the moment of a wall-clock time of a working day; the clocks change at night, when nobody works."""
    return datetime.combine(day, at, UTC) - _offset(day)


@lru_cache(maxsize=16_384)
def _offset(day: date) -> timedelta:
    return datetime.combine(day, time(12), ZONE).utcoffset() or timedelta()


def slots(first: lanes.HasMinutes, follow_up: lanes.HasMinutes) -> list[Slot]:
    """Return a practitioner's full day: one first visit, then follow-ups as close as hands and rooms allow.

    The rooms are 0, 1, 2: each practitioner has their own.
    """
    day = date(2026, 11, 16)  # any working day will do
    openings = [(moment(day, opens), moment(day, closes)) for opens, closes in HOURS]
    hands: list[lanes.Stretch] = []
    rooms: dict[int, list[lanes.Stretch]] = {}
    found: list[Slot] = []
    while len(found) < VISITS_EACH:
        service = follow_up if found else first
        free = _first_free(service, openings, hands, rooms)
        if free is None:
            break
        starts_at, room = free
        laid = lanes.lay_out(starts_at, service)
        hands.extend(laid.hands_on)
        rooms.setdefault(room, []).append(laid.room)
        local = starts_at.astimezone(ZONE).time()
        found.append(Slot(local, service is first, room))
    return sorted(found, key=lambda slot: slot.at)


def _first_free(
    service: lanes.HasMinutes,
    openings: Sequence[lanes.Stretch],
    hands: Sequence[lanes.Stretch],
    rooms: dict[int, list[lanes.Stretch]],
) -> tuple[datetime, int] | None:
    free = lanes.free_starts(
        service=service,
        openings=openings,
        hands_taken=hands,
        rooms=range(ROOMS_EACH),
        rooms_taken=rooms,
        not_before=openings[0][0],
    )
    return free[0] if free else None
