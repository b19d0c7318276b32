"""The practice says what new courses begin with; those that are open keep their own numbers."""

from __future__ import annotations

import pytest
import time_machine
from django.db import IntegrityError, transaction

from clinic.audit.models import AuditEvent
from clinic.practice.models import Practice
from clinic.practice.services import keep_courses
from clinic.staff.tests.cast import form, signed_in
from sessions.appointments.tests.world import NOW, a_clinic, a_patient, a_user
from sessions.courses.models import Course
from sessions.courses.services import open_course

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday_morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def clinic():
    return a_clinic()


@pytest.fixture
def owner():
    return a_user("Alice", ("owner",))


def opened(clinic, planned):
    return open_course(patient=a_patient(), practitioner=None, planned_sessions=planned, by=clinic.desk, now=NOW)


@pytest.mark.parametrize(("own", "planned", "checkpoint"), [(4, 10, 4), (10, 12, 10), (10, 8, 8), (2, 1, 1)])
def test_a_new_course_has_its_checkpoint_where_the_practice_wants_it(clinic, owner, own, planned, checkpoint):
    keep_courses(sessions=10, checkpoint=own, by=owner, now=NOW)

    assert opened(clinic, planned).checkpoint_session == checkpoint


def test_a_course_that_runs_does_not_change_with_it(clinic, owner):
    running = opened(clinic, 8)

    keep_courses(sessions=12, checkpoint=3, by=owner, now=NOW)

    running.refresh_from_db()
    assert (running.planned_sessions, running.checkpoint_session) == (8, 6)


def test_the_owner_sets_both_and_the_booking_begins_with_them(clinic, owner):
    browser = signed_in(owner)

    answer = browser.post("/settings/courses/", form(sessions="10", checkpoint="4"))

    assert answer.headers["Location"] == "/settings/"
    assert "new ones begin with 10 sessions, checkpoint at session 4" in browser.get("/settings/").content.decode()
    assert AuditEvent.objects.filter(action="keep-courses", resource="practice").count() == 1
    desk = signed_in(clinic.desk)
    assert desk.get("/visits/new/").context["form"]["sessions"].value() == 10
    booked = {
        "given_name": "Greta", "family_name": "Lind", "birth_date_day": "12", "birth_date_month": "3",
        "birth_date_year": "1961", "email": "greta@example.org", "phone": "", "service": str(clinic.first.public_id),
        "practitioner": str(clinic.chen.public_id), "room": "", "day": "2026-11-16", "start": "", "time": "11:50",
        "open_course": "on", "sessions": "",
    }  # fmt: skip
    desk.post("/visits/new/", form(**booked))
    course = Course.objects.get()
    assert (course.planned_sessions, course.checkpoint_session) == (10, 4)


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("checkpoint", "1", "from 2 to 20"),
        ("checkpoint", "21", "from 2 to 20"),
        ("checkpoint", "six", "from 2 to 20"),
        ("checkpoint", "", "write a number"),
        ("sessions", "0", "from 1 to 200"),
        ("sessions", "8.5", "from 1 to 200"),
    ],
)
def test_what_cannot_be_is_answered_beside_its_box_and_kept_to_be_seen(clinic, owner, field, typed, sentence):
    said = {"sessions": "8", "checkpoint": "6", field: typed}

    answer = signed_in(owner).post("/settings/courses/", form(**said))

    assert sentence in answer.context["form"].errors[field][0]
    assert answer.context["form"][field].value() == typed
    assert Practice.objects.get().checkpoint_session == 6


@pytest.mark.parametrize("wrong", [{"checkpoint_session": 1}, {"checkpoint_session": 21}, {"course_sessions": 0}])
def test_the_database_refuses_it_too(clinic, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Practice.objects.update(**wrong)
