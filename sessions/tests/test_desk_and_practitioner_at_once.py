"""The desk mends contact data while the practitioner writes clinical data of the same patient: both are kept."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from patients.models import Patient, SafetyFact
from sessions.models import TreatmentSession
from sessions.tests.world import a_treatment, begin, send

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 10


def contact(patient, email):
    """The desk's form as it was opened, with another address."""
    return {
        "form_token": str(uuid.uuid4()), "version": str(patient.version), "given_name": patient.given_name,
        "family_name": patient.family_name, "birth_date_day": "12", "birth_date_month": "3",
        "birth_date_year": "1961", "email": email, "phone": "030 55501423", "emergency_contact": "", "physician": "",
        "language": patient.language, "end": "1",
    }  # fmt: skip


@pytest.fixture
def world():
    return a_treatment(phone="+493055501423")


@pytest.fixture
def desk(world):
    browser = Client()
    browser.force_login(world.clinic.desk)
    return browser


def at_once(*acts):
    """Let all act in the same moment; return what they answer."""
    start = threading.Barrier(len(acts))

    def one(act):
        try:
            start.wait(60)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def test_ten_times_at_once_an_address_a_fact_and_a_note_are_all_kept(world, desk):
    note, other_window = begin(world), Client()
    other_window.force_login(world.clinic.chen.user)
    edit, facts = (reverse(f"patients:{page}", args=[world.patient.public_id]) for page in ("edit", "facts"))
    for number in range(ROUNDS):
        patient = Patient.objects.get(pk=world.patient.pk)
        email, words = f"greta{number}@example.org", f"Seen in round {number}."
        fact = {"form_token": str(uuid.uuid4()), "end": "1", "rule": "cancer", "detail": words}
        mended, told, saved = at_once(
            partial(desk.post, edit, contact(patient, email)),
            partial(world.browser.post, facts, fact),
            partial(send, world, note, browser=other_window, by_itself=True, plan=words),
        )

        assert (mended.status_code, told.status_code, saved.status_code) == (302, 302, 200)
        assert Patient.objects.get(pk=patient.pk).email == email
        assert SafetyFact.objects.get(patient=patient, ended_at=None).detail == words
        assert TreatmentSession.objects.get(pk=note.pk).plan == words


def test_what_was_written_while_the_form_of_the_desk_stood_open_stays(world, desk):
    """Nobody at the desk is told of a clash with what they may not read, and their form changes nothing of it."""
    form = contact(world.patient, "greta@example.org")
    note = begin(world)
    world.browser.post(
        reverse("patients:facts", args=[world.patient.public_id]),
        {"form_token": str(uuid.uuid4()), "end": "1", "rule": "frail", "detail": "Falls easily."},
    )
    send(world, note, plan="Gently.")

    answer = desk.post(reverse("patients:edit", args=[world.patient.public_id]), form)

    assert answer.status_code == 302
    assert Patient.objects.get().email == "greta@example.org"
    assert SafetyFact.objects.get(ended_at=None).detail == "Falls easily."
    assert TreatmentSession.objects.get().plan == "Gently."
