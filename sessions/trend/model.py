"""What the one chart shows: what was said on which day, and the sessions between. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

#: 0 to 10 each, worse is up for all of them. In the order of the table.
SERIES = ("pain", "mood", "sleep")


@dataclass(frozen=True)
class Said:
    """One day's answers. ``pain``, ``mood`` and ``sleep`` are 0 to 10, ``medicine_days`` 0 to 7; None is not asked."""

    on: date
    source: str  # "baseline", "check-in" or "end of course"
    pain: Fraction | None = None
    mood: Fraction | None = None
    sleep: Fraction | None = None
    medicine_days: int | None = None
    medicine_change: str = ""  # "less", "about the same" or "more" than before the last session; "" not asked
    language: str = ""  # of the questions, "" when nobody kept it

    def value(self, series: str) -> Fraction | None:
        """Return the value of one of SERIES."""
        found: Fraction | None = getattr(self, series)
        return found


@dataclass(frozen=True)
class Tick:
    """One session on the axis: its number in the course, its day, whether it took place."""

    number: int
    on: date
    done: bool
    checkpoint: bool = False


@dataclass(frozen=True)
class Decision:
    """What was decided at a checkpoint: at which session, on which day, which of the four."""

    number: int
    on: date
    kind: str  # "continue", "change", "finish" or "refer"


@dataclass(frozen=True)
class Trend:
    """Answers, sessions and decisions of one course, oldest first."""

    said: tuple[Said, ...] = ()
    ticks: tuple[Tick, ...] = ()
    decisions: tuple[Decision, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.said

    @property
    def baseline(self) -> Said | None:
        """The first measured visit; change is judged against it."""
        return next((said for said in self.said if said.source == "baseline"), None)

    @property
    def language_changes(self) -> list[Said]:
        """The days on which the answers are in another language than those before: like is compared with care there."""
        kept = [said for said in self.said if said.language]
        return [now for before, now in pairwise(kept) if before.language != now.language]

    def values(self, series: str) -> list[Fraction]:
        """Return what was said to one of SERIES, oldest first."""
        return [value for said in self.said if (value := said.value(series)) is not None]

    def first_and_last(self, series: str) -> tuple[Fraction, Fraction] | None:
        """Return the baseline's and the newest value of a series; None without two of them."""
        values = self.values(series)
        return (values[0], values[-1]) if len(values) > 1 else None


def shown(value: Fraction | int | None) -> str:
    """Write a value as one reads it: whole numbers plain, others with one decimal, half up; a dash for none."""
    if value is None:
        return "–"
    tenths = int(value * 10 + Fraction(1, 2))
    return str(tenths // 10) if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}"
