"""The chart of a course in data: its days with what was said, its sessions, its decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from sessions.checked_in import medicine_change
from sessions.measured import BASELINE_COUNTS
from sessions.said_rows import values_of
from sessions.trend.head import Spoken
from sessions.trend.model import Decision, Said, Tick

#: An intake that was answered so long before its course was opened still is the baseline.
INTAKE_COUNTS = BASELINE_COUNTS
COURSE_END = "course-end"
_SOURCES = {"intake": "baseline", COURSE_END: "end of course"}


def days_of(rows: Sequence[Mapping[str, Any]], course: Mapping[str, Any] | None) -> tuple[Said, ...]:
    """Return the days of the course's chart, oldest first. Its first measured visit is the baseline, and is called so.

    Pain is the same question at intake and at each check-in (the PEG's first item is the check-in's), so that like is
    compared with like; the PEG's mean of three questions stands beside it as a line of its own.
    """
    own = [row for row in reversed(rows) if row["instrument"] == "checkin" and not row["answered_by"]]
    if course is not None:
        own = within(own, course)
    days = [_day(row) for row in own]
    if days and all(said.source != "baseline" for said in days):
        days[0] = replace(days[0], source="baseline")
    return tuple(days)


def within(rows: Sequence[Mapping[str, Any]], course: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return those of ``rows`` (oldest first) that are of a course; an intake from shortly before it is its baseline.

    What was asked about its end counts, whenever it was answered.
    """
    opened, until = datetime.fromisoformat(course["opened_at"]), course["ended_at"]
    ended = datetime.fromisoformat(until) if until else None
    inside = [
        row
        for row in rows
        if row["answered_at"] >= opened and (ended is None or row["answered_at"] <= ended or is_end(row, course))
    ]
    if any(row["form"] == "intake" for row in inside):
        return inside
    intake = [row for row in rows if row["form"] == "intake" and opened - INTAKE_COUNTS <= row["answered_at"] < opened]
    newest = intake[-1]["answered_at"] if intake else None
    return [*(row for row in intake if row["answered_at"] == newest), *inside]


def is_end(row: Mapping[str, Any], course: Mapping[str, Any]) -> bool:
    """Tell whether an answer was given to the questions at the end of this course."""
    return bool(row["form"] == COURSE_END and row["course"] == course["id"])


def measured_until(rows: Sequence[Mapping[str, Any]], course: Mapping[str, Any] | None) -> str | None:
    """Return until when measured numbers are of the course, as the rows of the statement write it; None while it runs.

    The clinic's own measures are asked with the end of a course, too.
    """
    if course is None or not course["ended_at"]:
        return None
    told: list[str] = [row["answered_at"].isoformat() for row in rows if is_end(row, course)]
    return max([str(course["ended_at"]), *told], key=datetime.fromisoformat)


def _day(row: Mapping[str, Any]) -> Said:
    values = {output: value for (_, output), value in values_of(row).items()}
    medicine = values.get("analgesic_days")
    return Said(
        on=timezone.localdate(row["answered_at"]),
        source=_SOURCES.get(row["form"], "check-in"),
        pain=values.get("pain"),
        mood=values.get("mood"),
        sleep=values.get("sleep"),
        medicine_days=int(medicine) if medicine is not None else None,
        medicine_change=medicine_change(row["answers"]),
        language=row.get("language", ""),
    )


def spoken_in(rows: Sequence[Mapping[str, Any]], course: Mapping[str, Any] | None) -> tuple[Spoken, ...]:
    """Return the two newest check-ins of the course in numbers; how hard the goal is was asked in the same sending."""
    own = [row for row in reversed(rows) if not row["answered_by"]]
    goals = {row["answered_at"]: values_of(row) for row in own if row["instrument"] == "main-concern"}
    asked = [row for row in own if row["instrument"] == "checkin"]
    newest = list(reversed(within(asked, course) if course is not None else asked))[:2]
    found = []
    for row in newest:
        day, goal = _day(row), goals.get(row["answered_at"], {})
        found.append(Spoken(day.pain, day.sleep, day.mood, goal.get(("main-concern", "goal_score")), day.medicine_days))
    return tuple(found)


def ticks_of(facts: Mapping[str, Any]) -> tuple[Tick, ...]:
    """Return the sessions of the course that took place, and those that are booked, numbered on."""
    course = facts["course"]
    if course is None:
        return ()
    checkpoint = course["checkpoint_session"]
    held = [row for row in reversed(facts["done"]) if row["course"] == course["id"]]
    ticks = [Tick(row["number"], _on(row["at"]), done=True, checkpoint=row["number"] == checkpoint) for row in held]
    last = max([course["sessions_done"], *(tick.number for tick in ticks)])
    ahead = [row for row in facts["planned"] if row["course"] == course["id"]]
    ticks += [
        Tick(last + index, _on(row["at"]), done=False, checkpoint=last + index == checkpoint)
        for index, row in enumerate(ahead, start=1)
    ]
    return tuple(sorted(ticks, key=lambda tick: (tick.on, tick.number)))


def decisions_of(course: Mapping[str, Any] | None) -> tuple[Decision, ...]:
    """Return what was decided at the checkpoints of the course, oldest first."""
    decided = course["decided"] if course else ()
    return tuple(Decision(row["session_number"], _on(row["at"]), row["decision"]) for row in reversed(decided))


def _on(moment: str) -> date:
    return timezone.localdate(datetime.fromisoformat(moment))
