"""Every page of the opening day and the settings, tried as owner, front desk, practitioner and nobody in particular."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from clinic.opening import urls as opening_urls
from clinic.practice.models import Room, Service
from clinic.staff import urls as staff_urls
from clinic.staff.models import Practitioner
from clinic.staff.tests.cast import signed_in

pytestmark = pytest.mark.django_db

OPEN = {"home", "set_up", "step_owner", "press", "set_password"}
"""Judged by a link, or public; they have tests of their own."""
FOR_ALL = {"settings", "account", "theme", "sign_out_everywhere"}
ONLY_POST = {"mail_again", "send_link", "switch_off", "switch_on", "sign_out_everywhere", "theme"}
STEPS = {f"step_{slug}" for slug in ("practice", "mail", "worry", "practitioner", "service", "hours")}

ROUTES = [("opening", route.name) for route in opening_urls.urlpatterns] + [
    ("staff", route.name) for route in staff_urls.urlpatterns
]
JUDGED = [(app, name) for app, name in ROUTES if name not in OPEN]
ONE_ROW = {"room": Room, "service": Service, "practitioner": Practitioner, "week": Practitioner}


@pytest.fixture
def rows(practice, charlie, bob):
    location = practice and Room._meta.get_field("location").related_model.objects.get()
    room = Room.objects.create(location=location, name="Room 1")
    service = Service.objects.create(name="Follow-up")
    ids = {Room: room.public_id, Service: service.public_id, Practitioner: charlie.practitioner.public_id}
    return {name: ids[model] for name, model in ONE_ROW.items()} | dict.fromkeys(
        ("user", "send_link", "switch_off", "switch_on"), bob.public_id
    )


def address(app, name, rows):
    named = {"worry_in": ["es"], "consent": ["treatment", "es"]}
    return reverse(f"{app}:{name}", args=named.get(name) or ([rows[name]] if name in rows else []))


def ask(client, name, url):
    return client.post(url) if name in ONLY_POST else client.get(url)


@pytest.mark.parametrize(("app", "name"), JUDGED)
def test_the_owner_gets_in(app, name, alice, rows):
    response = ask(signed_in(alice), name, address(app, name, rows))

    assert response.status_code == (302 if name in ONLY_POST | STEPS | {"mail_status"} else 200)
    assert "/accounts/" not in response.headers.get("Location", "")


@pytest.mark.parametrize("who", ["bob", "charlie"])
@pytest.mark.parametrize(("app", "name"), JUDGED)
def test_others_are_refused_what_is_the_owners(app, name, who, rows, request):
    response = ask(signed_in(request.getfixturevalue(who)), name, address(app, name, rows))

    assert response.status_code == (403 if name not in FOR_ALL else 302 if name in ONLY_POST else 200)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize(("app", "name"), [pair for pair in JUDGED if pair[1] not in FOR_ALL])
def test_no_other_method_gets_around_it(app, name, method, charlie, rows):
    assert getattr(signed_in(charlie), method)(address(app, name, rows)).status_code == 403


@pytest.mark.parametrize(("app", "name"), JUDGED)
def test_nobody_in_particular_is_asked_to_sign_in(app, name, rows):
    for response in (Client().get(address(app, name, rows)), Client().post(address(app, name, rows))):
        assert response.status_code == 302
        assert response.url.startswith("/accounts/login/?next=")


@pytest.mark.parametrize(("app", "name"), [(app, name) for app, name in JUDGED if name in ONE_ROW | {"user": 0}])
def test_a_made_up_id_is_not_found(app, name, alice, practice):
    assert signed_in(alice).get(reverse(f"{app}:{name}", args=[uuid.uuid4()])).status_code == 404


def test_who_may_only_read_sees_no_way_to_change(bob, rows):
    page = signed_in(bob).get("/settings/").content.decode()

    assert "Clinic at the Old Mill" in page
    assert "/settings/practice/" not in page
    assert "/settings/users/" not in page
