"""Whether a mail still makes sense is asked when it is taken, and once more right before its text leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from clinic.outbox import kinds, services, states
from clinic.outbox.models import OutgoingMessage
from clinic.outbox.tests.conftest import NOON, render

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob(django_user_model):
    return django_user_model.objects.create_user("bob@mill.example", roles=["front-desk"], created_at=NOON)


def leaves(bob):
    bob.is_active = False
    bob.save(update_fields=["is_active"])


def test_what_is_not_true_is_skipped_with_its_reason_in_the_claiming_statement(queue, bob, in_role):
    about_bob = queue(subject_id=bob.pk)
    other = queue()
    leaves(bob)

    with in_role("worker"), CaptureQueriesContext(connection) as captured:
        rows = states.claim(now=NOON, size=10)

    assert [query["sql"].split()[0] for query in captured] == ["UPDATE"]
    assert {row.pk: (row.state, row.reason) for row in rows} == {
        about_bob.pk: ("cancelled", "Bob has left"),
        other.pk: ("claimed", ""),
    }


def test_what_turns_untrue_after_the_claim_does_not_leave(queue, bob, run, sink, in_role, monkeypatch):
    about_bob, other = queue(subject_id=bob.pk), queue()
    transmit = states.transmit

    def bob_goes_at_the_last_moment(message, **arguments):
        if message.pk == about_bob.pk:
            with in_role("web"):
                leaves(bob)
        return transmit(message, **arguments)

    monkeypatch.setattr(states, "transmit", bob_goes_at_the_last_moment)

    tally = run()

    about_bob.refresh_from_db()
    assert (about_bob.state, about_bob.reason) == ("cancelled", "Bob has left")
    assert sink.copies == {other.message_id: 1}
    assert (tally["sent"], tally["skipped"]) == (1, 1)


def test_what_comes_too_late_is_skipped(queue, run, sink):
    message = queue(hours=2)

    run(NOON + timedelta(hours=2))

    message.refresh_from_db()
    assert (message.state, message.reason) == ("cancelled", "too late: its moment has passed")
    assert not sink.taken


def test_a_pause_after_the_claim_holds_the_mail_back(queue, as_worker, in_role):
    queue()
    [message] = states.claim(now=NOON, size=1)
    with in_role("web"):
        services.pause(why="look", now=NOON)

    assert not states.transmit(message, subject="", kept="", now=NOON)
    assert states.why_not(message, now=NOON) == ""
    assert states.release([message]) == 1
    assert OutgoingMessage.objects.get().state == "queued"


def test_the_first_reason_is_the_one_that_is_said(queue, as_worker):
    kinds.register(
        kinds.Kind(
            "test-reminder",
            "Reminder",
            render,
            still_true=lambda now: [
                kinds.StillTrue(Q(priority=5), "first"),
                kinds.StillTrue(Q(priority=6), "second"),
                kinds.StillTrue(Q(priority=7), "third"),
            ],
        )
    )
    message = queue()

    assert states.why_not(message, now=NOON) == "second"
    [row] = states.claim(now=NOON, size=1)
    assert row.reason == "second"
