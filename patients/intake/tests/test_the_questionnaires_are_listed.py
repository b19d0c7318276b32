from __future__ import annotations

import pytest
from django.test import Client

from patients.intake.instruments import catalogue
from patients.intake.tests.conftest import a_user

pytestmark = pytest.mark.django_db


def page_for(user):
    browser = Client()
    browser.force_login(user)
    return browser.get("/settings/questionnaires/")


def test_each_stands_there_with_version_licence_and_the_standing_of_its_words(charlie):
    page = page_for(charlie).content.decode()

    for code in catalogue.all_codes():
        instrument = catalogue.get(code)
        assert f'id="h-{code}"' in page
        assert f"version {instrument.version}" in page
    assert "own translation" in page
    assert "validated" in page
    assert "at the first visit" in page
    assert "when a practitioner asks for it" in page


def test_every_part_that_a_reader_may_want_comes_from_the_data(charlie):
    shown = {one.instrument.code: one for one in page_for(charlie).context["questionnaires"]}

    assert shown["phq-9"].bands[0] == "None to minimal 0 to 4"
    assert shown["peg"].changes
    assert shown["phq-9"].flags
    assert ("Spanish", "validated") in shown["phq-9"].languages
    assert "Migraine" in shown["checkin"].usual_with


def test_owners_and_practitioners_read_it_and_the_desk_does_not(practice, charlie, bob):
    assert page_for(a_user("olga", "owner")).status_code == 200
    assert page_for(bob).status_code == 403
