"""Whether a check-in still makes sense is decided when it leaves; the ledger says why it did not."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from clinic.outbox import kinds, states
from clinic.outbox.models import OutgoingMessage
from patients.intake.models import QuestionnaireRequest
from patients.models import Consent
from sessions.reminders import check_ins
from sessions.reminders.check_in_mail import KIND
from sessions.tests.world import a_treatment, a_visit, at, signed

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
THURSDAY = at(9) + 3 * DAY


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    kinds.register(KIND)


@pytest.fixture
def world(in_role):
    with time_machine.travel(at(9, 20), tick=True):
        made = a_treatment()
        signed(made)
    with in_role("worker"):
        check_ins.plan(at(9, 30))
    return made


@pytest.fixture
def leaves(in_role):
    """What becomes of the check-in on its day: the reason against it, or "" when it may go."""

    def tried(now=THURSDAY):
        with in_role("worker"):
            [message] = states.claim(now=now, size=10)
        return message.reason if message.state == "cancelled" else ""

    return tried


def nothing(world):
    pass


def a_word_on_reminders(world, *words):
    for number, state in enumerate(words):
        Consent.objects.create(
            patient=world.patient, kind="email", state=state, text_version=1, text_language="en",
            signed_sha256="0" * 64, channel="clinic", given_at=at(10) + number * DAY,
        )  # fmt: skip


def changed(world, **fields):
    type(world.patient).objects.filter(pk=world.patient.pk).update(**fields)


def another_went_out(world, days_ago):
    OutgoingMessage.objects.create(
        kind="check-in", dedup_key="earlier", patient_id=world.patient.pk, message_id="earlier@x", state="sent",
        to_address=world.patient.email, created_at=at(9), not_before=at(9), not_after=at(9) + DAY,
        sent_at=THURSDAY - days_ago * DAY, subject_id=1,
    )  # fmt: skip


def a_next_visit(world, moment, state="booked", booked_at=None):
    visit = a_visit(world.clinic, world.patient, world.course, state=state, starts_at=moment)
    if booked_at:
        type(visit).objects.filter(pk=visit.pk).update(booked_at=booked_at)


def the_course_ends(world):
    type(world.course).objects.update(state="completed", ended_at=at(9) + DAY, end_reason="well")


CASES = {
    "nothing happened": (nothing, ""),
    "has died": (lambda w: changed(w, deceased_on=at(9).date()), "the patient has died"),
    "the course ended": (the_course_ends, "the course has ended"),
    "another address": (lambda w: changed(w, email="new@example.org"), "the address was changed"),
    "no e-mail": (lambda w: changed(w, desk_facts=["no-email"]), "wants no e-mail: phone"),
    "opted out": (lambda w: a_word_on_reminders(w, "active", "inactive"), "wants no reminders by e-mail"),
    "opted in again": (lambda w: a_word_on_reminders(w, "inactive", "active"), ""),
    "answered": (
        lambda w: QuestionnaireRequest.objects.update(state="submitted"),
        "answered already, or a newer one took its place",
    ),
    "came again": (lambda w: a_next_visit(w, at(9) + 2 * DAY, "completed"), "the next visit came first"),
    "missed it": (lambda w: a_next_visit(w, at(9) + 2 * DAY, "noshow"), ""),
    "tomorrow": (lambda w: a_next_visit(w, THURSDAY + DAY), "the reminder of the next visit asks"),
    "tomorrow, booked today": (lambda w: a_next_visit(w, THURSDAY + DAY, booked_at=THURSDAY), ""),
    "cancelled tomorrow": (lambda w: a_next_visit(w, THURSDAY + DAY, "cancelled"), ""),
    "in seven days": (lambda w: a_next_visit(w, THURSDAY + 7 * DAY), "the reminder of the next visit asks"),
    "in eight days": (lambda w: a_next_visit(w, THURSDAY + 8 * DAY), ""),
    "five days ago": (lambda w: another_went_out(w, 5), "a check-in went out less than six days ago"),
    "seven days ago": (lambda w: another_went_out(w, 7), ""),
}


@pytest.mark.parametrize("case", list(CASES))
def test_a_check_in_leaves_only_when_it_makes_sense(world, leaves, case):
    happens, reason = CASES[case]

    happens(world)

    assert leaves() == reason


def test_after_two_days_it_is_too_late(world, leaves):
    assert leaves(at(20, 1) + 5 * DAY).startswith("too late")
