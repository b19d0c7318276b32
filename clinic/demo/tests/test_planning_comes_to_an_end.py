"""The years are planned for any size, in seconds, and nobody is in two courses at once."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.demo.assigning import assign
from clinic.demo.courses import MOST_YEARS, TEAM, fill, reckoned
from clinic.demo.days import slots
from clinic.practice.models import Service
from clinic.practice.services import FIRST_VISIT, FOLLOW_UP, MINUTES

TODAY = date(2026, 11, 20)
SIZES = [(2_000, 40_000), (4_000, 80_000), (900, 90_000), (20, 2_000), (5_000, 300)]


def days():
    first, follow_up = (
        Service(name=name, **dict(zip(MINUTES, minutes, strict=True))) for name, minutes in (FIRST_VISIT, FOLLOW_UP)
    )
    return slots(first, follow_up)


def planned(patients, sessions, seed=1):
    rng, day = Random(seed), days()
    courses = fill(rng, patients=patients, sessions=sessions, today=TODAY, slots=day)
    first_slot = next(number for number, slot in enumerate(day) if slot.first_visit)
    return assign(rng, courses, patients=patients, first_slot=first_slot)


@pytest.mark.parametrize(("patients", "sessions"), SIZES)
def test_every_size_is_planned_to_the_last_session(patients, sessions):
    by_patient = planned(patients, sessions)

    visits = [visit for courses in by_patient for course in courses for visit in course.visits]
    assert len(by_patient) == patients
    assert sum(visit.state in ("completed", "in-treatment") for visit in visits) == sessions


@pytest.mark.parametrize(("patients", "sessions"), SIZES)
def test_nobody_begins_a_course_before_the_last_one_has_ended(patients, sessions):
    for courses in planned(patients, sessions):
        assert all(one.visits[-1].day < other.visits[0].day for one, other in pairwise(courses))


def test_no_hour_of_a_practitioner_is_given_away_twice():
    taken = [
        (course.desk, visit.day, visit.slot)
        for courses in planned(4_000, 80_000)
        for course in courses
        for visit in course.visits
    ]

    assert len(taken) == len(set(taken))


def test_the_same_seed_plans_the_same_and_another_seed_another():
    assert planned(400, 9_000, seed=3) == planned(400, 9_000, seed=3)
    assert planned(400, 9_000, seed=3) != planned(400, 9_000, seed=4)


@given(patients=st.integers(20, 200_000), each=st.floats(0, 100))
def test_the_years_that_are_reckoned_hold_what_was_asked_for(patients, each):
    sessions = int(patients * each)

    years = reckoned(sessions, patients, hours=70)

    assert years.holds(70) >= sessions
    assert years.weeks <= MOST_YEARS * 52
    assert years.gone(TEAM - 1) == 0 < years.gone(TEAM) <= years.gone(TEAM + 1)
