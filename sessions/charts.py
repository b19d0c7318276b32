"""The chart as pages show it: its words first, the drawing in both widths, and every value as a table."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from sessions.trend.chart import NARROW, WIDE, draw
from sessions.trend.model import Said, Trend, shown
from sessions.trend.words import change, headline


@dataclass(frozen=True)
class Row:
    """One day of the table: values as one reads them, a dash for what was not asked."""

    said: Said
    pain: str
    mood: str
    sleep: str
    medicine: str


@dataclass(frozen=True)
class Chart:
    """One course's chart. It is drawn once there are two answers to compare; its words stand before that."""

    trend: Trend

    @property
    def headline(self) -> tuple[str, str]:
        """The first line of the page, its strong part first."""
        return headline(self.trend)

    @property
    def change(self) -> str:
        """The change judged against the baseline, "" with nothing to judge."""
        return change(self.trend)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was measured yet."""
        return self.trend.is_empty

    @property
    def is_drawn(self) -> bool:
        """Whether there are two answers to compare."""
        return len(self.trend.said) > 1

    @property
    def both(self) -> SafeString:
        """The drawing in both widths; the style sheet shows the one that fits."""
        drawn = draw(self.trend, WIDE) + draw(self.trend, NARROW) if self.is_drawn else ""
        return mark_safe(drawn)  # noqa: S308 - drawn and escaped by us

    @property
    def narrow(self) -> SafeString:
        """The drawing for a small place."""
        return mark_safe(draw(self.trend, NARROW) if self.is_drawn else "")  # noqa: S308 - drawn and escaped by us

    @property
    def rows(self) -> list[Row]:
        """Every value behind the drawing, newest first."""
        return [
            Row(
                said,
                shown(said.pain),
                shown(said.mood),
                shown(said.sleep),
                "–" if said.medicine_days is None else f"{said.medicine_days} of 7",
            )
            for said in reversed(self.trend.said)
        ]
