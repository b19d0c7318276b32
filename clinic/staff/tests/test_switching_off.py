"""Somebody leaves: nothing opens for them any more, from their next click on."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from clinic.staff.models import Practitioner, User
from clinic.staff.services import links
from clinic.staff.tests.cast import NOW, PASSWORD, form, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(alice, practice):
    return signed_in(alice)


def test_every_device_is_signed_out_at_once(owner, bob):
    devices = [signed_in(bob) for _ in range(3)]
    assert all(device.get("/settings/").status_code == 200 for device in devices)

    owner.post(f"/settings/users/{bob.public_id}/off/")

    assert all("/accounts/login/" in device.get("/settings/").url for device in devices)
    assert Session.objects.count() == 1


def test_even_a_session_that_was_kept_opens_nothing(owner, bob):
    device = signed_in(bob)

    User.objects.filter(pk=bob.pk).update(is_active=False)

    assert "/accounts/login/" in device.get("/settings/").url


def test_their_links_end(owner, bob):
    path = links.url_of(links.issue_password_link(user=bob, by=None, now=NOW)).removeprefix("http://localhost:8000")

    owner.post(f"/settings/users/{bob.public_id}/off/")

    assert Client().get(path).status_code == 410


def test_a_role_that_is_taken_holds_at_the_next_request(owner, alice):
    dora = User.objects.create_user("dora@mill.example", name="Dora", roles=["owner"], created_at=NOW)
    device = signed_in(dora)
    assert device.get("/settings/users/").status_code == 200

    owner.post(f"/settings/users/{dora.public_id}/", form(name="Dora", email=dora.email, roles=["front-desk"]))

    assert device.get("/settings/users/").status_code == 403


def test_nobody_books_with_them(owner, charlie):
    owner.post(f"/settings/users/{charlie.public_id}/off/")
    assert not Practitioner.objects.get(user=charlie).active

    owner.post(f"/settings/users/{charlie.public_id}/on/")
    assert Practitioner.objects.get(user=charlie).active


def test_switched_on_again_the_old_password_holds(owner, bob):
    bob.set_password(PASSWORD)
    bob.save()
    owner.post(f"/settings/users/{bob.public_id}/off/")
    away = Client().post("/accounts/login/", {"login": bob.email, "password": PASSWORD})
    assert (away.status_code == 302 and "inactive" in away.url) or away.status_code == 200

    owner.post(f"/settings/users/{bob.public_id}/on/")

    assert Client().post("/accounts/login/", {"login": bob.email, "password": PASSWORD}).status_code == 302


def test_an_owner_cannot_switch_themselves_off(owner, alice):
    response = owner.post(f"/settings/users/{alice.public_id}/off/", follow=True)

    assert "You cannot switch yourself off" in response.content.decode()
    assert User.objects.get(pk=alice.pk).is_active
