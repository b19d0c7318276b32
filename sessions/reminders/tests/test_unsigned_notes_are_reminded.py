"""After 48 hours an unsigned note is brought to mind, once, by a mail that says nothing of anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from clinic.outbox import kinds, states
from clinic.outbox.models import OutgoingMessage
from sessions.models import TreatmentSession
from sessions.reminders import unsigned_notes
from sessions.reminders.unsigned_notes import KIND, NOTES_TO_SIGN, render
from sessions.tests.world import READY, a_practitioner, a_treatment, at, begin, send

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    kinds.register(KIND)


@pytest.fixture
def plan(in_role):
    def as_the_worker(now):
        with in_role("worker"):
            unsigned_notes.plan(now)

    return as_the_worker


def a_draft():
    with time_machine.travel(at(9, 20), tick=True):
        world = a_treatment()
        world.note = begin(world)
    TreatmentSession.objects.update(started_at=at(9, 20))
    return world


def mails():
    return OutgoingMessage.objects.filter(kind=NOTES_TO_SIGN).order_by("pk")


def test_nothing_is_said_in_the_first_48_hours_and_once_after_them(plan):
    world = a_draft()

    plan(at(9, 19) + 2 * DAY)
    assert not mails().exists()
    for minute in (20, 21, 50):
        plan(at(9, minute) + 2 * DAY)
    plan(at(9, 30) + 5 * DAY)

    mail = mails().get()
    assert (mail.to_address, mail.user_id) == (world.clinic.chen.user.email, world.clinic.chen.user_id)
    assert mail.patient_id is None


def test_several_notes_of_one_day_are_one_mail_and_the_next_day_is_another(plan):
    world = a_draft()
    for begun in (at(12), at(15), at(9) + DAY):
        TreatmentSession.objects.create(
            patient=world.patient, practitioner=world.clinic.chen, started_at=begun, updated_at=begun
        )

    for hours in range(9, 20):
        plan(at(hours, 25) + 2 * DAY)
    assert mails().count() == 1
    plan(at(9, 25) + 3 * DAY)

    assert mails().count() == 2


def test_each_practitioner_hears_of_the_own_notes_alone(plan):
    world = a_draft()
    colleague = a_practitioner("T. Ibarra")
    TreatmentSession.objects.create(
        patient=world.patient, practitioner=colleague, started_at=at(9), updated_at=at(9), signed_at=None
    )
    TreatmentSession.objects.filter(practitioner=world.clinic.chen).update(started_at=at(9) + DAY)

    plan(at(10) + 2 * DAY)

    assert [mail.to_address for mail in mails()] == [colleague.user.email]


def test_what_was_signed_meanwhile_is_not_sent(plan, in_role):
    world = a_draft()
    plan(at(10) + 2 * DAY)
    with time_machine.travel(at(10, 1) + 2 * DAY, tick=True):
        world.browser.force_login(world.clinic.chen.user)
        send(world, world.note, "sign", **READY)
    assert TreatmentSession.objects.get(pk=world.note.pk).is_signed

    with in_role("worker"):
        assert states.why_not(mails().get(), now=at(10, 2) + 2 * DAY) == "all is signed"


def test_the_mail_names_nobody_and_says_nothing_of_health(plan):
    world = a_draft()
    plan(at(10) + 2 * DAY)

    mail = render(mails().get(), timezone.now())

    for text in (mail.subject, mail.text, mail.html):
        for word in (world.patient.family_name, world.patient.given_name, "needle", "pain", "treatment", "session"):
            assert word not in text, word
    assert "/notes/" in mail.text
