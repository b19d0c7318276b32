"""What was said before today as lines: each number beside the one before it, with its band and which way it went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.utils import timezone

from patients.intake.instruments import catalogue
from sessions.said_rows import values_of
from sessions.trend.followed import Followed, exact
from sessions.trend.model import shown

#: (questionnaire, output) -> what it is called on the page, and its highest value. In the order of the page.
LINES = {
    ("checkin", "pain"): ("Pain", 10),
    ("checkin", "interference"): ("Held back", 10),
    ("checkin", "mood"): ("Low mood", 10),
    ("checkin", "sleep"): ("Poor sleep", 10),
    ("checkin", "analgesic_days"): ("Painkiller", 7),
    ("main-concern", "goal_score"): ("How hard the goal is", 10),
    ("peg", "score"): ("Pain and daily life", 10),
    ("phq-4", "total"): ("Mood and worry", 12),
}


@dataclass(frozen=True)
class Line:
    """One number: what it is called, its value, the one before ("" when there is none), its band, which way it went.

    ``on`` is its day when that is not the day of the newest answers.
    """

    name: str
    value: str
    before: str
    most: int | str
    band: str
    way: str
    on: date | None = None


def lines_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Line, ...]:
    """Return a line for each number of the questionnaires, in the order of the page."""
    given: dict[tuple[str, str], list[tuple[Fraction, Mapping[str, Any]]]] = {}
    for row in rows:
        for key, value in values_of(row).items():
            given.setdefault(key, []).append((value, row))
    newest = timezone.localdate(rows[0]["answered_at"]) if rows else None
    return tuple(_line(key, given[key], newest) for key in LINES if key in given)


def _line(key: tuple[str, str], values: Sequence[tuple[Fraction, Mapping[str, Any]]], newest: date | None) -> Line:
    name, most = LINES[key]
    value, row = values[0]
    # What somebody else filled in is compared with nothing.
    own = [] if row["answered_by"] else [was for was, by in values[1:] if not by["answered_by"]]
    before = own[0] if own else None
    way = "" if before is None or before == value else ("worse" if value > before else "better")
    day = timezone.localdate(row["answered_at"])
    return Line(
        name, shown(value), "" if before is None else shown(before), most, _band(key, row["severity"]), way,
        on=None if day == newest else day,
    )  # fmt: skip


def lines_of_measures(followed: Sequence[Followed], newest: datetime | None) -> list[Line]:
    """Return the newest number of each measure, as the questionnaires' numbers are shown."""
    day = timezone.localdate(newest) if newest else None
    lines = []
    for one in followed:
        last = one.line[-1] if one.line else one.values[-1]
        before = one.line[-2].value if len(one.line) > 1 else None
        higher_is_worse = last.scale.worse == "up"
        way = ""
        if before is not None and before != last.value:
            way = "worse" if (last.value > before) == higher_is_worse else "better"
        most = f"{exact(last.scale.highest)} {last.scale.unit}".strip()
        lines.append(
            Line(
                one.name, exact(last.value), "" if before is None else exact(before), most, "", way,
                on=None if last.on == day else last.on,
            )
        )  # fmt: skip
    return lines


def _band(key: tuple[str, str], severity: str) -> str:
    instrument = catalogue.get(key[0])
    if not severity or key[1] != instrument.band_output:
        return ""
    return instrument.band(severity).text.lower()
