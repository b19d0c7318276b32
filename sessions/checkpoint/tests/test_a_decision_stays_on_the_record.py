"""One decision at a checkpoint: kept with its figures, never changed, and the course follows it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from clinic.audit.models import AuditEvent
from sessions.appointments.models import Appointment
from sessions.checkpoint.judging import Line
from sessions.checkpoint.services import Decision, decide
from sessions.courses.models import Checkpoint, Course
from sessions.courses.services import CourseProblem, open_course
from sessions.tests.world import NOW, a_treatment, a_visit

pytestmark = pytest.mark.django_db
PAIN = Line("Pain", "7", "4", "3 points better, 43 %: meaningful.", 5, "better")


@pytest.fixture
def world():
    return a_treatment()


@pytest.fixture
def course(world):
    course = open_course(
        patient=world.patient, practitioner=world.clinic.chen, planned_sessions=8, goal="Walk to the market.",
        complaint="Low back", by=world.clinic.chen.user, now=NOW,
    )  # fmt: skip
    Course.objects.filter(pk=course.pk).update(sessions_done=6)
    return course


def decided(world, course, decision, *, token=None):
    return decide(
        course=course, decision=decision, session_number=6, lines=[PAIN], form_token=token or uuid.uuid4(),
        by=world.clinic.chen.user, now=NOW + timedelta(days=40),
    )  # fmt: skip


@pytest.mark.parametrize(("decision", "planned", "state", "reason"), [
    (Decision("continue", "Better, not yet there."), 8, "active", ""),
    (Decision("continue", "Better, not yet there.", more=4), 12, "active", ""),
    (Decision("change", "Heat in place of needles.", more=2), 10, "active", ""),
    (Decision("finish", "She walks to the market.", end_reason="well"), 8, "completed", "well"),
    (Decision("finish", "No change in six.", end_reason="no-help"), 8, "completed", "no-help"),
    (Decision("refer", "Numb foot: to the physician."), 8, "completed", "referred"),
])  # fmt: skip
def test_the_course_follows_the_decision(world, course, decision, planned, state, reason):
    kept = decided(world, course, decision)

    course.refresh_from_db()
    assert (course.planned_sessions, course.state, course.end_reason) == (planned, state, reason)
    assert (kept.why, kept.by, kept.session_number) == (decision.why, world.clinic.chen.user, 6)
    assert kept.figures[0]["words"] == PAIN.words
    assert AuditEvent.objects.filter(resource="checkpoint", action="decide", object_id=kept.pk).count() == 1


def test_a_change_may_begin_a_new_course_and_what_is_booked_goes_with_it(world, course):
    later = NOW + timedelta(days=41)
    ahead = a_visit(world.clinic, world.patient, course, state="booked", starts_at=later)
    past = a_visit(world.clinic, world.patient, course, state="completed", starts_at=NOW + timedelta(days=2))

    decided(world, course, Decision("change", "Now the sleep.", more=6, new_course=True))

    course.refresh_from_db()
    new = Course.objects.running().get(patient=world.patient, opened_at__gt=course.opened_at)
    assert (course.state, course.end_reason, course.planned_sessions) == ("completed", "changed", 8)
    assert (new.planned_sessions, new.goal, new.complaint) == (6, course.goal, course.complaint)
    assert Appointment.objects.get(pk=ahead.pk).course_id == new.pk
    assert Appointment.objects.get(pk=past.pk).course_id == course.pk


def test_the_same_page_sent_twice_is_one_decision(world, course):
    token, once = uuid.uuid4(), Decision("continue", "Better.", more=4)

    first = decided(world, course, once, token=token)

    assert decided(world, course, once, token=token) == first
    course.refresh_from_db()
    assert (course.planned_sessions, Checkpoint.objects.count()) == (12, 1)


def test_a_course_that_has_ended_is_not_decided_and_nothing_is_kept(world, course):
    decided(world, course, Decision("refer", "Numb foot."))

    with pytest.raises(CourseProblem, match="has ended"):
        decided(world, course, Decision("continue", "Better."))
    assert Checkpoint.objects.count() == 1


def test_more_than_two_hundred_sessions_are_refused_and_nothing_is_kept(world, course):
    with pytest.raises(CourseProblem, match="at most 200"):
        decided(world, course, Decision("continue", "Better.", more=193))
    assert not Checkpoint.objects.exists()


@pytest.mark.parametrize(("role", "said"), [("web", "permission denied"), ("owner", "is never changed")])
@pytest.mark.parametrize("sql", [
    "UPDATE courses_checkpoint SET why = 'another reason'", "DELETE FROM courses_checkpoint",
])  # fmt: skip
def test_nobody_changes_what_was_decided_not_even_the_owner_of_the_tables(world, course, in_role, role, said, sql):
    decided(world, course, Decision("continue", "Better."))

    with (
        in_role(role),
        pytest.raises(DatabaseError, match=said),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert Checkpoint.objects.get().why == "Better."
