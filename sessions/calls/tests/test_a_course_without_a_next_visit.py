"""A week after the last visit of a course somebody without e-mail is asked for a next one, once for each visit."""

from __future__ import annotations

import pytest

from patients.models import Patient
from sessions.appointments.models import Appointment
from sessions.calls.models import CallAnswer
from sessions.calls.tests.world import DAY, a_visit, a_visit_ahead, at, lines, press, the_list
from sessions.courses.models import Course

pytestmark = pytest.mark.django_db
ASKED = "Ask for a next visit"
WEEK = 7 * DAY


@pytest.fixture
def world():
    """One visit took place today at 9:00, of eight; none is booked."""
    made = a_visit_ahead()
    Appointment.objects.update(state="completed", starts_at=at(9), ends_at=at(10))
    Course.objects.update(sessions_done=1)
    made.desk = made.clinic.desk
    return made


def test_it_is_asked_a_week_after_the_last_visit(world):
    assert lines(world.desk, at(18) + 6 * DAY) == []

    assert lines(world.desk, at(8) + WEEK) == [ASKED]


@pytest.mark.parametrize(
    "change",
    [
        lambda world: a_visit(world.clinic, world.patient, state="booked", starts_at=at(9) + 2 * WEEK),
        lambda world: Course.objects.update(sessions_done=8),
        lambda world: Course.objects.update(state="completed", end_reason="well", ended_at=at(12)),
        lambda world: Patient.objects.update(email="greta@example.org"),
        lambda world: Patient.objects.update(deceased_on=at(9).date()),
    ],
    ids=["a next visit is booked", "came as planned", "the course has ended", "gets e-mails", "has died"],
)
def test_nobody_is_asked_in_vain(world, change):
    change(world)

    assert lines(world.desk, at(8) + WEEK) == []


def test_who_wants_no_mail_is_asked_too(world):
    Patient.objects.update(email="greta@example.org", desk_facts=["no-email"])

    assert lines(world.desk, at(8) + WEEK) == [ASKED]


def test_it_is_answered_with_one_press_and_asked_again_only_after_another_visit(world):
    now = at(8) + WEEK
    [line] = the_list(world.desk, now).context["page"].now

    press(world.desk, line, "message", now)

    assert CallAnswer.objects.get().patient == world.patient
    assert lines(world.desk, now) == []
    a_visit(world.clinic, world.patient, world.course, state="completed", starts_at=at(9) + WEEK)
    assert lines(world.desk, now + WEEK) == [ASKED]


def test_after_two_more_weeks_it_is_no_call_any_more(world):
    assert lines(world.desk, at(8) + 3 * WEEK) == [ASKED]
    assert lines(world.desk, at(10) + 3 * WEEK) == []
