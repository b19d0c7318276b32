from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.test import Client

from clinic.attention.models import Absence, Duty
from clinic.audit.models import AuditEvent
from clinic.practice.models import Practice
from clinic.staff.tests.cast import a_user, signed_in
from sessions.appointments.tests.world import NOW, a_clinic, a_practitioner

PEOPLE, AWAY = "/attention/people/", "/attention/away/"
TOKEN = {"form_token": "2b0a1a1e-6b0a-4b61-a1f5-6f3a3ad1b2c4", "end": "1"}


@pytest.fixture
def house(db):
    with time_machine.travel(NOW, tick=False):
        clinic = a_clinic()
        Practice.objects.update(opened_at=NOW)
        clinic.other, clinic.third = a_practitioner("Dr. Other"), a_practitioner("Dr. Third")
        clinic.browser = signed_in(a_user("Alice", "owner"))
        yield clinic


def choice(clinic, **more):
    said = {"first": str(clinic.chen.user.public_id), "second": str(clinic.other.user.public_id), "cover": ""}
    return {**TOKEN, **said, **more}


def test_the_owner_names_two_and_a_third_who_steps_in(house):
    answer = house.browser.post(PEOPLE, choice(house, cover=str(house.third.user.public_id)))

    assert answer.status_code == 302
    duty = Duty.objects.get()
    assert (duty.first, duty.second, duty.cover) == (house.chen.user, house.other.user, house.third.user)
    assert AuditEvent.objects.filter(action="keep", resource="duty").exists()
    assert "selected" in house.browser.get(PEOPLE).content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"second": "same"}, "Please choose another one."),
        ({"first": ""}, "Please name who is told at once"),
        ({"cover": "same"}, "Who steps in must be a third person."),
        ({"first": "nobody we know"}, "Please choose one of these."),
        ({"tried": "on"}, "Please fill in both addresses"),
        ({"first_rings": "no address"}, "first_rings"),
    ],
)
def test_a_choice_that_makes_no_sense_is_answered_in_words(house, change, sentence):
    same = {name: str(house.chen.user.public_id) if value == "same" else value for name, value in change.items()}
    page = house.browser.post(PEOPLE, choice(house, **same)).content.decode()

    assert sentence in page
    assert not Duty.objects.exists()


def test_other_addresses_want_another_try(house):
    rings = {"first_rings": "a@sms.example", "second_rings": "b@sms.example"}
    house.browser.post(PEOPLE, choice(house, **rings, tried="on"))
    assert Duty.objects.get().rang_at == NOW
    house.browser.post(PEOPLE, choice(house, **rings))
    assert Duty.objects.get().rang_at is None


def test_days_away_are_kept_and_taken_back(house):
    days = {"user": str(house.chen.user.public_id), "first_day": "2026-11-16", "last_day": "2026-11-20"}
    assert house.browser.post(AWAY, TOKEN | days).status_code == 302
    absence = Absence.objects.get()
    assert (absence.first_day, absence.last_day) == (date(2026, 11, 16), date(2026, 11, 20))
    assert "20 Nov 2026" in house.browser.get(PEOPLE).content.decode()

    house.browser.post(AWAY, {"drop": str(absence.public_id)})
    assert not Absence.objects.exists()


def test_days_that_are_turned_round_are_refused_with_what_was_typed(house):
    days = {"user": str(house.chen.user.public_id), "first_day": "2026-11-20", "last_day": "2026-11-18"}
    page = house.browser.post(AWAY, TOKEN | days).content.decode()

    assert "This day is before the first one." in page
    assert not Absence.objects.exists()


def test_only_the_owner_names_people(house):
    for user in (house.chen.user, house.desk):
        browser = Client()
        browser.force_login(user)
        assert browser.get(PEOPLE).status_code == 403
        assert browser.post(PEOPLE, choice(house)).status_code == 403
        assert browser.post(AWAY, TOKEN).status_code == 403
