"""Somebody may help. An adult signs for himself, unless a representative is on record; a parent for a child."""

from __future__ import annotations

import pytest

from clinic.kernel import clock
from patients.intake import steps
from patients.intake.models import IntakeSubmission, QuestionnaireResponse
from patients.intake.tests.conftest import AGREEMENT, ANSWERS, CONTACT, row

HELPED = CONTACT | {"filled_by": "helper", "helper": "her sister"}


def filled(phone, link, contact=HELPED):
    phone.begin(link)
    assert phone.send(1, contact).status_code == 302
    for step in range(2, steps.LAST):
        assert phone.send(step, ANSWERS[step]).status_code == 302
    return phone.get(f"/i/form/{steps.LAST}/").content.decode()


def test_who_fills_it_in_alone_is_asked_nothing_more(link, phone):
    assert "sign here myself" not in filled(phone, link, CONTACT)

    assert phone.send(steps.LAST).headers["Location"] == "/i/sent/"
    assert IntakeSubmission.objects.get().answers[str(steps.LAST)]["signer"] == "own-hand"


def test_a_helper_does_not_sign_for_an_adult(link, asked, phone):
    assert "I am María Gutiérrez. Somebody wrote for me" in filled(phone, link)

    page = phone.send(steps.LAST)
    assert page.status_code == 200
    assert "let the person who signs tick this" in page.content.decode()
    assert row(asked).state == "begun"

    assert phone.send(steps.LAST, AGREEMENT | {"signer": "on"}).headers["Location"] == "/i/sent/"


def test_a_representative_on_record_signs_by_name(link, maria, phone):
    type(maria).objects.filter(pk=maria.pk).update(representative="Ana Gutiérrez, guardian by court order")

    assert "I am Ana Gutiérrez, guardian by court order and sign for María Gutiérrez" in filled(phone, link)
    phone.send(steps.LAST, AGREEMENT | {"signer": "on"})

    assert IntakeSubmission.objects.get().answers[str(steps.LAST)]["signer"] == "representative"


@pytest.mark.parametrize("contact", [CONTACT, HELPED])
def test_a_parent_signs_for_a_child(link, maria, phone, contact):
    type(maria).objects.filter(pk=maria.pk).update(birth_date=None, birth_year=clock.now().year - 9)

    assert "I am a parent or guardian of María Gutiérrez" in filled(phone, link, contact)
    phone.send(steps.LAST, AGREEMENT | {"signer": "on"})

    assert IntakeSubmission.objects.get().answers[str(steps.LAST)]["signer"] == "parent"


def test_what_a_helper_said_of_pain_and_feelings_carries_her_name(link, phone):
    filled(phone, link)
    phone.send(steps.LAST, AGREEMENT | {"signer": "on"})

    assert set(QuestionnaireResponse.objects.values_list("answered_by", flat=True)) == {"her sister"}
