"""The chart as pages show it: its words first, the drawing in both widths, and every value as a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.utils.safestring import SafeString, mark_safe

from sessions.trend import measure_chart
from sessions.trend.beside import Beside
from sessions.trend.chart import NARROW, WIDE, draw
from sessions.trend.followed import Followed, Measured, exact
from sessions.trend.labels import ENGLISH
from sessions.trend.model import Decision, Said, Tick, Trend, shown
from sessions.trend.parts import Frame
from sessions.trend.words import change, headline


@dataclass(frozen=True)
class Row:
    """One day of the table: values as one reads them, a dash for what was not asked; or what was ``decided`` on it."""

    on: date
    source: str
    pain: str = ""
    mood: str = ""
    sleep: str = ""
    medicine: str = ""
    language: str = ""
    decided: str = ""


@dataclass(frozen=True)
class Chart:
    """One course's chart. It is drawn once there are two answers to compare; its words stand before that."""

    trend: Trend
    followed: tuple[Followed, ...] = ()
    beside: Beside = field(default_factory=Beside)

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
        drawn = "".join(draw(self.trend, frame, self.beside) for frame in (WIDE, NARROW)) if self.is_drawn else ""
        return mark_safe(drawn)  # noqa: S308 - drawn and escaped by us

    @property
    def narrow(self) -> SafeString:
        """The drawing for a small place."""
        return mark_safe(draw(self.trend, NARROW, self.beside) if self.is_drawn else "")  # noqa: S308 - drawn and escaped by us

    @property
    def rows(self) -> list[Row]:
        """Every value behind the drawing and every decision, newest first; ``language`` is said where it changed."""
        changed = self.trend.language_changes
        rows = [_row(said, changed=said in changed) for said in self.trend.said]
        return sorted([*rows, *map(_row_of, self.trend.decisions)], key=lambda row: row.on)[::-1]

    @property
    def measures(self) -> list[MeasureChart]:
        """The clinic's own measures below it, on the same axis of time."""
        trend = self.trend
        days = [said.on for said in trend.said] + [tick.on for tick in trend.ticks]
        days += [decision.on for decision in trend.decisions]
        span = (min(days), max(days)) if self.is_drawn else ()
        return [MeasureChart(followed, trend.ticks, span) for followed in self.followed]


def _row(said: Said, *, changed: bool) -> Row:
    language = ENGLISH.languages.get(said.language, "") if changed else ""
    values = (shown(said.pain), shown(said.mood), shown(said.sleep), _medicine(said))
    return Row(said.on, said.source, *values, language=language)


def _row_of(decision: Decision) -> Row:
    words = ENGLISH.decisions.get(decision.kind, decision.kind)
    return Row(decision.on, "checkpoint", decided=f"Decided at session {decision.number}: {words}")


def _medicine(said: Said) -> str:
    if said.medicine_days is None:
        return "–"
    return ", ".join(part for part in (f"{said.medicine_days} of 7", said.medicine_change) if part)


@dataclass(frozen=True)
class MeasureRow:
    """One value of the table: the number, its scale, where it came from."""

    measured: Measured
    value: str


@dataclass(frozen=True)
class MeasureChart:
    """One measure of the clinic's own: words, drawing, table."""

    followed: Followed
    ticks: tuple[Tick, ...]
    span: tuple[date, ...]

    @property
    def both(self) -> SafeString:
        """The drawing in both widths; the style sheet shows the one that fits."""
        return mark_safe(self._drawn(measure_chart.WIDE) + self._drawn(measure_chart.NARROW))  # noqa: S308 - as above

    @property
    def narrow(self) -> SafeString:
        """The drawing for a small place."""
        return mark_safe(self._drawn(measure_chart.NARROW))  # noqa: S308 - drawn and escaped by us

    @property
    def rows(self) -> list[MeasureRow]:
        """Every value behind the drawing, newest first."""
        return [MeasureRow(measured, exact(measured.value)) for measured in reversed(self.followed.values)]

    def _drawn(self, frame: Frame) -> str:
        return measure_chart.draw_measure(self.followed, frame, ticks=self.ticks, days=self.span)
