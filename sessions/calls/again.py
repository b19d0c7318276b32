"""When a call that nobody answered is tried again. Pure: a moment in, a moment out."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sessions.appointments.walltime import nearest_moment

#: Nobody is called before nine, and nobody is asked to call after seven.
MORNING, EVENING = time(9), time(19)
HOUR, THREE_HOURS, TOMORROW = "hour", "three-hours", "tomorrow"
_HOURS = {HOUR: 1, THREE_HOURS: 3}


def offered(now: datetime, zone: ZoneInfo) -> list[tuple[str, datetime]]:
    """Return the moments to choose from, the next one first; each only once."""
    found: dict[datetime, str] = {}
    for code in (HOUR, THREE_HOURS, TOMORROW):
        found.setdefault(moment_of(code, now, zone), code)
    return [(code, moment) for moment, code in found.items()]


def moment_of(code: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Return when to try again: so many hours from now on the next ten minutes, else tomorrow at nine.

    ``code`` is HOUR, THREE_HOURS or TOMORROW. What would fall behind the evening falls on tomorrow morning.
    """
    tomorrow = nearest_moment(now.astimezone(zone).date() + timedelta(days=1), MORNING, zone)
    if code not in _HOURS:
        return tomorrow
    exact = now + timedelta(hours=_HOURS[code])
    rounded = exact + timedelta(seconds=-exact.timestamp() % 600)
    local = rounded.astimezone(zone)
    today = local.date() == now.astimezone(zone).date()
    if not today or local.time() > EVENING:
        return tomorrow
    return max(rounded, nearest_moment(local.date(), MORNING, zone))
