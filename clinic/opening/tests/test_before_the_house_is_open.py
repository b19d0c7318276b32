"""Until the opening day is done every page of the staff leads to it."""

from __future__ import annotations

import pytest
from django.test import Client

from clinic.practice.models import Practice
from clinic.staff.models import User
from clinic.staff.tests.cast import signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/today/", "/patients/", "/settings/", "/settings/users/", "/account/"])
def test_an_owner_is_led_to_the_next_step(alice, path):
    response = signed_in(alice).get(path, follow=True)

    assert response.redirect_chain[-1][0] == "/setup/step/practice/"
    assert response.status_code == 200


def test_an_owner_is_led_there_with_a_practice_too(alice, practice):
    Practice.objects.update(opened_at=None)

    assert signed_in(alice).get("/today/").url == "/setup/"


def test_others_read_a_word_of_patience(alice, bob):
    response = signed_in(bob).get("/today/", follow=True)

    assert "still on the opening day" in response.content.decode()


def test_nobody_signs_in_before_there_is_an_owner(db):
    response = Client().get("/today/", follow=True)

    assert response.status_code == 200
    assert "one-time link that is printed" in response.content.decode()
    assert not User.objects.exists()


def test_with_an_owner_one_is_asked_to_sign_in(alice):
    assert Client().get("/today/").url == "/accounts/login/?next=/today/"


@pytest.mark.parametrize("path", ["/healthz", "/accounts/login/", "/accounts/password/reset/"])
def test_doors_stay_open(path, db):
    assert Client().get(path).status_code == 200


def test_the_open_house_costs_no_statement_more(alice, practice, django_assert_max_num_queries):
    client = signed_in(alice)

    with django_assert_max_num_queries(3):  # session, user, practice
        client.get("/settings/rooms/new/")
