"""Somebody else answers a check-in or a questionnaire: it says so, and their numbers stay out of the chart."""

from __future__ import annotations

import pytest
from django.test import Client

from patients.intake.models import Draft, QuestionnaireResponse
from patients.intake.reading_measured import measured_lines
from patients.intake.tests.check_ins import BREATHLESS, WELL, Phone, a_check_in
from patients.intake.tests.test_a_questionnaire_is_asked import Phone as AskedPhone
from patients.intake.tests.test_a_questionnaire_is_asked import ask, the_request
from patients.measures.models import Measure, MeasureValue, MeasureVersion

pytestmark = pytest.mark.django_db

SISTER = {"who": "her sister"}


@pytest.fixture
def asked(maria):
    return a_check_in(maria)


@pytest.fixture
def charlies(charlie):
    browser = Client()
    browser.force_login(charlie)
    return browser


def names(asked):
    rows = QuestionnaireResponse.objects.filter(request=asked).order_by("id")
    return list(rows.values_list("state", "answered_by"))


def test_what_her_sister_sends_bears_her_name(asked, maria):
    measure = Measure.objects.create(code="steps", asked="check-in")
    words = {"en": {"name": "Steps", "question": "How many steps?", "unit": ""}}
    MeasureVersion.objects.create(
        measure=measure, version=1, lowest=0, highest=100, decimals=0, worse="down", words=words
    )

    Phone(asked).send({**WELL, **SISTER, "measure_steps": "40"})

    assert names(asked) == [("completed", "her sister")]
    assert list(MeasureValue.objects.values_list("measure__code", "answered_by")) == [("steps", "her sister")]


def test_it_is_kept_while_it_is_typed_and_stands_there_again(asked):
    phone = Phone(asked)
    assert '<details class="fold"><summary>I answer for somebody else' in phone.page().content.decode()

    phone.send({"ci-pain": "4", **SISTER}, by_itself=True, version=1)

    assert Draft.objects.get(request=asked).data["1"] == {"ci-pain": 4, "who": "her sister"}
    page = phone.page()
    assert '<details class="fold" open><summary>I answer for somebody else' in page.content.decode()
    assert page.context["form"]["who"].value() == "her sister"


def test_what_she_answers_herself_later_is_her_own(asked):
    Phone(asked).send({**WELL, **SISTER})
    Phone(asked).send({**WELL, "who": " "})

    assert names(asked) == [("replaced", "her sister"), ("completed", "")]
    assert "who" not in Draft.objects.get(request=asked).data["1"]


def test_a_name_that_is_too_long_is_answered_beside_its_field(asked):
    answer = Phone(asked).send({**WELL, "who": "s" * 81})

    assert answer.status_code == 200
    assert answer.context["form"]["who"].errors
    assert '<details class="fold" open>' in answer.content.decode()
    assert names(asked) == []


def test_practitioners_read_who_answered(asked, charlies):
    address = f"/patients/{asked.patient.public_id}/check-in/"
    Phone(asked).send(BREATHLESS)
    assert "Answered by" not in charlies.get(address).content.decode(), "the control"

    Phone(asked).send({**BREATHLESS, **SISTER})

    assert "Answered by <b>her sister</b>" in charlies.get(address).content.decode()


def test_a_questionnaire_says_so_too(charlies, maria):
    ask(charlies, maria, "gad-7")

    AskedPhone(the_request()).send({"gad7-1": "1", **SISTER})

    assert names(the_request()) == [("completed", "her sister")]
    assert "Answered by <b>her sister</b>" in charlies.get(f"/patients/{maria.public_id}/asked/").content.decode()


@pytest.mark.parametrize(("who", "compared"), [({}, True), (SISTER, False)])
def test_what_somebody_else_answered_is_compared_with_nothing(charlies, maria, who, compared):
    calm, worse = ({f"gad7-{number}": value for number in range(1, 8)} for value in ("1", "2"))
    for answers in (calm, {**worse, **who}):
        ask(charlies, maria, "gad-7")
        AskedPhone(the_request()).send(answers)

    [line] = charlies.get(f"/patients/{maria.public_id}/asked/").context["reading"].scores
    assert line.value == "14"
    assert (line.before, line.way) == (("7", "worse") if compared else ("", ""))


def test_what_somebody_else_said_of_a_measure_is_compared_with_nothing():
    def row(value, day, by):
        scale = {"lowest": "0", "highest": "9", "worse": "up", "words": {"en": {"name": "Steps"}}}
        return {
            "code": "steps", "position": 1, "request": day, "value": value, "answered_by": by,
            "measured_at": f"2026-11-{day}T10:00:00+00:00", "scale": {**scale, "important_change": None},
        }  # fmt: skip

    for by, before in (("", "3"), ("her sister", "")):
        [line] = measured_lines([row("5", 16, by), row("3", 10, "")], 16)
        assert line.before == before
