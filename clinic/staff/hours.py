"""Opening hours as people write them: "9-13, 14:30-18", "9am to 5pm", "closed". Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import time
from itertools import pairwise

Stretch = tuple[time, time]

MOST = 6
"""Stretches of one day; more is a slip of the keyboard."""

_CLOSED = frozenset({"", "-", "–", "closed", "none", "free", "off", "no"})
_BETWEEN = re.compile(r"\s*(?:-|–|—|\bto\b|\buntil\b|\btill\b)\s*")
_TIME = re.compile(r"([0-9]{1,2})(?:[:.h]?([0-9]{2}))?\s*(am|pm|a\.m\.|p\.m\.)?")


class Unread(ValueError):
    """A day that cannot be read; the text is a sentence that says what to mend."""


def read_day(text: str) -> list[Stretch]:
    """Return the stretches of one day in order; [] when it is closed. Raises Unread."""
    plain = text.strip().lower()
    if plain in _CLOSED:
        return []
    parts = [part for part in re.split(r"[,;/&+]|\band\b", plain) if part.strip()]
    if len(parts) > MOST:
        raise Unread(f"A day has at most {MOST} stretches here.")
    stretches = sorted(_read_stretch(part.strip()) for part in parts)
    for (_, closes), (opens, _) in pairwise(stretches):
        if opens < closes:
            raise Unread(
                f"Two stretches overlap: one ends at {say_time(closes)}, the next begins at {say_time(opens)}."
            )
    return stretches


def _read_stretch(text: str) -> Stretch:
    ends = _BETWEEN.split(text)
    if len(ends) != 2 or not all(ends):
        raise Unread(f"“{text[:40]}” cannot be read. Please write a stretch like 9:00–13:00.")
    (opens, first_half), (closes, last_half) = _read_time(ends[0]), _read_time(ends[1])
    # "1-5pm" means the afternoon for both, "9-5pm" does not.
    if last_half == "p" and not first_half and opens.hour < 12 and _later(opens) < closes:
        opens = _later(opens)
    if opens >= closes:
        meant = f" Do you mean {say_time(opens)}–{say_time(_later(closes))}?" if _could_be_later(opens, closes) else ""
        raise Unread(f"{say_time(opens)}–{say_time(closes)} ends before it begins.{meant}")
    return opens, closes


def _read_time(text: str) -> tuple[time, str]:
    """Return a time and "a", "p" or "" for the half of the day that was written. Raises Unread."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise Unread(f"“{text[:40]}” is no time. Please write it like 9:00 or 17:30.")
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "")[:1]
    if half and not 1 <= hour <= 12:
        raise Unread(f"“{text[:40]}” is no time: with am or pm the hour goes from 1 to 12.")
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59:
        raise Unread(f"“{text[:40]}” is no time. The day goes from 0:00 to 23:59.")
    return time(hour, minute), half


def _later(moment: time) -> time:
    return time((moment.hour + 12) % 24, moment.minute)


def _could_be_later(opens: time, closes: time) -> bool:
    return closes.hour < 12 and opens < _later(closes)


def say_time(moment: time) -> str:
    """Say a time as 9:00 or 17:30."""
    return f"{moment.hour}:{moment.minute:02d}"


def say_day(stretches: Iterable[Stretch]) -> str:
    """Say a day so that ``read_day`` reads the same: "9:00–13:00, 14:00–18:00"; "" when it is closed."""
    return ", ".join(f"{say_time(opens)}–{say_time(closes)}" for opens, closes in sorted(stretches))
