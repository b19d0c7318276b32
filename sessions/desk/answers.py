"""What the patient said of pain, function, mood and sleep: newest beside the one before, and the line of the chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.utils import timezone

from patients.intake.instruments import catalogue
from sessions.trend.model import Said, Tick, Trend, shown

#: (questionnaire, output) -> what it is called on the page, and its highest value. In the order of the page.
LINES = {
    ("checkin", "pain"): ("Pain", 10),
    ("checkin", "interference"): ("Held back", 10),
    ("checkin", "mood"): ("Low mood", 10),
    ("checkin", "sleep"): ("Poor sleep", 10),
    ("checkin", "analgesic_days"): ("Painkiller", 7),
    ("peg", "score"): ("Pain and daily life", 10),
    ("phq-4", "total"): ("Mood and worry", 12),
}
_MEANS = {("peg", "score")}


@dataclass(frozen=True)
class Line:
    """One number: what it is called, its value, the one before ("" when there is none), its band, which way it went."""

    name: str
    value: str
    before: str
    most: int
    band: str
    way: str


@dataclass(frozen=True)
class Answers:
    """All answers of a patient. ``at`` is when the newest came, ``by`` who filled it in when it was not the patient."""

    lines: tuple[Line, ...]
    at: datetime | None
    by: str
    said: tuple[Said, ...]


def read(rows: Sequence[Mapping[str, Any]]) -> Answers:
    """Read the answers as ``answers_of`` gives them, newest first."""
    newest: dict[tuple[str, str], list[tuple[Fraction, str]]] = {}
    for row in rows:
        for key, value in _values(row).items():
            newest.setdefault(key, []).append((value, row["severity"]))
    return Answers(
        lines=tuple(_line(key, newest[key]) for key in LINES if key in newest),
        at=rows[0]["answered_at"] if rows else None,
        by=rows[0]["answered_by"] if rows else "",
        said=tuple(_said(rows)),
    )


def _values(row: Mapping[str, Any]) -> dict[tuple[str, str], Fraction]:
    """Output by output, as exact fractions: a mean keeps its sum and its count."""
    found = {}
    for score in row["numbers"]:
        key = (row["instrument"], score["output"])
        if score["total"] is not None and score["count"]:
            found[key] = Fraction(score["total"], score["count"] if key in _MEANS else 1)
    return found


def _line(key: tuple[str, str], values: Sequence[tuple[Fraction, str]]) -> Line:
    name, most = LINES[key]
    value, severity = values[0]
    before = values[1][0] if len(values) > 1 else None
    way = "" if before is None or before == value else ("worse" if value > before else "better")
    return Line(name, shown(value), "" if before is None else shown(before), most, _band(key, severity), way)


def _band(key: tuple[str, str], severity: str) -> str:
    instrument = catalogue.get(key[0])
    if not severity or key[1] != instrument.band_output:
        return ""
    return instrument.band(severity).text.lower()


def _said(rows: Iterable[Mapping[str, Any]]) -> Iterable[Said]:
    """The days of the chart, oldest first; the first answers of a form of intake are the baseline.

    What somebody else filled in stays out of baseline and chart.
    """
    for row in reversed([row for row in rows if row["instrument"] == "checkin" and not row["answered_by"]]):
        values = {key[1]: value for key, value in _values(row).items()}
        medicine = values.get("analgesic_days")
        yield Said(
            on=timezone.localdate(row["answered_at"]),
            source="baseline" if row["form"] == "intake" else "check-in",
            pain=values.get("pain"),
            mood=values.get("mood"),
            sleep=values.get("sleep"),
            medicine_days=int(medicine) if medicine is not None else None,
        )


def trend(answers: Answers, sessions: Iterable[tuple[int, datetime]], checkpoint: int | None) -> Trend:
    """The chart of a course: what was said, and (number, start) of its sessions."""
    ticks = sorted(
        (
            Tick(number, timezone.localdate(started), done=True, checkpoint=number == checkpoint)
            for number, started in sessions
        ),
        key=lambda tick: tick.on,
    )
    return Trend(said=answers.said, ticks=tuple(ticks))
