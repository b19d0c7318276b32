"""A right that is taken away is gone at the next click, in every browser that is open."""

from __future__ import annotations

import pytest
import time_machine
from django.contrib.sessions.models import Session

from clinic.kernel import clock
from clinic.policy.tests.house import NOW, a_house, everybody
from clinic.staff.tests.cast import form, signed_in
from patients.intake.models import QuestionnaireRequest
from sessions.appointments.services import arrive, book
from sessions.appointments.tests.world import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    with time_machine.travel(NOW, tick=False):
        yield a_house()


def codes(browsers, *addresses):
    return {browser.get(address).status_code for browser in browsers for address in addresses}


def test_a_role_that_is_taken_away_opens_nothing_any_more(house):
    browsers = [signed_in(house.charlie) for _ in range(5)]
    kept = ("/notes/", "/attention/", f"/notes/{house.note.public_id}/", f"/patients/{house.greta.public_id}/intake/")
    assert codes(browsers, *kept) == {200}

    signed_in(house.alice).post(
        f"/settings/users/{house.charlie.public_id}/",
        form(name=house.charlie.name, email=house.charlie.email, roles=["front-desk"]),
    )

    # Changed roles may ask for a new sign-in, too; what they never do is open the page.
    assert codes(browsers, *kept) <= {302, 403}
    assert codes([signed_in(house.charlie)], *kept) == {403}


def test_what_was_typed_by_somebody_without_the_right_changes_nothing(house):
    browser = signed_in(house.charlie)
    typed = {"form_token": "2b0a1a1e-6b0a-4b61-a1f5-6f3a3ad1b2c4", "version": house.note.version, "end": "1"}
    house.charlie.roles = ["front-desk"]
    house.charlie.save()

    answer = browser.post(f"/notes/{house.note.public_id}/save/", {**typed, "subjective": "Too late."})

    house.note.refresh_from_db()
    assert answer.status_code == 403
    assert "Too late." not in str(vars(house.note))


def test_who_is_switched_off_is_out_everywhere(house):
    browsers = [signed_in(house.bob) for _ in range(20)]
    assert codes(browsers, "/today/") == {200}

    signed_in(house.alice).post(f"/settings/users/{house.bob.public_id}/off/")

    assert {browser.get("/today/")["Location"] for browser in browsers} == {"/accounts/login/?next=/today/"}
    mine = {str(house.bob.pk)}
    assert not [one for one in Session.objects.all() if one.get_decoded().get("_auth_user_id") in mine]


def test_a_link_that_has_ended_opens_nothing_in_a_browser_that_had_it_open(house):
    browsers = everybody(house)
    phone, other = browsers["an intake link"], browsers["a check-in link"]
    assert phone.get("/i/form/1/").status_code == 200
    assert other.get("/i/check-in/").status_code == 200

    QuestionnaireRequest.objects.filter(pk=house.intake.pk).update(expires_at=clock.now())
    clinic = house.clinic
    soon = book(
        patient=house.greta, service=clinic.follow, practitioner=clinic.chen, room=None, starts_at=at(16, 30),
        by=house.bob, now=clock.now(),
    )  # fmt: skip
    with time_machine.travel(at(16, 30), tick=False):
        arrive(appointment=soon, by=house.bob, now=clock.now())

    assert phone.get("/i/form/1/").status_code == 404
    assert other.get("/i/check-in/").status_code == 404
