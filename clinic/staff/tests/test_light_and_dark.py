"""Light, dark, or as the device: chosen on the account page, written into the page by the server."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.staff.tests.cast import signed_in

pytestmark = pytest.mark.django_db


def said(client: Client, address: str = "/account/") -> str:
    """Return what stands in the page's first tag about the theme."""
    return re.search(r"<html[^>]*>", client.get(address).content.decode())[0]


def test_without_a_choice_it_is_as_the_device(bob, practice):
    client = signed_in(bob)

    assert 'data-bs-theme="light" data-theme="device"' in said(client)
    assert re.search(r'value="device" aria-pressed="true"', client.get("/account/").content.decode())


@pytest.mark.parametrize("chosen", ["light", "dark"])
def test_a_choice_is_written_by_the_server_and_asks_the_database_nothing(bob, practice, chosen):
    client = signed_in(bob)
    with CaptureQueriesContext(connection) as before:
        client.get("/account/")

    answer = client.post("/account/theme/", {"theme": chosen})

    assert answer.url == "/account/"
    cookie = answer.cookies["theme"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (chosen, True, "Lax", 31536000)
    with CaptureQueriesContext(connection) as after:
        assert f'data-bs-theme="{chosen}"' in said(client)
    assert "device" not in said(client)
    assert len(after) == len(before)
    assert re.search(rf'value="{chosen}" aria-pressed="true"', client.get("/account/").content.decode())


def test_it_goes_back_to_the_device(bob, practice):
    client = signed_in(bob)
    client.post("/account/theme/", {"theme": "dark"})
    client.post("/account/theme/", {"theme": "device"})

    assert 'data-theme="device"' in said(client)


@pytest.mark.parametrize("word", ["", "blue", '"><script>', "dark\x00"])
def test_what_is_no_theme_changes_nothing(bob, practice, word):
    client = signed_in(bob)
    assert "theme" not in client.post("/account/theme/", {"theme": word}).cookies

    client.cookies["theme"] = word.replace("\x00", "")
    if word != "dark\x00":
        assert 'data-theme="device"' in said(client)


def test_looking_changes_nothing(bob, practice):
    assert signed_in(bob).get("/account/theme/").status_code == 405


def test_the_page_before_the_sign_in_keeps_the_choice_and_patients_do_not_see_it(practice):
    client = Client()
    client.cookies["theme"] = "dark"

    assert 'data-bs-theme="dark"' in said(client, "/accounts/login/")
    assert 'data-bs-theme="light" data-theme="device"' in said(client, "/i/nothing-behind-it/")
