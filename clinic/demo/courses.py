"""Who comes when: years of weekly courses laid into the practitioners' days, so that nobody is in two places. Pure.

A series is one weekly hour of one practitioner ("Tuesdays at 9:35"): courses follow each other in it, each about as
many weeks long as it has sessions. From today it is filled backwards until all sessions are placed. How many years and
colleagues that takes is reckoned before (see ``Years``), so that the search for a free hour always ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from random import Random
from typing import NamedTuple

from clinic.demo.days import Slot, next_dates, open_dates

#: Practitioners who work today; more than these belong to earlier years and have left.
TEAM = 4
TODAY_VISITS = 60
#: The moment of the day at which the board stands still, in the clinic's time, unless another is given.
MOMENT = time(11, 40)
MOST_YEARS = 16
#: So many of an hour's weeks hold a session, and this many for sure: the rest are holidays, gaps and misses.
_DONE_SHARE, _SURE_SHARE = 0.8, 0.7
_LEFT_WEEKS = 13


class TooManySessions(Exception):
    """The years hold fewer sessions than were asked for; the text is a sentence."""


class PlannedVisit(NamedTuple):
    """One visit of a course. ``state`` is a state of the diary, "completed" when it took place."""

    day: date
    slot: int
    state: str


@dataclass
class PlannedCourse:
    """One course. ``desk`` is the practitioner's number, ``planned`` the sessions agreed on."""

    desk: int
    planned: int
    visits: list[PlannedVisit]
    running: bool = False
    stops_early: bool = False
    newcomer: bool = False


class _Series(NamedTuple):
    desk: int
    weekday: int
    slot: int


class Years(NamedTuple):
    """How far back the clinic goes, in weeks, and how many weeks lie between one colleague's leaving and the next."""

    weeks: int
    between: float

    def gone(self, desk: int) -> int:
        """Return how many weeks ago the practitioner of a desk left; 0 for the team of today."""
        return 0 if desk < TEAM else max(1, round((desk - TEAM + 1) * self.between))

    def holds(self, hours: int) -> float:
        """Return how many sessions there is room for when each colleague has so many weekly hours."""
        left = self.weeks / self.between  # desks behind the team, each with an even share of the years
        return hours * _SURE_SHARE * (TEAM * self.weeks + left * self.weeks / 2)


@dataclass
class Filling:
    """The courses made so far, and how many sessions are still to be placed."""

    rng: Random
    today: date
    slots: Sequence[Slot]
    left: int
    at: time = MOMENT
    courses: list[PlannedCourse] = field(default_factory=list)

    @property
    def first_slot(self) -> int:
        """Number of the slot that first visits take."""
        return next(n for n, slot in enumerate(self.slots) if slot.first_visit)

    @property
    def follow_ups(self) -> list[int]:
        """Numbers of the other slots."""
        return [n for n, slot in enumerate(self.slots) if not slot.first_visit]


