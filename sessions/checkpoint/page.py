"""A checkpoint and a course as pages show them, made from what was asked for the chart: no statement of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import pairwise
from typing import Any

from django.utils import timezone

from clinic.kernel import clinic_words
from sessions.checkpoint import reading
from sessions.checkpoint.forms import DecisionForm
from sessions.checkpoint.judging import Line
from sessions.courses.due import is_due, next_words
from sessions.courses.models import Checkpoint, Course
from sessions.trends import Answers

_DECISIONS = {choice.value: str(choice.label) for choice in Checkpoint.Decision}
_REASONS = {choice.value: str(choice.label) for choice in Course.EndReason}


@dataclass(frozen=True)
class Decided:
    """A decision on the record: what, why, by whom, when, on which figures."""

    what: str
    why: str
    by: str
    at: datetime
    session_number: int
    figures: tuple[Line, ...]

    @property
    def in_a_line(self) -> str:
        """All of it in one line: "Continue, 4 more sessions: pain is down by three. (Dr. Chen, Mon 16 Nov 2026)"."""
        return f"{self.what}: {self.why} ({self.by}, {clinic_words.day_year(self.at)})"

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Decided:
        """Return the decision of a row as ``sessions.courses.decided`` brings it; without figures it has none."""
        more = row["more_sessions"]
        parts = [_DECISIONS.get(row["decision"], row["decision"])]
        if more:
            parts.append(f"{more} more session{'' if more == 1 else 's'}")
        if row["end_reason"]:
            parts.append(_REASONS.get(row["end_reason"], row["end_reason"]))
        return cls(
            what=", ".join(parts),
            why=row["why"],
            by=row["by"],
            at=datetime.fromisoformat(row["at"]),
            session_number=row["session_number"],
            figures=tuple(Line(**line) for line in row.get("figures", ())),
        )


@dataclass(frozen=True)
class CheckpointPage:
    """The checkpoint of a course at session ``number``. ``back`` names the page that the decision leads back to."""

    answers: Answers
    course: Mapping[str, Any]
    number: int
    today: date
    back: str = ""
    typed: DecisionForm | None = None

    @cached_property
    def decided(self) -> tuple[Decided, ...]:
        """Every decision of the course, the newest first."""
        return tuple(Decided.of(row) for row in self.course["decided"])

    @property
    def is_open(self) -> bool:
        """Whether a decision is due at this session."""
        if self.course["state"] != Course.State.ACTIVE:
            return False
        return is_due(
            number=self.number, checkpoint_session=self.course["checkpoint_session"], last=self._last, on=self.today
        )

    @property
    def today_decided(self) -> Decided | None:
        """What was decided at this session."""
        newest = self.decided[0] if self.decided else None
        return newest if newest and (newest.session_number == self.number or self._last == self.today) else None

    @property
    def next_words(self) -> str:
        """When the next one comes."""
        return next_words(checkpoint_session=self.course["checkpoint_session"], last=self._last)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The change since the baseline."""
        return reading.lines_of(self.answers)

    @cached_property
    def left_out(self) -> int:
        """How many questionnaires somebody else answered."""
        return reading.left_out(self.answers)

    @cached_property
    def form(self) -> DecisionForm:
        """The decision, as it was typed when it was not right."""
        return self.typed or DecisionForm(initial={"back": self.back}, auto_id="id_checkpoint_%s")

    @property
    def _last(self) -> date | None:
        return timezone.localdate(self.decided[0].at) if self.decided else None


def checkpoint_of(
    answers: Answers, *, number: int | None, today: date, back: str = "", course_id: int | None = None
) -> CheckpointPage | None:
    """Return the checkpoint of the course that ``answers`` are of; None without a course, or with another one's."""
    course = answers.course
    if course is None or not number or (course_id is not None and course["id"] != course_id):
        return None
    return CheckpointPage(answers, course, number, today, back)


@dataclass(frozen=True)
class CoursePage:
    """A course in figures: sessions kept of those planned, the longest gap, whether the next one is booked."""

    course: Course
    answers: Answers
    today: date

    @cached_property
    def held(self) -> list[date]:
        """The days of its sessions."""
        return sorted(tick.on for tick in self.answers.trend.ticks if tick.done)

    @property
    def dates(self) -> dict[int, str]:
        """The days of its sessions by number, for the words under its line."""
        return {tick.number: f"{tick.on:%-d %b}" for tick in self.answers.trend.ticks if tick.done}

    @property
    def longest_gap(self) -> str:
        """The longest time between two sessions, until today while it runs: "12 days, 3 Oct to 15 Oct"; "" for none."""
        days = [*self.held, self.today] if self.held and self.is_running and not self.next_on else self.held
        gaps = [((after - before).days, before, after) for before, after in pairwise(days)]
        longest, begin, end = max(gaps, default=(0, self.today, self.today))
        if not longest:
            return ""
        until = "today" if end == self.today else f"{end:%-d %b}"
        return f"{longest} day{'' if longest == 1 else 's'}, {begin:%-d %b} to {until}"

    @property
    def next_on(self) -> date | None:
        """The day of the next booked visit."""
        ahead = [tick.on for tick in self.answers.trend.ticks if not tick.done and tick.on >= self.today]
        return min(ahead, default=None)

    @property
    def is_running(self) -> bool:
        """Whether the course has not ended."""
        return self.course.state == Course.State.ACTIVE

    @property
    def next_is_missing(self) -> bool:
        """Whether sessions are left and none of them is booked."""
        return self.is_running and self.next_on is None and self.course.sessions_done < self.course.planned_sessions
