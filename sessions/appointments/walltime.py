"""From the clinic's wall clock to moments and back, right through both clock changes. Pure; no Django."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sessions.appointments.lanes import STEP, Stretch


class NoSuchTime(ValueError):
    """The clocks jump over this time on that day; the text is a sentence for people."""


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the moment of a wall-clock time. A time that comes twice (clocks go back) is its first.

    Raises NoSuchTime for one that the clocks jump over.
    """
    local = datetime.combine(day, at, tzinfo=zone)
    instant = local.astimezone(UTC)
    back = instant.astimezone(zone)
    if back.replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchTime(
            f"The clocks go forward that day: there is no {at.hour}:{at.minute:02d}. "
            f"Please take {back.hour}:{back.minute:02d} or later."
        )
    return instant


def nearest_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the moment of a wall-clock time; one that the clocks jump over is as long after the jump."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def day_bounds(day: date, zone: ZoneInfo) -> Stretch:
    """Return the moments at which a calendar day of the zone begins and ends; it may have 23 or 25 hours."""
    return nearest_moment(day, time(), zone), nearest_moment(day + timedelta(days=1), time(), zone)


def openings(day: date, hours: Iterable[tuple[time, time]], zone: ZoneInfo) -> list[Stretch]:
    """Return the opening stretches of one day as moments, those that touch joined, empty ones left out."""
    found: list[Stretch] = []
    for opens, closes in sorted(hours):
        stretch = (nearest_moment(day, opens, zone), nearest_moment(day, closes, zone))
        if found and stretch[0] <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], stretch[1]))
        elif stretch[0] < stretch[1]:
            found.append(stretch)
    return found


def hours_before(instant: datetime, hours: int, zone: ZoneInfo) -> datetime:
    """Return the clock's reading so many hours before, as people count: the same time on the day before for 24."""
    return (instant.astimezone(zone).replace(tzinfo=None) - timedelta(hours=hours)).replace(tzinfo=zone)


def on_the_grid(instant: datetime, zone: ZoneInfo) -> bool:
    """Tell whether a moment lies on the five-minute grid of the wall clock."""
    local = instant.astimezone(zone)
    return local.minute % STEP == 0 and local.second == 0 and local.microsecond == 0
