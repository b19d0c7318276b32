"""Who has no e-mail answers the questions at the end of a course in the clinic: by code, or on a device of ours."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from patients.intake.models import QuestionnaireRequest
from patients.intake.tests.test_the_form_at_a_checkpoint import TEN
from sessions.courses.models import Course
from sessions.tests.world import a_treatment, a_visit, at, signed

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def world():
    """The eighth of eight sessions is signed, and the patient stands at the desk."""
    with time_machine.travel(at(9, 20), tick=True):
        made = a_treatment(email="")
        Course.objects.update(sessions_done=7)
        signed(made)
    made.page = reverse("desk:check_in_here", args=[made.visit.public_id])
    made.of_patient = reverse("desk:patient", args=[made.patient.public_id])
    made.browser.force_login(made.clinic.desk)
    with time_machine.travel(at(9, 50), tick=True):
        yield made


def the_request():
    return QuestionnaireRequest.objects.get(form="course-end")


def words(answer):
    return answer.content.decode()


def sends(phone, shown):
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', words(shown)))
    return phone.post(reverse("intake:check_in"), {**hidden, **TEN, "end": "1"})


def test_the_way_to_it_stands_on_the_patient_page_of_the_desk(world):
    shown = words(world.browser.get(world.of_patient))

    assert world.page in shown
    assert "Questions at the end" in shown


@pytest.mark.parametrize("changed", [{"planned_sessions": 12}, {"sessions_done": 6}])
def test_before_the_end_there_is_none(world, changed):
    Course.objects.update(**changed)

    assert world.page not in words(world.browser.get(world.of_patient))
    assert "not here yet" in words(world.browser.get(world.page))


def test_two_weeks_later_the_desk_is_not_reminded_of_it_any_more(world):
    with time_machine.travel(at(10) + 15 * DAY, tick=True):
        world.browser.force_login(world.clinic.desk)
        assert world.page not in words(world.browser.get(world.of_patient))


def test_an_earlier_visit_of_the_course_does_not_end_it(world):
    earlier = a_visit(world.clinic, world.patient, world.course, state="completed", starts_at=at(9) - 7 * DAY)

    shown = words(world.browser.get(world.of_patient))

    assert reverse("desk:check_in_here", args=[earlier.public_id]) not in shown


def test_a_code_is_scanned_and_the_desk_sees_only_that_it_is_done(world):
    assert "Two minutes of questions at the end of the course" in words(world.browser.get(world.page))
    assert not QuestionnaireRequest.objects.exists()
    world.browser.post(world.page)
    shown = words(world.browser.get(world.page))
    assert "<svg" in shown
    link = re.search(r"/i/check-in/[\w-]{43}/", shown).group(0)
    phone = Client()
    phone.post(link)

    assert sends(phone, phone.get(reverse("intake:check_in"))).url == reverse("intake:check_in_sent")

    request = the_request()
    assert (request.state, request.course_id, request.ten_questions) == ("submitted", world.course.pk, True)
    done = words(world.browser.get(world.page))
    assert "It is done" in done
    assert "/i/check-in/" not in done


def test_on_a_device_of_the_clinic_nothing_is_left_afterwards(world):
    answer = world.browser.post(world.page, {"tablet": "1"})

    assert answer.url == reverse("intake:check_in")
    assert "_auth_user_id" not in world.browser.session
    sent = sends(world.browser, world.browser.get(answer.url))
    assert "Please give the device back now." in words(world.browser.get(sent.url))
    assert world.browser.get(reverse("intake:check_in")).status_code == 404


def test_the_practitioner_comes_to_it_from_the_course(world):
    world.browser.force_login(world.clinic.chen.user)

    assert world.page in words(world.browser.get(reverse("courses:course", args=[world.course.public_id])))
