"""When somebody is in the house: the practitioners' weeks laid over each other. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

Week = Sequence[tuple[int, time, time]]
"""Weekday (0 is Monday), opening, closing, in the clinic's wall-clock time; stretches may overlap."""

#: A clinic whose week is not set opens never; this far ahead nobody looks.
_LOOK_AHEAD = timedelta(days=8)


def open_time(week: Week, zone: ZoneInfo, begins: datetime, ends: datetime) -> timedelta:
    """Return how much of the time between two moments the clinic was open.

    Where no week is set every minute counts: rather told too early than never.
    """
    if not week:
        return max(ends - begins, timedelta())
    stretches = _stretches(week, zone, begins, ends)
    return sum((min(closes, ends) - max(opens, begins) for opens, closes in stretches), timedelta())


def is_open(week: Week, zone: ZoneInfo, moment: datetime) -> bool:
    """Tell whether a moment lies in opening hours; always where no week is set."""
    return not week or any(True for _ in _stretches(week, zone, moment, moment + timedelta(microseconds=1)))


def next_open(week: Week, zone: ZoneInfo, moment: datetime) -> datetime | None:
    """Return the moment itself when the clinic is open then, else when it opens next; None where no week is set."""
    first = next(_stretches(week, zone, moment, moment + _LOOK_AHEAD), None)
    return max(first[0], moment) if first else None


def _stretches(week: Week, zone: ZoneInfo, begins: datetime, ends: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the open stretches that reach into the time between two moments, in order, none overlapping another."""
    day, last = begins.astimezone(zone).date(), ends.astimezone(zone).date()
    until: datetime | None = None
    while day <= last:
        for opens, closes in sorted((opens, closes) for weekday, opens, closes in week if weekday == day.weekday()):
            start = datetime.combine(day, opens, tzinfo=zone).astimezone(UTC)
            end = datetime.combine(day, closes, tzinfo=zone).astimezone(UTC)
            start = max(start, until) if until else start
            if start < end:
                until = end
                if end > begins and start < ends:
                    yield start, end
        day += timedelta(days=1)
