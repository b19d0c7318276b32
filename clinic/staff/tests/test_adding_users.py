"""The owner adds a user; a link lets them set a password."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from clinic.outbox import letters
from clinic.outbox.models import OutgoingMessage
from clinic.practice.models import Practice
from clinic.staff import mails
from clinic.staff.models import Practitioner, StaffLink, User
from clinic.staff.services import links
from clinic.staff.tests.cast import NOW, PASSWORD, a_user, form, signed_in

pytestmark = pytest.mark.django_db

FRIDA = {"name": "Frida Núñez", "email": "Frida@mill.example", "roles": ["front-desk"]}


@pytest.fixture
def owner(alice, practice):
    return signed_in(alice)


def test_a_user_is_added_and_mailed_a_link(owner):
    response = owner.post("/settings/users/new/", form(**FRIDA))

    assert response.url == "/settings/users/"
    frida = User.objects.get(email="frida@mill.example")
    message = OutgoingMessage.objects.get()
    assert (message.kind, message.to_address, message.repeatable) == ("set-password", "frida@mill.example", True)
    assert not frida.has_usable_password()
    assert message.subject_id == frida.links.get().pk


def test_the_mail_holds_the_link_and_no_row_does(owner, practice, in_role):
    owner.post("/settings/users/new/", form(**FRIDA))
    message = OutgoingMessage.objects.get()
    message.practice = practice
    url = links.url_of(StaffLink.objects.get())
    token = url.rstrip("/").rpartition("/")[2]

    with in_role("worker"):
        mail = mails.render(message, NOW)

    assert url in mail.text
    assert url in mail.html
    assert token not in mail.kept
    assert token not in str(list(StaffLink.objects.values())) + str(list(OutgoingMessage.objects.values()))
    assert letters.compose(message, mail, now=NOW)


def test_the_link_is_shown_once_while_mail_has_not_proved_itself(owner):
    owner.post("/settings/users/new/", form(**FRIDA))

    url = links.url_of(StaffLink.objects.get())
    assert url in owner.get("/settings/users/").content.decode()
    assert url not in owner.get("/settings/users/").content.decode()


def test_the_link_is_not_shown_when_mail_works(owner):
    Practice.objects.update(mail_tested_at=NOW)

    owner.post("/settings/users/new/", form(**FRIDA))

    assert links.url_of(StaffLink.objects.get()) not in owner.get("/settings/users/").content.decode()


def test_no_mail_is_planned_when_mail_was_put_off(owner):
    Practice.objects.update(mail_from="", reply_to="")

    owner.post("/settings/users/new/", form(**FRIDA))

    assert not OutgoingMessage.objects.exists()
    assert links.url_of(StaffLink.objects.get()) in owner.get("/settings/users/").content.decode()


def test_an_address_stands_once_whatever_its_case(owner):
    a_user("Frida")

    response = owner.post("/settings/users/new/", form(**FRIDA))

    assert "already" in response.context["form"].errors["email"][0]
    assert response.context["form"]["name"].value() == "Frida Núñez"


def test_a_practitioner_is_led_to_the_licence(owner):
    response = owner.post("/settings/users/new/", form(**FRIDA | {"roles": ["practitioner"]}))

    hands = Practitioner.objects.get()
    assert response.url == f"/settings/practitioners/{hands.public_id}/"
    assert hands.display_name == "Frida Núñez"


def test_giving_and_taking_the_role_opens_and_closes_the_diary(owner, bob):
    said = {"name": "Bob", "email": bob.email}
    owner.post(f"/settings/users/{bob.public_id}/", form(**said, roles=["front-desk", "practitioner"]))
    assert Practitioner.objects.get(user=bob).active

    owner.post(f"/settings/users/{bob.public_id}/", form(**said, roles=["front-desk"]))
    assert not Practitioner.objects.get(user=bob).active


def test_a_new_address_ends_the_links_to_the_old_one(owner):
    owner.post("/settings/users/new/", form(**FRIDA))
    frida = User.objects.get(email="frida@mill.example")
    path = links.url_of(frida.links.get()).removeprefix("http://localhost:8000")

    owner.post(f"/settings/users/{frida.public_id}/", form(**FRIDA | {"email": "frida@other.example"}))

    assert Client().get(path).status_code == 410


def test_a_new_link_ends_the_old_one(owner):
    owner.post("/settings/users/new/", form(**FRIDA))
    frida = User.objects.get(email="frida@mill.example")
    old = links.url_of(frida.links.get()).removeprefix("http://localhost:8000")

    with time_machine.travel(frida.created_at + timedelta(seconds=4), tick=False):
        owner.post(f"/settings/users/{frida.public_id}/link/")
        new = links.url_of(frida.links.latest("id")).removeprefix("http://localhost:8000")
        assert Client().get(old).status_code == 410
        assert Client().get(new).status_code == 200
        assert OutgoingMessage.objects.count() == 2


def test_a_double_click_makes_one_link(owner):
    owner.post("/settings/users/new/", form(**FRIDA))
    frida = User.objects.get(email="frida@mill.example")

    with time_machine.travel(frida.created_at + timedelta(seconds=4), tick=False):
        for _ in range(2):
            owner.post(f"/settings/users/{frida.public_id}/link/")

    assert frida.links.count() == 2
    assert OutgoingMessage.objects.count() == 2


def test_changing_users_asks_for_the_password_once_more(alice, practice):
    alice.set_password(PASSWORD)
    alice.save()
    hasty = signed_in(alice, asked_again=False)

    response = hasty.post("/settings/users/new/", form(**FRIDA))
    assert response.url.startswith("/accounts/reauthenticate/")
    assert not User.objects.filter(name="Frida Núñez").exists()

    hasty.post(response.url, {"password": PASSWORD, "next": "/settings/users/new/"})
    assert User.objects.filter(name="Frida Núñez").exists()  # what was sent goes on by itself
