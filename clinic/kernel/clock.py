"""The one clock. Nothing else in the project asks the machine for the time."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings


def now() -> datetime:
    """Return the moment, in UTC.

    With DEBUG on or under test, the seconds that stand in the file ``DEQI_CLOCK_FILE`` are added, so that web,
    worker and beat move together. An unreadable or empty file counts as no offset.
    """
    return datetime.now(UTC) + _offset()


def today(zone: str) -> date:
    """Return the calendar day in the IANA zone ``zone``, for example ``Europe/Berlin``."""
    return now().astimezone(ZoneInfo(zone)).date()


def _offset() -> timedelta:
    path = os.environ.get("DEQI_CLOCK_FILE")
    if not path or not (settings.DEBUG or getattr(settings, "TESTING", False)):
        return timedelta()
    try:
        return timedelta(seconds=float(Path(path).read_text(encoding="utf-8").strip() or 0))
    except (OSError, ValueError, OverflowError):
        return timedelta()
