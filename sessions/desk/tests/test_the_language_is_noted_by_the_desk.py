"""Where patients may choose, the desk notes the language it hears; where they may not, nothing is asked."""

from __future__ import annotations

import uuid

import pytest
import time_machine

from clinic.practice.models import Practice
from patients.intake.models import QuestionnaireRequest
from patients.models import Patient
from sessions.appointments.tests.world import NOW, a_clinic
from sessions.desk.tests.test_booking_on_one_screen import NEW, typed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday_morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def clinic():
    return a_clinic()


@pytest.fixture
def desk(client, clinic):
    client.force_login(clinic.desk)
    return client


def test_the_language_goes_to_the_record_and_the_form(desk, clinic):
    Practice.objects.update(languages=["en", "es"])
    assert "Language of mails and forms" in desk.get(NEW).content.decode()
    answer = desk.post(NEW, typed(clinic, language="es"))

    assert answer.status_code == 302, answer.context["form"].errors
    assert Patient.objects.get().language == "es"
    assert QuestionnaireRequest.objects.get().language == "es"


def test_nothing_chosen_is_english(desk, clinic):
    Practice.objects.update(languages=["en", "es"])
    desk.post(NEW, typed(clinic))

    assert Patient.objects.get().language == "en"


def test_what_is_not_offered_is_refused_in_words(desk, clinic):
    Practice.objects.update(languages=["en", "es"])
    answer = desk.post(NEW, typed(clinic, language="zh-Hans"))

    assert "Please choose one of these." in answer.content.decode()
    assert not Patient.objects.exists()


def test_a_practice_of_one_language_asks_nothing(desk, clinic):
    assert "Language of mails" not in desk.get(NEW).content.decode()
    desk.post(NEW, typed(clinic, language="es", form_token=str(uuid.uuid4())))

    assert Patient.objects.get().language == "en"
