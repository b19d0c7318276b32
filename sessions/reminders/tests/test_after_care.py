"""On the day after some sessions a mail says what is usual and whom to call; it never says why it came."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from clinic.outbox import kinds, states
from clinic.outbox.models import OutgoingMessage
from sessions.reminders import after_care
from sessions.reminders.after_care import KIND, render
from sessions.tests.world import a_treatment, a_visit, at, signed

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
            after_care.plan(now)

    return as_the_worker


def a_first_session(**patient):
    with time_machine.travel(at(9, 20), tick=True):
        world = a_treatment(**patient)
        world.note = signed(world)
    return world


def a_second_session(world, **fields):
    with time_machine.travel(at(9, 20) + 7 * DAY, tick=True):
        world.browser.force_login(world.clinic.chen.user)
        return signed(world, a_visit(world.clinic, world.patient, world.course, starts_at=at(9) + 7 * DAY), **fields)


def messages():
    return OutgoingMessage.objects.filter(kind="after-care")


def test_a_first_session_is_followed_by_a_word_at_ten_the_next_day(plan):
    world = a_first_session()

    plan(at(9, 30))
    plan(at(9, 31))

    message = messages().get()
    assert (message.not_before, message.state) == (at(10) + DAY, "queued")
    assert (message.to_address, message.subject_id) == (world.patient.email, world.note.pk)


def test_a_later_session_only_when_a_point_lies_over_the_lungs(plan):
    world = a_first_session()

    assert not a_second_session(world).after_care
    plan(at(9, 30) + 7 * DAY)
    assert not messages().exists()


def test_points_over_the_lungs_are_followed_by_a_word(plan):
    world = a_first_session()

    over_the_lungs = a_second_session(world, points_line="gb21 b", needles_in="2", needles_out="2")

    assert over_the_lungs.after_care
    plan(at(9, 30) + 7 * DAY)
    assert messages().get().subject_id == over_the_lungs.pk


def test_a_note_that_was_signed_long_after_asks_nothing(plan):
    a_first_session()

    plan(at(9) + 2 * DAY)

    assert not messages().exists()


def test_the_mail_says_whom_to_call_and_not_what_was_done(plan, in_role):
    a_first_session()
    plan(at(9, 30))

    with in_role("worker"):
        mail = render(messages().get(), at(10) + DAY)

    assert mail.subject == "After your visit, Clinic at the Old Mill"
    for part in (mail.text, mail.html):
        assert "please call us or your doctor" in part
        assert "call 112 at once" in part
        for word in ("pain", "needle", "acupuncture", "session", "point"):
            assert word not in part.lower(), word


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, ""),
        ({"deceased_on": at(9).date()}, "the patient has died"),
        ({"email": "new@example.org"}, "the address was changed"),
        ({"desk_facts": ["no-email"]}, "wants no e-mail: phone"),
    ],
    ids=["nothing happened", "has died", "another address", "no e-mail"],
)
def test_whether_it_still_makes_sense_is_decided_when_it_leaves(plan, in_role, fields, reason):
    world = a_first_session()
    plan(at(9, 30))
    if fields:
        type(world.patient).objects.filter(pk=world.patient.pk).update(**fields)

    with in_role("worker"):
        [message] = states.claim(now=at(10) + DAY, size=10)

    assert (message.reason if message.state == "cancelled" else "") == reason


def test_without_an_address_it_stands_for_the_phone(plan):
    a_first_session(email="")

    plan(at(9, 30))

    assert (messages().get().state, messages().get().reason) == ("cancelled", "no e-mail on file: phone")
