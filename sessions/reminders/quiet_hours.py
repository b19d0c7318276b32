"""When a mail that nobody asked for may leave: from 8:00 until 20:00 of the clinic's own day. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sessions.appointments.walltime import nearest_moment

OPENS, CLOSES = time(8), time(20)


def is_quiet(moment: datetime, zone: ZoneInfo) -> bool:
    """Tell whether a moment lies in the clinic's quiet hours."""
    return not OPENS <= moment.astimezone(zone).time() < CLOSES


def next_allowed(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment itself when a mail may leave then, else the next 8:00."""
    if not is_quiet(moment, zone):
        return moment
    local = moment.astimezone(zone)
    day = local.date() if local.time() < OPENS else local.date() + timedelta(days=1)
    return nearest_moment(day, OPENS, zone)


def quiet_since(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return when the quiet hours began in which a moment lies."""
    local = moment.astimezone(zone)
    day = local.date() if local.time() >= CLOSES else local.date() - timedelta(days=1)
    return nearest_moment(day, CLOSES, zone)


def last_moment(day_of: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return 20:00 so many days after a moment's day."""
    return nearest_moment(day_of.astimezone(zone).date() + timedelta(days=days), CLOSES, zone)
