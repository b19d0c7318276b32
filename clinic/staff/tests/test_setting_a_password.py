"""The link in the mail: looked at by scanners, used once by its reader."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from clinic.kernel import clock
from clinic.staff.models import StaffLink
from clinic.staff.services import links
from clinic.staff.tests.cast import PASSWORD, form, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(bob, practice):
    return links.url_of(links.issue_password_link(user=bob, by=None, now=clock.now())).removeprefix(
        "http://localhost:8000"
    )


def test_looking_changes_nothing(path, bob):
    for _ in range(5):
        assert Client().get(path).status_code == 200

    bob.refresh_from_db()
    assert not bob.has_usable_password()
    assert StaffLink.objects.get().used_at is None


def test_the_password_is_set_and_opens_the_house(path, bob):
    client = Client()

    assert client.post(path, form(password=PASSWORD, again=PASSWORD)).url == "/accounts/login/"

    assert client.post("/accounts/login/", {"login": "bob@mill.example", "password": PASSWORD}).url == "/"


def test_a_used_link_says_what_to_do(path):
    Client().post(path, form(password=PASSWORD, again=PASSWORD))

    for response in (Client().get(path), Client().post(path, form(password=PASSWORD, again=PASSWORD))):
        assert response.status_code == 410
        assert "Ask the owner" in response.content.decode()


def test_after_three_days_it_has_ended(path):
    StaffLink.objects.update(expires_at=clock.now() - timedelta(seconds=1))

    assert Client().post(path, form(password=PASSWORD, again=PASSWORD)).status_code == 410


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00", "ü"])
def test_an_unknown_link_says_the_same(token, practice):
    assert Client().get(f"/welcome/{token}/").status_code == 410


def test_a_set_up_link_sets_no_password(practice):
    link = links.issue_set_up_link(now=clock.now())

    assert Client().get(f"/welcome/{links.token_of(link)}/").status_code == 410


def test_a_weak_password_is_refused_beside_its_box_and_the_link_lives(path):
    response = Client().post(path, form(password="short", again="short"))

    assert "it needs 15" in response.context["form"].errors["password"][0]
    assert "short" not in response.content.decode()
    assert StaffLink.objects.get().used_at is None


def test_a_new_password_ends_the_sign_ins_of_before(path, bob):
    device = signed_in(bob)

    Client().post(path, form(password=PASSWORD, again=PASSWORD))

    assert "/accounts/login/" in device.get("/account/").url
