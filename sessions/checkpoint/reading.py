"""The change since the baseline of a course, read from what its chart is made of: no statement of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.utils import timezone

from patients.intake.instruments import catalogue
from sessions.checkpoint.judging import NOT_AT_END, Line, Scale, Value, line_at_end, line_of
from sessions.said_days import is_end, within
from sessions.said_rows import values_of
from sessions.trend.followed import Followed
from sessions.trends import Answers

#: (questionnaire, output) -> name, highest value, unit. The line of the second name stands in where there is none.
_PAIN = (("checkin", "pain"), "Pain", 10, "")
_FUNCTION = (("peg", "score"), "Pain and daily life (PEG)", 10, "")
_HELD_BACK = (("checkin", "interference"), "Held back by pain", 10, "")
_MOOD = (("phq-4", "total"), "Mood and worry (PHQ-4)", 12, "")
_LOW_MOOD = (("checkin", "mood"), "Low mood", 10, "")
_SLEEP = (("checkin", "sleep"), "Poor sleep", 10, "")
_DAYS = (("checkin", "analgesic_days"), "Days with pain medicine", 7, "days")
_GOAL = (("main-concern", "goal_score"), "How hard the goal is", 10, "")
_GLOBAL = ("global-change", "gc-1")
#: (questionnaire and output, name, highest value, unit)
_Asked = tuple[tuple[str, str], str, int, str]
#: The ten questions of a checkpoint so long before the last session are those of the end: nobody is asked twice.
JUST_BEFORE = timedelta(days=6)
#: The baseline is a day's work: its questionnaires may come hours apart, or the next morning.
_SAME_BASELINE = timedelta(days=3)


def lines_of(answers: Answers) -> tuple[Line, ...]:
    """Return pain, function, mood, sleep, medicine, goal, the clinic's own measures, and what the patient says overall.

    What somebody else answered stays out.
    """
    rows = [row for row in _of_the_course(answers) if not row["answered_by"]]
    given = _values(rows)
    until = _end_of_baseline(given)
    asked = [_PAIN, _FUNCTION]
    if _FUNCTION[0] not in given or len(given[_FUNCTION[0]]) < 2:
        asked.append(_HELD_BACK)
    asked += [_MOOD, _LOW_MOOD, _SLEEP, _DAYS]
    asked += [_GOAL] if _GOAL[0] in given else []
    lines = [
        line_of(name, given.get(key, ()), _scale(key, highest, unit), baseline=until)
        for key, name, highest, unit in asked
    ]
    lines += [_line_of_measure(one, until) for one in answers.followed if one.line]
    return (*lines, _overall(rows))


def lines_at_end(answers: Answers) -> tuple[Line, ...]:
    """Return the same from the baseline to the end of the course: what was not answered then is said so.

    A question that stands in for a questionnaire is a line when it was answered and the questionnaire was not.
    """
    rows = [row for row in _of_the_course(answers) if not row["answered_by"]]
    last = told_at_end(answers)
    ended = _values(last)
    before = _values([row for row in rows if row not in last])
    until = _end_of_baseline(before)
    asked = [_PAIN, _one_of(_FUNCTION, _HELD_BACK, ended), _one_of(_MOOD, _LOW_MOOD, ended), _SLEEP, _DAYS]
    asked += [_GOAL] if _GOAL[0] in ended else []
    lines = [
        line_at_end(
            name, before.get(key, ()), ended[key][-1] if key in ended else None, _scale(key, highest, unit),
            baseline=until,
        )
        for key, name, highest, unit in asked
    ]  # fmt: skip
    begun = timezone.localdate(last[0]["answered_at"]) if last else None
    lines += [_end_of_measure(one, begun, until) for one in answers.followed if one.line]
    return (*lines, _overall(last, missing=NOT_AT_END))


def told_at_end(answers: Answers) -> list[Mapping[str, Any]]:
    """Return what the patient said at the end, oldest first: to the questions about it, else to the ten just before."""
    course = answers.course
    if course is None:
        return []
    rows = [row for row in _of_the_course(answers) if not row["answered_by"]]
    asked = [row for row in rows if is_end(row, course)]
    last = max((tick.on for tick in answers.trend.ticks if tick.done), default=None)
    if asked or last is None:
        return asked
    return [row for row in rows if row["ten"] and timezone.localdate(row["answered_at"]) >= last - JUST_BEFORE]


def left_out(answers: Answers) -> int:
    """Return how many answers of the course were given by somebody else: they are no part of the lines."""
    return sum(1 for row in _of_the_course(answers) if row["answered_by"])


def _of_the_course(answers: Answers) -> list[Mapping[str, Any]]:
    """The answers of the course, oldest first; those of an intake from shortly before it are its baseline."""
    rows = list(reversed(answers.rows))
    return rows if answers.course is None else within(rows, answers.course)


def _end_of_baseline(given: Mapping[tuple[str, str], Sequence[Value]]) -> date | None:
    """The last day that counts as the first measured visit, None before any."""
    first = min((values[0].on for values in given.values()), default=None)
    return first + _SAME_BASELINE if first else None


def _one_of(standard: _Asked, stand_in: _Asked, given: Mapping[tuple[str, str], object]) -> _Asked:
    return stand_in if stand_in[0] in given and standard[0] not in given else standard


def _values(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], list[Value]]:
    found: dict[tuple[str, str], list[Value]] = {}
    for row in rows:
        for key, value in values_of(row).items():
            found.setdefault(key, []).append(Value(timezone.localdate(row["answered_at"]), value))
    return found


def _scale(key: tuple[str, str], highest: int, unit: str) -> Scale:
    """The scale of an output with its published smallest important change in points, None where there is none."""
    known = [
        change.value
        for change in catalogue.get(key[0]).smallest_changes
        if change.unit == "points" and change.applies_to in ("", key[1])
    ]
    if key == _PAIN[0]:
        # The check-in asks the same 0 to 10 rating as nrs-pain: 2 points (Farrar 2001).
        known = [change.value for change in catalogue.get("nrs-pain").smallest_changes if change.unit == "points"]
    return Scale(Fraction(highest), unit, important=Fraction(known[0]) if known else None)


def _line_of_measure(one: Followed, baseline: date | None) -> Line:
    return line_of(one.name, _values_of(one), _scale_of(one), baseline=baseline)


def _end_of_measure(one: Followed, begun: date | None, baseline: date | None) -> Line:
    """The line of a measure at the end, which was asked from the day ``begun`` on, None when nothing was answered."""
    values = _values_of(one)
    before = [value for value in values if begun is None or value.on < begun]
    at_end = values[-1] if len(before) < len(values) else None
    return line_at_end(one.name, before, at_end, _scale_of(one), baseline=baseline)


def _values_of(one: Followed) -> list[Value]:
    return [Value(measured.on, measured.value) for measured in one.line]


def _scale_of(one: Followed) -> Scale:
    scale = one.scale
    return Scale(scale.highest, scale.unit, scale.lowest, scale.worse, scale.important)


def _overall(
    rows: Sequence[Mapping[str, Any]], missing: str = "Missing: not asked, or not answered by the patient."
) -> Line:
    """What the patient says overall, in the words of the question; it is its own comparison with the start."""
    code, link_id = _GLOBAL
    said = [row for row in rows if row["instrument"] == code and row["answers"].get(link_id) is not None]
    name = "Overall, in the patient’s own judgement"
    if not said:
        return Line(name, "", "–", missing, 0)
    chosen = said[-1]["answers"][link_id]
    options = catalogue.get(code).item(link_id).options
    words = next((option.text for option in options if option.value == chosen), str(chosen))
    day = timezone.localdate(said[-1]["answered_at"])
    way = "better" if chosen < 4 else "worse" if chosen > 4 else ""  # 4 is "no change"
    important = " This is what counts as an important change." if chosen <= 2 else ""
    return Line(name, "", words, f"Said on {day:%-d %b}.{important}", len(said), way)
