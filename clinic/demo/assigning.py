"""Whose course is whose: people come, stay away for a while, and come back. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from clinic.demo.courses import PlannedCourse, PlannedVisit
from clinic.demo.days import is_open


class TooFewPatients(Exception):
    """So many sessions need more people; the text is a sentence."""


def assign(
    rng: Random, courses: Sequence[PlannedCourse], *, patients: int, first_slot: int
) -> list[list[PlannedCourse]]:
    """Return the courses of each patient, oldest first; never two at once. The first session of a new patient moves
    into a place for first visits where one is free.

    Raises TooFewPatients.
    """
    newcomers = [course for course in courses if course.newcomer]
    others = sorted((course for course in courses if not course.newcomer), key=lambda course: course.visits[0].day)
    found: list[list[PlannedCourse]] = [[] for _ in range(patients)]
    away = _Away(rng)
    fresh = iter(range(patients - len(newcomers)))
    fresh_left = patients - len(newcomers)
    taken: set[tuple[int, date]] = set()
    for number, course in enumerate(others):
        start = course.visits[0].day
        wants_new = rng.random() < fresh_left / (len(others) - number)
        patient = None if wants_new else away.back(start)
        if patient is None and fresh_left:
            patient, fresh_left = next(fresh), fresh_left - 1
            _move_first_visit(course, first_slot, taken)
        if patient is None:
            patient = away.soonest(start)
        if patient is None:
            raise TooFewPatients("So many sessions need more patients: at most about 100 for each of them.")
        found[patient].append(course)
        if not course.running:
            away.leaves(patient, course.visits[-1].day)
    for patient, course in zip(range(patients - len(newcomers), patients), newcomers, strict=True):
        found[patient].append(course)
    return found


class _Away:
    """Patients between two courses."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._by_return: list[tuple[date, int, int]] = []
        self._by_end: list[tuple[date, int, int]] = []
        #: Which leaving counts for each who is away: both heaps keep what is over for the other one.
        self._counts: dict[int, int] = {}
        self._leavings = 0

    def leaves(self, patient: int, day: date) -> None:
        """Somebody's course has ended."""
        weeks = 4 + self._rng.expovariate(1 / 20)
        self._leavings += 1
        heapq.heappush(self._by_return, (day + timedelta(weeks=min(weeks, 400)), patient, self._leavings))
        heapq.heappush(self._by_end, (day, patient, self._leavings))
        self._counts[patient] = self._leavings

    def back(self, day: date) -> int | None:
        """Return somebody whose pain has come back by that day."""
        return self._first(self._by_return, day)

    def soonest(self, day: date) -> int | None:
        """Return somebody whose last course has ended before that day, however shortly."""
        return self._first(self._by_end, day)

    def _first(self, heap: list[tuple[date, int, int]], day: date) -> int | None:
        while heap and heap[0][0] < day:
            _, patient, leaving = heapq.heappop(heap)
            if self._counts.get(patient) == leaving:
                del self._counts[patient]
                return patient
        return None


def _move_first_visit(course: PlannedCourse, first_slot: int, taken: set[tuple[int, date]]) -> None:
    """Give a new patient the long first visit, in the week before the weekly hour begins."""
    first = course.visits[0]
    if first.state != "completed":
        return
    for days in range(1, 8):
        day = first.day - timedelta(days=days)
        if day.weekday() < 5 and is_open(day) and (course.desk, day) not in taken:
            taken.add((course.desk, day))
            course.visits[0] = PlannedVisit(day, first_slot, first.state)
            return
