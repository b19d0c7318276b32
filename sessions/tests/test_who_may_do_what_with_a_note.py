"""Every address of the note as each role: practitioners pass, the front desk and the owner get 403, nobody signs in."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from clinic.audit.models import AuditEvent
from sessions.models import TreatmentSession
from sessions.tests.world import a_treatment, a_user, begin

pytestmark = pytest.mark.django_db

PAGES = [
    ("GET", "note"), ("POST", "save"), ("POST", "points"), ("POST", "sign"), ("POST", "consent"), ("POST", "addendum"),
    ("GET", "unsigned"), ("POST", "start"),
]  # fmt: skip


def address(world, note, page):
    if page == "unsigned":
        return reverse("treatments:unsigned")
    subject = world.visit if page == "start" else note
    return reverse(f"treatments:{page}", args=[subject.public_id])


@pytest.mark.parametrize("role", ["front-desk", "owner"])
@pytest.mark.parametrize(("method", "page"), PAGES)
def test_front_desk_and_owner_are_refused_with_a_trace(role, method, page):
    world = a_treatment()
    note = begin(world)
    browser = Client()
    browser.force_login(a_user("Sam", (role,)))

    answer = browser.generic(method, address(world, note, page))

    assert answer.status_code == 403
    assert AuditEvent.objects.filter(result="denied", resource="note").exists()


@pytest.mark.parametrize(("method", "page"), PAGES)
def test_nobody_in_particular_is_sent_to_sign_in(method, page):
    world = a_treatment()
    note = begin(world)

    answer = Client().generic(method, address(world, note, page))

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))


def test_a_get_starts_and_changes_nothing():
    world = a_treatment()

    for page in ("start",):
        assert world.browser.get(address(world, None, page)).status_code == 405
    note = begin(world)
    for page in ("points", "consent", "addendum"):
        assert world.browser.get(address(world, note, page)).status_code == 405
    for page in ("save", "sign"):
        assert world.browser.get(address(world, note, page)).status_code == 302

    assert TreatmentSession.objects.get().version == 1


def test_a_user_without_a_practitioner_of_their_own_opens_no_note():
    world = a_treatment()
    browser = Client()
    browser.force_login(a_user("Pat", ("practitioner",)))

    answer = browser.post(address(world, None, "start"))

    assert answer.status_code == 302
    assert not TreatmentSession.objects.exists()


def test_each_look_leaves_a_trace_before_the_page():
    world = a_treatment()
    note = begin(world)

    world.browser.get(address(world, note, "note"))

    seen = AuditEvent.objects.get(action="read", resource="note")
    assert (seen.patient_id, seen.object_id, seen.actor_id) == (world.patient.pk, note.pk, world.clinic.chen.user_id)
