"""An owner by command: for a clinic without the opening day's link, or a forgotten password."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from clinic.staff.models import User
from clinic.staff.tests.cast import PASSWORD, form

pytestmark = pytest.mark.django_db


def create_owner(email):
    out = StringIO()
    call_command("create_owner", email, stdout=out)
    return out.getvalue().strip().removeprefix("http://localhost:8000")


def test_the_link_sets_the_password_and_leads_to_the_opening_day():
    path = create_owner("Ada@mill.example")
    client = Client()

    client.post(path, form(password=PASSWORD, again=PASSWORD))
    client.post("/accounts/login/", {"login": "ada@mill.example", "password": PASSWORD})

    assert User.objects.get().roles == ["owner"]
    assert client.get("/today/", follow=True).redirect_chain[-1][0] == "/setup/step/practice/"


def test_asked_twice_the_first_link_ends():
    first, second = create_owner("ada@mill.example"), create_owner("ada@mill.example")

    assert Client().get(first).status_code == 410
    assert Client().get(second).status_code == 200
    assert User.objects.count() == 1


def test_somebody_who_is_no_owner_does_not_become_one_by_the_way(bob):
    with pytest.raises(CommandError, match="no owner"):
        create_owner(bob.email)

    bob.refresh_from_db()
    assert bob.roles == ["front-desk"]


@pytest.mark.parametrize(
    "email", ["ada", "ada@", "ada@mill", "ädа@mill.example", "a" * 300 + "@mill.example", "a\x00@b.de"]
)
def test_what_is_no_address_is_refused_in_words(email):
    with pytest.raises(CommandError):
        create_owner(email)

    assert not User.objects.exists()
