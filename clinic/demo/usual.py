"""How the practitioners of the invented clinics needle by default: their box, their habit, their weekly courses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sessions.details import Details, Needle
from sessions.habits.services import Bought

BOUGHT = Bought(
    maker="Acme", product="", diameter_mm=Decimal("0.25"), length_mm=40, material="stainless_steel", coating="silicone"
)
HABIT = Details(
    style="traditional_chinese", position="supine", depth="10 to 20 mm", sought="de_qi", manipulation="even",
    stimulation="manual",
)  # fmt: skip
MINUTES = 25
#: A code of Course.Frequency: what the plan of a course says.
HOW_OFTEN = "weekly"


def begin_of_half(day: date) -> date:
    """The first day of the half-year: then a new box is opened."""
    return date(day.year, 1 if day.month <= 6 else 7, 1)


def halves(first: date, last: date) -> Iterator[date]:
    """The half-years from that of one day to that of another, by their first days."""
    begin = begin_of_half(first)
    while begin <= last:
        yield begin
        begin = date(begin.year, 7, 1) if begin.month == 1 else date(begin.year + 1, 1, 1)


def box_of(day: date) -> tuple[str, date]:
    """Lot and use-by day of the box that is open on a day."""
    return f"A{day.year}{1 if day.month <= 6 else 2}", date(day.year + 3, 12, 31)


@cache
def details_on(day: date, *, current: bool = False) -> dict[str, Any]:
    """What a note of that day says: the habit, the needle of the box, and that ``current`` flows (sessions.details)."""
    lot, expires_on = box_of(day)
    needle = Needle(
        maker=BOUGHT.maker, product=BOUGHT.product, diameter_mm=str(BOUGHT.diameter_mm),
        length_mm=str(BOUGHT.length_mm), material=BOUGHT.material, coating=BOUGHT.coating, lot=lot,
        expires_on=expires_on.isoformat(),
    )  # fmt: skip
    stimulation = "electrical" if current else HABIT.stimulation
    return replace(HABIT, needle=needle, stimulation=stimulation).as_json()