def fill(
    rng: Random, *, patients: int, sessions: int, today: date, slots: Sequence[Slot], at: time = MOMENT
) -> list[PlannedCourse]:
    """Return courses that hold ``sessions`` sessions in all: past ones, today's board as it stands ``at`` a time of
    day, and what is booked ahead.
    """
    filling = Filling(rng, today, slots, sessions, at)
    states = _today_states(filling, min(TODAY_VISITS, int(patients * 0.35)))
    filling.left -= sum(state in ("completed", "in-treatment") for state in states.values())
    years = reckoned(sessions, patients, hours=5 * len(filling.follow_ups))
    weeks = years.weeks
    board = [series for series in states if series.slot != filling.first_slot]
    few = filling.left < len(board) * weeks * _DONE_SHARE
    board_weeks = max(4, int(0.35 * filling.left / (len(board) * _DONE_SHARE or 1))) if few else weeks
    for series in board:
        _fill_series(filling, series, Years(board_weeks, years.between), states[series])
    for series in _others(filling, set(board)):
        if filling.left <= 0:
            break
        if years.gone(series.desk) >= weeks:
            raise TooManySessions(f"{filling.left:,} sessions find no free hour: ask for fewer, or for more patients.")
        _fill_series(filling, series, years, "")
    for series, state in states.items():
        if series.slot == filling.first_slot:
            filling.courses.append(_newcomer(series.desk, PlannedVisit(today, series.slot, state)))
    return filling.courses + list(_newcomers_ahead(filling, min(20, patients // 20)))


def reckoned(sessions: int, patients: int, *, hours: int) -> Years:
    """How far back the clinic goes: far enough that nobody needs two courses at once, and few colleagues suffice.

    ``hours`` are the weekly follow-ups of one colleague. When the longest time is still too short, colleagues leave
    one after the other more quickly, so that there were more of them.
    """
    a_year_of_one = hours * _DONE_SHARE
    weeks = min(MOST_YEARS * 52, max(104, int(sessions / (18 * a_year_of_one)), int(4 * sessions / patients)))
    years = Years(weeks, _LEFT_WEEKS)
    while years.holds(hours) < sessions and years.weeks < MOST_YEARS * 52:
        years = years._replace(weeks=min(MOST_YEARS * 52, years.weeks + 13))
    while years.holds(hours) < sessions:
        years = years._replace(between=years.between * 0.9)
    return years


def _today_states(filling: Filling, count: int) -> dict[_Series, str]:
    """The state of each of today's visits, as the day stands now; all of them wait when there is no session."""
    weekday = filling.today.weekday()
    order = [_Series(desk, weekday, slot) for slot in range(len(filling.slots)) for desk in range(TEAM)][:count]
    begun = sum(filling.slots[series.slot].at < filling.at for series in order)
    early = filling.left < begun
    return {series: "booked" if early else _state_of(filling, filling.slots[series.slot].at) for series in order}


def _state_of(filling: Filling, begins: time) -> str:
    """How far a visit that begins at a time has come."""
    rng, now = filling.rng, filling.at
    minutes = (now.hour - begins.hour) * 60 + now.minute - begins.minute
    if minutes >= 30 and rng.random() < 0.08:
        return rng.choice(("noshow", "late-cancelled"))
    if minutes >= 70:
        return "completed"
    if minutes >= 20:
        return "in-treatment"
    if minutes >= -25:
        return rng.choice(("arrived", "arrived", "booked"))
    return rng.choices(("booked", "confirmed", "cancelled"), (50, 45, 5))[0]


def _others(filling: Filling, board: set[_Series]) -> Iterator[_Series]:
    weekdays = sorted({*range(5), filling.today.weekday()})
    desk = 0
    while True:
        for weekday in weekdays:
            for slot in filling.follow_ups:
                series = _Series(desk, weekday, slot)
                if series not in board and not (desk < TEAM and weekday == filling.today.weekday()):
                    yield series
        desk += 1


def _fill_series(filling: Filling, series: _Series, years: Years, state_today: str) -> None:
    """Lay courses into one weekly hour, the latest first; ``state_today`` is the visit's state when it is on today."""
    gone = years.gone(series.desk)
    dates = open_dates(series.weekday, filling.today, years.weeks)[gone:]
    index = 0
    if gone == 0:
        index = _running_course(filling, series, dates, state_today)
    while index < len(dates) and filling.left > 0:
        index += _past_course(filling, series, dates[index:])
        index += filling.rng.random() < 0.3


def _running_course(filling: Filling, series: _Series, dates: Sequence[date], state_today: str) -> int:
    """Add the course that goes on today; returns how many dates it took."""
    rng = filling.rng
    planned = rng.choice((6, 8, 8, 8, 10))
    states = _with_misses(rng, rng.randint(1, planned - 2))
    course, taken = _placed(filling, series, dates, states, planned)
    course.running = True
    done = sum(visit.state == "completed" for visit in course.visits)
    if state_today:
        course.visits.append(PlannedVisit(filling.today, series.slot, state_today))
    ahead = planned - done - bool(state_today)
    booked = 0 if rng.random() < 0.12 else 1 if rng.random() < 0.2 else ahead
    course.visits.extend(
        PlannedVisit(day, series.slot, "confirmed" if rng.random() < 0.2 else "booked")
        for day in next_dates(series.weekday, filling.today, booked)
    )
    if course.visits:
        filling.courses.append(course)
    return taken


def _past_course(filling: Filling, series: _Series, dates: Sequence[date]) -> int:
    """Add a course that has ended; returns how many dates it took."""
    rng = filling.rng
    planned = rng.choice((6, 6, 8, 8, 8, 8, 10))
    stops = rng.random() < 0.22
    states = _with_misses(rng, rng.randint(1, planned - 2) if stops else planned)
    if stops and rng.random() < 0.6:
        states.append("noshow")
    course, taken = _placed(filling, series, dates, states, planned)
    course.stops_early = stops
    if course.visits:
        filling.courses.append(course)
    return taken


def _with_misses(rng: Random, done: int) -> list[str]:
    """So many sessions in order, with weeks between in which nobody came."""
    states: list[str] = []
    for number in range(done):
        if number and rng.random() < 0.09:
            states.append(rng.choice(("noshow", "cancelled", "cancelled", "late-cancelled")))
        states.append("completed")
    return states


def _placed(
    filling: Filling, series: _Series, dates: Sequence[date], states: list[str], planned: int
) -> tuple[PlannedCourse, int]:
    """Put states on dates, the last one on the latest date. What finds no date or session falls off in front."""
    taken = len(states)
    states = states[-len(dates) :] if dates else []
    while states and (states[0] != "completed" or states.count("completed") > filling.left):
        states.pop(0)
    filling.left -= states.count("completed")
    visits = [PlannedVisit(day, series.slot, state) for day, state in zip(dates, reversed(states), strict=False)]
    return PlannedCourse(series.desk, planned, visits[::-1]), taken


def _newcomer(desk: int, visit: PlannedVisit) -> PlannedCourse:
    return PlannedCourse(desk, 8, [visit], running=True, newcomer=True)


def _newcomers_ahead(filling: Filling, most: int) -> Iterator[PlannedCourse]:
    """First visits of the next two weeks."""
    weekdays = sorted({*range(5), filling.today.weekday()})
    days = sorted(day for weekday in weekdays for day in next_dates(weekday, filling.today, 2))
    places = [(day, desk) for day in days for desk in range(TEAM)]
    for day, desk in sorted(filling.rng.sample(places, min(most, len(places) // 2))):
        yield _newcomer(desk, PlannedVisit(day, filling.first_slot, "booked"))
