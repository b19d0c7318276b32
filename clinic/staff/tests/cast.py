"""Alice owns the practice, Bob keeps the front desk, Charlie treats."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client

from clinic.practice.models import Location, Practice
from clinic.staff.models import Practitioner, User

NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
PASSWORD = "mill pond heron thirteen"


def a_user(name, *roles, password=None):
    user = User(email=f"{name.lower()}@mill.example", name=name, roles=list(roles), created_at=NOW)
    user.set_password(password) if password else user.set_unusable_password()
    user.save()
    return user


def signed_in(user, *, asked_again=True):
    """A browser in which ``user`` is signed in, and has just said the password once more."""
    client = Client()
    client.force_login(user)
    if asked_again:
        session = client.session
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [
            {"method": "password", "at": time.time(), "reauthenticated": True}
        ]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client


@pytest.fixture
def practice(db):
    Location.objects.create(name="Mill", address="14 Mill Lane")
    return Practice.objects.create(
        id=1, name="Clinic at the Old Mill", country="IE", timezone="Europe/Dublin", phone="+35315550142",
        address="14 Mill Lane\nDublin", mail_from="hello@mill.example", reply_to="desk@mill.example", opened_at=NOW,
    )  # fmt: skip


@pytest.fixture
def alice(db):
    return a_user("Alice", "owner")


@pytest.fixture
def bob(db):
    return a_user("Bob", "front-desk")


@pytest.fixture
def charlie(db):
    user = a_user("Charlie", "practitioner")
    Practitioner.objects.create(user=user, display_name="Charlie", licence="L 1")
    return user


def form(**said):
    """A form as a browser sends it, whole."""
    return {"form_token": "2b0a1a1e-6b0a-4b61-a1f5-6f3a3ad1b2c4", **said, "end": "1"}
