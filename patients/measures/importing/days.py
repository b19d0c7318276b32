"""Days and times as other programs write them. The order of a file is found out, never guessed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from zoneinfo import ZoneInfo

ORDERS = ("dmy", "mdy", "ymd")
NOON = time(12)

_MOMENT = re.compile(
    r"([0-9]{1,4})([-./])([0-9]{1,2})\2([0-9]{1,4})\.?"
    r"(?:[T ,]+([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2})(?:[.,][0-9]+)?)?(?: ?([AaPp])\.?[Mm]\.?)?"
    r" ?(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)


class Unread(ValueError):
    """No day can be read; its text says so in words."""


class Ambiguous(ValueError):
    """Every day of the file can be read both ways; its text asks for --dates."""


@dataclass(frozen=True)
class _Parts:
    first: int
    second: int
    third: int
    year_first: bool
    rest: tuple[str, ...]  # hour, minute, second, a or p, offset: "" where not said


def order_of(texts: Iterable[str]) -> str:
    """Return how the days of a file are written: "dmy", "mdy" or "ymd".

    A number above 12 decides; one that reads the same both ways hurts nobody. Raises Ambiguous when none decides, and
    Unread when some days say one order and some the other.
    """
    found: set[str] = set()
    open_days = 0
    year_first = 0
    for text in texts:
        try:
            parts = _parts(text)
        except Unread:
            continue
        if parts.year_first:
            year_first += 1
        elif parts.first > 12:
            found.add("dmy")
        elif parts.second > 12:
            found.add("mdy")
        elif parts.first != parts.second:
            open_days += 1
    if len(found) > 1:
        raise Unread("Some days of this file say day first, others month first. Please mend it or use --dates.")
    if found:
        return found.pop()
    if open_days:
        raise Ambiguous("Every date can be read both ways. Please say --dates dmy or --dates mdy.")
    return "ymd" if year_first else "dmy"


def read_moment(text: str, order: str, zone: ZoneInfo) -> datetime:
    """Return the moment that ``text`` says in the clinic's ``zone``, noon of a day without a time.

    A day that begins with a year of four digits reads as such in each order. Raises Unread in words.
    """
    parts = _parts(text)
    day = _day(parts, order)
    hour, minute, second, half, offset = parts.rest
    if not hour:
        return datetime.combine(day, NOON, tzinfo=zone)
    try:
        clock = time(_hour(int(hour), half.lower()), int(minute), int(second or 0))
    except ValueError:
        raise Unread("This is no time of the day.") from None
    if offset:
        return datetime.combine(day, clock, tzinfo=_offset(offset))
    moment = datetime.combine(day, clock, tzinfo=zone)
    if moment.astimezone(ZoneInfo("UTC")).astimezone(zone).replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise Unread("The clocks were put forward: this time was not on that day.")
    return moment


def read_day(text: str, order: str) -> date:
    """Return the day that ``text`` says. Raises Unread in words."""
    return _day(_parts(text), order)


def _parts(text: str) -> _Parts:
    found = _MOMENT.fullmatch(text)
    if not found:
        raise Unread("This is no date such as 2026-11-05 or 5.11.2026 14:30.")
    first, _, second, third = found.groups()[:4]
    rest = tuple(part or "" for part in found.groups()[4:])
    year_first = len(first) == 4
    if len(second) > 2 or (year_first and len(third) > 2):
        raise Unread("This is no date such as 2026-11-05 or 5.11.2026 14:30.")
    if not year_first and (len(third) != 4 or len(first) > 2):
        raise Unread("Please write the year with four digits.")
    return _Parts(int(first), int(second), int(third), year_first, rest)


def _day(parts: _Parts, order: str) -> date:
    if parts.year_first:
        year, month, day = parts.first, parts.second, parts.third
    elif order == "ymd":
        raise Unread("The year stands first in this file, and here it does not.")
    else:
        year = parts.third
        month, day = (parts.second, parts.first) if order == "dmy" else (parts.first, parts.second)
    try:
        return date(year, month, day)
    except ValueError:
        raise Unread("There is no such day.") from None


def _hour(hour: int, half: str) -> int:
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half == "p" else 0)


def _offset(text: str) -> tzinfo:
    plain = "+00:00" if text == "Z" else text if ":" in text else f"{text[:3]}:{text[3:]}"
    zone = datetime.fromisoformat(f"2000-01-01T00:00:00{plain}").tzinfo
    assert zone is not None
    return zone
