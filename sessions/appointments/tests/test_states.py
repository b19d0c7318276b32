"""A visit arrives, starts, completes or is cancelled; each change keeps its time and its user and can be taken back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from clinic.audit.models import AuditEvent
from sessions.appointments.models import AppointmentEvent, HandsOn
from sessions.appointments.services import (
    WrongState,
    arrive,
    book,
    cancel,
    complete_visit,
    start_treatment,
    undo,
    undo_arrive,
)
from sessions.appointments.tests.world import NOW, a_clinic, a_patient, at
from sessions.courses.services import open_course

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic():
    return a_clinic()


@pytest.fixture
def course(clinic):
    return open_course(patient=a_patient(), practitioner=clinic.chen, planned_sessions=8, by=clinic.desk, now=NOW)


@pytest.fixture
def visit(clinic, course):
    return book(
        patient=course.patient, service=clinic.follow, practitioner=clinic.chen, room=None, starts_at=at(9),
        by=clinic.desk, now=NOW, course=course,
    )  # fmt: skip


def did(what, visit, clinic, now=None, **more):
    return what(appointment=visit, by=clinic.desk, now=now or at(8, 58), **more)


def test_a_whole_visit_keeps_each_time_and_counts_its_course_once(clinic, visit, course):
    did(arrive, visit, clinic, at(8, 58))
    did(start_treatment, visit, clinic, at(9, 3))
    did(complete_visit, visit, clinic, at(9, 52))
    did(complete_visit, visit, clinic, at(9, 53))

    visit.refresh_from_db()
    course.refresh_from_db()
    assert (visit.arrived_at, visit.started_at, visit.completed_at) == (at(8, 58), at(9, 3), at(9, 52))
    assert course.sessions_done == 1
    events = AppointmentEvent.objects.filter(appointment=visit).order_by("id").values_list("state", "at")
    assert list(events) == [
        ("booked", NOW), ("arrived", at(8, 58)), ("in-treatment", at(9, 3)), ("completed", at(9, 52)),
    ]  # fmt: skip
    acts = AuditEvent.objects.filter(resource="appointment").order_by("id").values_list("action", flat=True)
    assert list(acts) == ["book", "arrive", "start", "complete"]
    assert not HandsOn.objects.filter(appointment=visit, held=True).exists()


def test_arriving_twice_is_arriving_once(clinic, visit):
    did(arrive, visit, clinic, at(8, 55))
    did(arrive, visit, clinic, at(8, 58))

    visit.refresh_from_db()
    assert visit.arrived_at == at(8, 55)
    assert visit.events.count() == 2


def test_arriving_can_be_taken_back_and_done_again(clinic, visit):
    did(arrive, visit, clinic)
    did(undo_arrive, visit, clinic)
    did(undo_arrive, visit, clinic)

    visit.refresh_from_db()
    assert (visit.state, visit.arrived_at) == ("booked", None)
    assert did(arrive, visit, clinic).state == "arrived"
    assert did(undo_arrive, visit, clinic).state == "booked"


def test_nobody_arrives_for_another_day(clinic, visit):
    with pytest.raises(WrongState, match=r"is on Mon 16 Nov, not today"):
        did(arrive, visit, clinic, at(9, day=date(2026, 11, 15)))


def test_after_treatment_began_arriving_cannot_be_taken_back(clinic, visit):
    did(start_treatment, visit, clinic)

    with pytest.raises(WrongState, match="in treatment already"):
        did(undo_arrive, visit, clinic)


def test_what_is_done_can_be_reopened_and_no_longer_counts(clinic, visit, course):
    did(arrive, visit, clinic)
    did(complete_visit, visit, clinic)
    did(undo, visit, clinic, state="completed")
    did(undo, visit, clinic, state="completed")

    visit.refresh_from_db()
    course.refresh_from_db()
    assert (visit.state, visit.completed_at, course.sessions_done) == ("arrived", None, 0)
    assert did(undo_arrive, visit, clinic).state == "booked"


@pytest.mark.parametrize(
    ("before", "state"), [(timedelta(hours=24), "cancelled"), (timedelta(hours=23, minutes=59), "late-cancelled")]
)
def test_a_cancellation_is_late_inside_the_notice(clinic, visit, before, state):
    assert did(cancel, visit, clinic, visit.starts_at - before).state == state


def test_a_cancelled_time_is_free_at_once(clinic, visit):
    did(cancel, visit, clinic)

    again = book(
        patient=a_patient("Ruth"), service=clinic.follow, practitioner=clinic.chen, room=visit.room,
        starts_at=at(9), by=clinic.desk, now=NOW,
    )  # fmt: skip

    assert again.starts_at == visit.starts_at
    with pytest.raises(WrongState, match="gone to somebody else"):
        did(undo, visit, clinic, state="late-cancelled")


def test_a_cancellation_can_be_taken_back_while_the_time_is_free(clinic, visit):
    did(cancel, visit, clinic)

    assert did(undo, visit, clinic, state="late-cancelled").state == "booked"
    assert HandsOn.objects.filter(appointment=visit, held=True).count() == 2


def test_who_is_here_is_not_cancelled(clinic, visit):
    did(arrive, visit, clinic)

    with pytest.raises(WrongState, match="here already"):
        did(cancel, visit, clinic)
