"""What goes on beside the treatment: medicines that change, other therapies. For staff, on the axis of the chart. Pure.

It is drawn for practitioners alone: its words are theirs, and those that the patient wrote down.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sessions.trend.parts import LETTER, Frame, TimeAxis, n, text

#: Changes beyond these are a list, not a drawing; the newest are drawn, the table holds all.
MOST_CHANGES = 8
MOST_BANDS = 3
_ROW = 24  # from one band to the next
_LONGEST, _NARROW = 34, 16
_FIRST_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True)
class Taken:
    """A medicine on record: its words, the day it was written down, the day it was stopped (None: still taken)."""

    words: str
    on: date
    until: date | None = None


@dataclass(frozen=True)
class Change:
    """A medicine that changed on a day, in words: "Amitriptyline 10 mg, was 25 mg"."""

    on: date
    words: str


@dataclass(frozen=True)
class Band:
    """Another therapy: what it is, its first and last day as far as they are known, and how that was said."""

    words: str
    first: date | None
    last: date | None
    said: str = ""


@dataclass(frozen=True)
class Beside:
    """All of it for one chart, changes oldest first."""

    changes: tuple[Change, ...] = ()
    bands: tuple[Band, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing goes on beside."""
        return not (self.changes or self.bands)


def changes_of(medicines: Iterable[Taken], since: date) -> tuple[Change, ...]:
    """Return what changed after the day ``since`` on which the list of medicines was first told, oldest first.

    One stopped and one begun on a day with the same first word is one change: "X 10 mg, was X 25 mg".
    """
    listed = list(medicines)
    begun = [one for one in listed if one.on > since]
    stopped = [one for one in listed if one.until is not None and one.until > since]
    found = []
    for one in stopped:
        next_of = next((new for new in begun if new.on == one.until and _name(new.words) == _name(one.words)), None)
        if next_of is not None:
            begun.remove(next_of)
            found.append(Change(next_of.on, f"{next_of.words}, was {one.words}"))
        elif one.until is not None:
            found.append(Change(one.until, f"{one.words} stopped"))
    found += [Change(one.on, f"{one.words} new") for one in begun]
    return tuple(sorted(found, key=lambda change: (change.on, change.words)))


def band_of(words: str, started: str, stopped: str) -> Band:
    """Return a therapy of "2025-03" or "2025" as a band; "" is not known, or goes on. A year lasts to its end."""
    said = " ".join(
        part for part in (f"since {started}" if started else "", f"until {stopped}" if stopped else "") if part
    )
    return Band(words, _first_day(started), _last_day(stopped), said)


def draw_beside(beside: Beside, frame: Frame, x: TimeAxis, last: date) -> tuple[list[str], int]:
    """Return the parts of the drawing and how far it reaches above the frame; ``last`` is the day the axis ends."""
    bands = [band for band in beside.bands if _shows(band, x.first, last)][:MOST_BANDS]
    parts = []
    for index, band in enumerate(bands):
        top = 4 - index * _ROW
        begins = x(max(band.first or x.first, x.first))
        ends = max(x(min(band.last or last, last)), begins + 6)
        parts.append(f'<rect class="therapy" x="{n(begins)}" y="{top}" width="{n(ends - begins)}" height="20" rx="4"/>')
        words = _short(band.words, wide=frame.wide)
        at_the_end = begins + LETTER * len(words) > frame.right
        parts.append(text(ends - 8 if at_the_end else begins + 8, top + 14.5, words, css="therapy-word",
                          anchor="end" if at_the_end else ""))  # fmt: skip
    parts += _changes(beside.changes, frame, x, last)
    return parts, max(len(bands) - 1, 0) * _ROW


def _changes(changes: Sequence[Change], frame: Frame, x: TimeAxis, last: date) -> list[str]:
    inside = [change for change in changes if x.first <= change.on <= last][-MOST_CHANGES:]
    parts, free_from = [], 0.0
    for change in inside:
        at = x(change.on)
        parts.append(f'<path class="event" d="M{n(at)} 30V{frame.floor}" stroke-dasharray="1 3"/>')
        words = _short(change.words)
        room = at + 6 + LETTER * len(words)
        if not frame.wide or at < free_from:
            continue  # the words stand in the list below
        before = room > frame.right and at - 6 - LETTER * len(words) > free_from
        if room <= frame.right or before:
            parts.append(text(at - 6 if before else at + 6, frame.top - 4, words, anchor="end" if before else ""))
            free_from = at if before else room
    return parts


def _shows(band: Band, first: date, last: date) -> bool:
    return (band.first is None or band.first <= last) and (band.last is None or band.last >= first)


def _short(words: str, *, wide: bool = True) -> str:
    longest = _LONGEST if wide else _NARROW
    return words if len(words) <= longest else f"{words[: longest - 1].rstrip()}…"


def _name(words: str) -> str:
    found = _FIRST_WORD.search(words)
    return found[0].casefold() if found else words.casefold()


def _first_day(month: str) -> date | None:
    if not month:
        return None
    return date(int(month[:4]), int(month[5:7]) if len(month) > 4 else 1, 1)


def _last_day(month: str) -> date | None:
    if not month:
        return None
    year, in_year = int(month[:4]), int(month[5:7]) if len(month) > 4 else 12
    return date(year, in_year, calendar.monthrange(year, in_year)[1])
