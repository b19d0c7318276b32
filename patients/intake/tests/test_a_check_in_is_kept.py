"""A check-in keeps itself: an answer of ours that got lost harms nothing, and what cannot be kept is said in words."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from patients.intake.models import Draft, QuestionnaireRequest
from patients.intake.services.requests import token_of
from patients.intake.tests.check_ins import WELL, Phone, a_check_in, link_of
from patients.intake.tests.test_a_questionnaire_is_asked import Phone as AskedPhone
from patients.intake.tests.test_a_questionnaire_is_asked import ask, the_request

pytestmark = pytest.mark.django_db

FIRST, MORE = {"ci-pain": "4"}, {"ci-pain": "4", "ci-mood": "6"}
CALL = 'class="btn btn-primary btn-lg" href="tel:+12025550142"'


@pytest.fixture
def asked(maria):
    return a_check_in(maria)


@pytest.fixture
def gad7(charlie, maria):
    browser = Client()
    browser.force_login(charlie)
    ask(browser, maria, "gad-7")
    return the_request()


def test_the_page_whose_answer_got_lost_saves_again(asked):
    page, phone = uuid.uuid4(), Phone(asked)
    phone.send(FIRST, by_itself=True, version=1, token=page)

    again = phone.send(MORE, by_itself=True, version=1, token=page)

    assert (again.status_code, again.json()["version"]) == (200, 3)
    assert Draft.objects.get(request=asked).data["1"] == {"ci-pain": 4, "ci-mood": 6}
    assert phone.send({**WELL, "ci-pain": "9"}, version=1, token=page).headers["Location"] == "/i/check-in/sent/"


def test_another_window_is_told_so_in_words_and_overwrites_nothing(asked):
    Phone(asked).send(FIRST, by_itself=True, version=1)

    beaten = Phone(asked).send({"ci-pain": "9"}, by_itself=True, version=1)

    assert beaten.status_code == 409
    assert beaten.json()["says"].startswith("Another window saved other answers")
    assert Draft.objects.get(request=asked).data["1"] == {"ci-pain": 4}


def test_a_page_that_arrived_cut_off_is_told_so(asked):
    said = Phone(asked).send(FIRST, by_itself=True, version="x")

    assert said.status_code == 422
    assert "arrived cut off" in said.json()["says"]


def test_a_questionnaire_is_kept_in_the_same_way(gad7):
    page, phone, other = str(uuid.uuid4()), AskedPhone(gad7), AskedPhone(gad7)
    phone.send({"gad7-1": "1", "form_token": page}, by_itself=True, version=1)

    again = phone.send({"gad7-1": "2", "form_token": page}, by_itself=True, version=1)
    beaten = other.send({"gad7-1": "3"}, by_itself=True, version=1)

    assert again.json()["says"].startswith("saved ")
    assert beaten.status_code == 409
    assert beaten.json()["says"].startswith("Another window saved other answers")
    assert Draft.objects.get(request=gad7).data["1"] == {"gad7-1": 2}


def test_a_link_that_opens_nothing_has_one_button_that_calls(asked, gad7, practice):
    practice.phone = "+12025550142"
    practice.save(update_fields=["phone"])
    links = [link_of(asked), f"/i/asked/{token_of(gad7)}/"]
    assert all(CALL not in Client().get(link).content.decode() for link in links), "the control"
    QuestionnaireRequest.objects.update(state="revoked")

    pages = [Client().get(link).content.decode() for link in links]
    assert all(page.count(CALL) == 1 for page in pages)

    practice.phone = ""
    practice.save(update_fields=["phone"])
    assert all("tel:" not in Client().get(link).content.decode() for link in links)


def test_questions_for_the_clinic_alone_offer_a_call(gad7, practice):
    practice.phone = "+12025550142"
    practice.save(update_fields=["phone"])
    QuestionnaireRequest.objects.update(instruments=["phq-9"])

    answer = Client().get(f"/i/asked/{token_of(gad7)}/")

    assert answer.status_code == 403
    assert answer.content.decode().count(CALL) == 1


def test_a_saving_that_comes_late_and_says_what_stands_is_no_other_window(asked):
    phone = Phone(asked)
    phone.send(FIRST, by_itself=True, version=1, token=uuid.uuid4())

    late = phone.send(FIRST, by_itself=True, version=1, token=uuid.uuid4())
    opened_before = phone.send(MORE, by_itself=True, version=2, token=uuid.uuid4())

    assert (late.status_code, late.json()["version"]) == (200, 2)
    assert (opened_before.status_code, opened_before.json()["version"]) == (200, 3)
