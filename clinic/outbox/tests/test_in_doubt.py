"""The line broke after the text had left: nobody knows, so nobody is told twice."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from clinic.audit.models import AuditEvent
from clinic.outbox import services, smtp, states
from clinic.outbox.models import OutgoingMessage
from clinic.outbox.tests.conftest import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob(django_user_model):
    return django_user_model.objects.create_user("bob@mill.example", roles=["front-desk"], created_at=NOON)


@pytest.fixture
def unsure(sink, queue, run):
    message = queue()
    sink.mode, sink.stage = "drop", "text"
    run()
    sink.mode = "ok"
    message.refresh_from_db()
    return message


def test_a_reminder_becomes_unsure_and_stays_so(unsure, sink, run):
    assert (unsure.state, unsure.reason) == ("unsure", "line broke after sending")

    run(NOON + timedelta(hours=3))

    assert sink.copies == {unsure.message_id: 1}
    assert list(OutgoingMessage.objects.needs_you()) == [unsure]


def test_a_link_goes_once_more_under_the_same_name_and_no_third_time(sink, queue, run):
    message = queue("test-link")
    sink.mode, sink.stage = "drop", "text"

    run()
    run(NOON + timedelta(hours=1))

    message.refresh_from_db()
    assert sink.copies == {message.message_id: 2}
    assert (message.state, message.repeats) == ("unsure", 1)


def test_a_server_that_hangs_after_the_text_leaves_doubt_and_the_others_go(sink, queue, run):
    slow, *_others = [queue() for _ in range(4)]
    sink.mode, sink.stage, sink.matching = "hang", "text", slow.to_address
    begun = time.monotonic()

    tally = run()

    assert (tally["unsure"], tally["sent"]) == (1, 3)
    assert time.monotonic() - begun < 5
    slow.refresh_from_db()
    assert slow.state == "unsure"


def test_a_server_that_hangs_at_the_greeting_costs_one_time_out(sink, queue, run):
    for _ in range(4):
        queue()
    sink.mode, sink.stage = "hang", "connect"
    begun = time.monotonic()

    tally = run()

    assert (tally["delayed"], tally["unsure"]) == (4, 0)
    assert time.monotonic() - begun < 3


def test_a_server_that_drips_is_cut_off_by_the_deadline(sink, queue, run, monkeypatch):
    monkeypatch.setattr(smtp, "DIALOGUE_SECONDS", 3.0)
    message = queue()
    sink.mode, sink.stage = "drip", "rcpt"
    begun = time.monotonic()

    run(seconds=1)

    message.refresh_from_db()
    assert message.state == "queued", "nothing of the text had left"
    assert time.monotonic() - begun < 6


def test_the_dialogue_is_shorter_than_the_lease():
    assert states.LEASE.total_seconds() > smtp.DIALOGUE_SECONDS


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_a_line_that_breaks_before_the_text_leaves_no_doubt(sink, queue, run, stage):
    message = queue()
    sink.mode, sink.stage = "drop", stage

    run()

    message.refresh_from_db()
    assert (message.state, message.deferrals) == ("queued", 1)


def test_send_again_sends_it_once_and_says_who(unsure, bob, sink, run):
    services.send_again(message=unsure, by=bob, now=NOON)

    run(NOON + timedelta(seconds=1))

    unsure.refresh_from_db()
    assert (unsure.state, unsure.resolution, unsure.resolved_by_id) == ("sent", "send-again", bob.pk)
    assert sink.copies == {unsure.message_id: 2}
    assert AuditEvent.objects.filter(actor_id=bob.pk, action="send-again", object_id=unsure.pk).count() == 1


def test_leave_it_leaves_it_and_says_who(unsure, bob, sink, run):
    services.leave_it(message=unsure, by=bob, now=NOON)

    run(NOON + timedelta(hours=1))

    unsure.refresh_from_db()
    assert (unsure.state, unsure.resolution, unsure.resolved_at) == ("unsure", "leave-it", NOON)
    assert sink.copies == {unsure.message_id: 1}
    assert not OutgoingMessage.objects.needs_you()


def test_unsure_again_after_send_again_waits_for_a_person_again(unsure, bob, sink, run):
    services.send_again(message=unsure, by=bob, now=NOON)
    sink.mode = "drop"

    run(NOON + timedelta(seconds=1))

    assert list(OutgoingMessage.objects.needs_you()) == [unsure]


def test_two_people_decide_and_the_first_one_counts(unsure, bob):
    services.send_again(message=unsure, by=bob, now=NOON)

    with pytest.raises(services.NotPossible, match="quicker"):
        services.leave_it(message=unsure, by=bob, now=NOON)


def test_a_double_click_is_one_decision(unsure, bob):
    services.send_again(message=unsure, by=bob, now=NOON)
    services.send_again(message=unsure, by=bob, now=NOON)

    assert AuditEvent.objects.filter(action="send-again").count() == 1


def test_what_is_past_its_moment_is_not_sent_again(unsure, bob):
    with pytest.raises(services.NotPossible, match="moment has passed"):
        services.send_again(message=unsure, by=bob, now=NOON + timedelta(days=2))


def test_send_now_brings_a_planned_mail_forward(queue, bob, sink, run):
    message = queue(not_before=NOON + timedelta(hours=3))

    services.send_now(message=message, by=bob, now=NOON)
    run(NOON)

    assert len(sink.taken) == 1
    message.refresh_from_db()
    with pytest.raises(services.NotPossible):
        services.send_now(message=message, by=bob, now=NOON)
