"""A course opens with its checkpoint and counts the visits that were completed."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from clinic.audit.models import AuditEvent
from sessions.appointments.tests.world import NOW, a_clinic, a_patient
from sessions.courses.models import Course
from sessions.courses.services import count_session, open_course, uncount_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic():
    return a_clinic()


@pytest.mark.parametrize(("planned", "checkpoint"), [(8, 6), (6, 6), (4, 4), (1, 1), (200, 6)])
def test_the_checkpoint_lies_at_six_or_at_the_end_of_a_shorter_course(clinic, planned, checkpoint):
    course = open_course(
        patient=a_patient(), practitioner=clinic.chen, planned_sessions=planned, by=clinic.desk, now=NOW
    )

    assert (course.planned_sessions, course.checkpoint_session, course.sessions_done) == (planned, checkpoint, 0)
    assert AuditEvent.objects.get(resource="course").object_id == course.pk


@pytest.mark.parametrize("planned", [0, 201])
def test_the_database_refuses_a_course_of_no_or_too_many_sessions(clinic, planned):
    with pytest.raises(IntegrityError), transaction.atomic():
        open_course(patient=a_patient(), practitioner=None, planned_sessions=planned, by=clinic.desk, now=NOW)


def test_counting_never_falls_below_none(clinic):
    course = open_course(patient=a_patient(), practitioner=None, planned_sessions=8, by=clinic.desk, now=NOW)

    uncount_session(course_id=course.pk)
    count_session(course_id=course.pk)
    count_session(course_id=course.pk)
    uncount_session(course_id=course.pk)

    course.refresh_from_db()
    assert course.sessions_done == 1


def test_the_running_course_is_the_newest_that_has_not_ended(clinic):
    patient = a_patient()
    ended = open_course(patient=patient, practitioner=None, planned_sessions=8, by=clinic.desk, now=NOW)
    Course.objects.filter(pk=ended.pk).update(state="completed", ended_at=NOW, end_reason="well")
    runs = open_course(patient=patient, practitioner=None, planned_sessions=6, by=clinic.desk, now=NOW)

    assert list(Course.objects.running().filter(patient=patient)) == [runs]
