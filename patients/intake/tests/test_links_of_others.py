"""A scanner's look, and somebody else's link: nothing happens, and each check goes red with its guard off."""

from __future__ import annotations

import pytest
from django.core import signing

from clinic.kernel import clock
from patients.intake import key
from patients.intake.services import issue_request
from patients.intake.services.requests import token_of
from patients.intake.tests.conftest import row
from patients.intake.tests.test_a_link_is_opened import hashes
from patients.models import Patient


@pytest.fixture
def ruths(practice, bob):
    ruth = Patient.objects.create(given_name="Ruth", email="ruth@mail.example", created_at=clock.now())
    return issue_request(patient=ruth, appointment_id=None, by=bob, now=clock.now())


def named(phone, said, salt=key.SALT):
    phone.client.cookies[key.NAME] = signing.dumps(said, salt=salt)


def what_it_says(phone):
    return signing.loads(phone.client.cookies[key.NAME].value, salt=key.SALT)


def test_the_watch_over_scanners_sees_a_link_that_begins_by_itself(link, phone):
    before = hashes()
    assert phone.get(link).status_code == 200
    assert hashes() == before

    phone.begin(link)  # the guard off: as if a look pressed the button

    assert hashes() != before


def test_a_cookie_made_to_name_another_patient_opens_nothing(link, asked, ruths, phone, other_phone):
    phone.begin(link)

    other_phone.begin(f"/i/{token_of(ruths)}/")
    said = what_it_says(phone) | {"r": ruths.public_id.hex}

    named(phone, said, salt="somebody else's")
    assert phone.get("/i/form/1/").status_code == 404

    named(phone, said)  # the guard off: signed with the clinic's own key
    assert "Ruth" in phone.get("/i/form/1/").content.decode()


def test_a_link_of_another_form_writes_only_into_its_own(link, asked, ruths, phone):

    phone.begin(f"/i/{token_of(ruths)}/")
    phone.send(1)

    assert "1" in row(ruths).draft.data
    assert row(asked).state == "open"
