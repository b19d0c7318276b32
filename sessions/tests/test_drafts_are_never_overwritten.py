"""Two windows, two people, one draft: both texts live."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from clinic.audit.models import AuditEvent
from sessions.models import TreatmentSession
from sessions.tests.world import READY, a_practitioner, a_treatment, begin, send, signed

pytestmark = pytest.mark.django_db


def test_a_stale_page_overwrites_nothing_and_shows_both_texts():
    world = a_treatment()
    note = begin(world)
    send(world, note, subjective="Written in the other window.", version=1)

    answer = send(world, note, subjective="Written here.", plan="Mine too.", version=1)

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Written in the other window." in page
    assert ">\nWritten here.</textarea>" in page
    assert "Mine too." in page
    note.refresh_from_db()
    assert note.subjective == "Written in the other window."
    assert 'name="version" value="2"' in page


def test_after_seeing_both_texts_one_may_save_mine():
    world = a_treatment()
    note = begin(world)
    send(world, note, subjective="The other.", version=1)
    send(world, note, subjective="Mine.", version=1)

    send(world, note, subjective="Mine, and the other.", version=2)

    note.refresh_from_db()
    assert note.subjective == "Mine, and the other."


def test_a_stale_saving_by_itself_says_so_and_stores_nothing():
    world = a_treatment()
    note = begin(world)
    send(world, note, subjective="The other.", version=1)

    answer = send(world, note, by_itself=True, subjective="Mine.", version=1)

    assert answer.status_code == 409
    said = answer.json()
    assert said["version"] == 2
    assert "The other." in said["conflict"]
    assert "Mine." in said["conflict"]
    note.refresh_from_db()
    assert note.subjective == "The other."


def test_saving_by_itself_tells_the_time_the_version_and_what_is_missing():
    world = a_treatment()
    note = begin(world)

    said = send(world, note, by_itself=True, subjective="One.").json()

    assert said["version"] == 2
    assert ":" in said["saved"]
    assert "Missing to sign" in said["parts"]["missing"]


def test_saving_the_same_again_changes_no_version():
    world = a_treatment()
    note = begin(world)
    send(world, note, subjective="One.")

    assert send(world, note, by_itself=True, subjective="One.").json()["version"] == 2


def test_a_stale_page_cannot_sign():
    world = a_treatment()
    note = begin(world)
    send(world, note, subjective="The other.", version=1)

    answer = send(world, note, "sign", **READY, version=1)

    assert answer.status_code == 409
    note.refresh_from_db()
    assert not note.is_signed


def test_saving_after_signing_keeps_the_signed_text():
    world = a_treatment()
    note = signed(world)

    answer = send(world, note, subjective="Later.", version=note.version)
    by_itself = send(world, note, by_itself=True, subjective="Later.", version=note.version)

    assert answer.status_code == 302
    assert "signed" in by_itself.json()
    note.refresh_from_db()
    assert note.subjective == READY["subjective"]


def test_a_colleague_writes_into_the_draft_with_a_trace_and_cannot_sign_it():
    world = a_treatment()
    note = begin(world)
    colleague = a_practitioner("T. Ibarra")
    browser = Client()
    browser.force_login(colleague.user)

    page = browser.get(reverse("treatments:note", args=[note.public_id])).content.decode()
    answer = send(world, note, "sign", browser=browser, **READY)

    note.refresh_from_db()
    assert "Dr. Mei-Ling Chen signs" in page
    assert answer.status_code == 302
    assert not note.is_signed
    assert note.subjective == READY["subjective"]
    assert AuditEvent.objects.filter(actor_id=colleague.user_id, action="edit", object_id=note.pk).exists()


def test_a_double_click_on_sign_signs_once():
    world = a_treatment()
    note = signed(world)

    answer = send(world, note, "sign", **READY, version=1)

    assert answer.status_code == 302
    assert TreatmentSession.objects.filter(signed_at__isnull=False).count() == 1


def test_a_cancelled_visit_takes_no_note():
    world = a_treatment()
    type(world.visit).objects.filter(pk=world.visit.pk).update(state="cancelled")

    world.browser.post(reverse("treatments:start", args=[world.visit.public_id]))

    assert not TreatmentSession.objects.exists()


def test_a_page_behind_its_own_last_saving_saves_and_signs():
    world = a_treatment()
    note = begin(world)
    send(world, note, **READY, version=1)

    again = send(world, note, by_itself=True, **READY, version=1)
    answer = send(world, note, "sign", **READY, version=1)

    note.refresh_from_db()
    assert again.json()["version"] == 2
    assert answer.status_code == 302
    assert note.is_signed
