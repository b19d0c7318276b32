"""What a patient said in a course, and when its sessions were: one statement, read into lines and the chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sessions.beside import beside_of
from sessions.checked_in import CheckIn, read_check_in
from sessions.measured import followed_in
from sessions.said_days import days_of, decisions_of, measured_until, spoken_in, ticks_of
from sessions.said_lines import Line, lines_of, lines_of_measures
from sessions.said_rows import facts_of, is_check_in
from sessions.trend.beside import Beside
from sessions.trend.followed import Followed
from sessions.trend.head import Spoken
from sessions.trend.model import Trend


@dataclass(frozen=True)
class Answers:
    """What a patient said. ``at`` is when the newest came, ``by`` who filled it in when it was not the patient.

    ``check_in`` is the newest check-in in words. ``trend`` is the course's chart: what somebody else filled in stays
    out of it. ``followed`` are the clinic's own measures in the same time, each with its own scale;
    ``scales`` are those in use, for the form that a number is entered with. ``rows`` and ``course`` are what all of it
    was read from, newest first, for the checkpoint.
    """

    lines: tuple[Line, ...] = ()
    at: datetime | None = None
    by: str = ""
    check_in: CheckIn | None = None
    trend: Trend = field(default_factory=Trend)
    followed: tuple[Followed, ...] = ()
    scales: tuple[Mapping[str, Any], ...] = ()
    rows: tuple[Mapping[str, Any], ...] = ()
    course: Mapping[str, Any] | None = None
    #: The course's check-ins in numbers, the newest first, two at most: for the first line of the note.
    spoken: tuple[Spoken, ...] = ()
    beside: Beside = field(default_factory=Beside)

    def since(self, last_session: datetime | None) -> Answers:
        """Return the same without a check-in from before the last session: that one was gone through then."""
        old = self.check_in is not None and last_session is not None and self.check_in.at <= last_session
        return replace(self, check_in=None) if old else self


def answers_for(patient_id: int, *, course_id: int | None = None, language: str = "en") -> Answers:
    """Return what a patient said, with the chart of a course (else the running one, else the one that ended last).

    ``language`` is the one that the clinic's own measures are named in. One statement. The caller has traced the look
    at the record.
    """
    facts = facts_of(patient_id, course_id=course_id)
    rows = [{**row, "answered_at": datetime.fromisoformat(row["answered_at"])} for row in facts["answers"]]
    newest = rows[0] if rows else {}
    followed = followed_in(
        facts["followed"], facts["course"], until=measured_until(rows, facts["course"]), language=language
    )
    said = days_of(rows, facts["course"])
    return Answers(
        lines=(*lines_of(rows), *lines_of_measures(followed, newest.get("answered_at"))),
        at=newest.get("answered_at"),
        by=newest.get("answered_by", ""),
        check_in=read_check_in(next((row for row in rows if is_check_in(row)), None)),
        trend=Trend(said=said, ticks=ticks_of(facts), decisions=decisions_of(facts["course"])),
        followed=followed,
        scales=tuple(facts["scales"]),
        rows=tuple(rows),
        course=facts["course"],
        spoken=spoken_in(rows, facts["course"]),
        beside=beside_of(facts["medicines"], facts["therapies"], since=said[0].on if said else None),
    )
