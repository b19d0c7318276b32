"""Later, never, or nobody there: what the mail server answers decides what becomes of a mail."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest

from clinic.outbox.models import OutgoingMessage
from clinic.outbox.tests.conftest import NOON

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "text"])
@pytest.mark.parametrize("code", ["451", "421"])
def test_later_means_back_to_the_queue(sink, queue, run, stage, code):
    message = queue()
    sink.mode, sink.stage = code, stage

    run()

    message.refresh_from_db()
    assert (message.state, message.deferrals) == ("queued", 1)
    assert message.first_tried_at - NOON < timedelta(seconds=10)
    assert timedelta(seconds=55) < message.not_before - NOON < timedelta(seconds=75)
    assert message.reason.startswith(code)
    sink.mode = "ok"
    run(NOON + timedelta(minutes=2))
    assert sink.copies == {message.message_id: 1}


def test_the_tries_are_1_5_15_and_60_minutes_apart_and_end_after_8(sink, queue, run):
    message = queue(hours=100)
    sink.mode, sink.stage = "451", "rcpt"
    waits, moment = [], NOON

    while True:
        run(moment)
        message.refresh_from_db()
        if message.state != "queued":
            break
        waits.append(round((message.not_before - moment).total_seconds() / 60))
        moment = message.not_before + timedelta(seconds=1)

    assert waits == [1, 5, 15, 60, 60, 60, 60]
    assert message.state == "failed"
    assert message.reason.startswith("put off 8 times: 451")


def test_one_refused_address_fails_alone(sink, queue, run):
    messages = [queue() for _ in range(20)]
    sink.mode, sink.stage, sink.matching = "550", "rcpt", messages[7].to_address

    tally = run()

    messages[7].refresh_from_db()
    assert (tally["sent"], tally["failed"]) == (19, 1)
    assert messages[7].state == "failed"
    assert messages[7].reason.startswith("550 4.0.0")
    sink.mode = "ok"
    run(NOON + timedelta(hours=2))
    assert messages[7].message_id not in sink.copies


@pytest.mark.parametrize("stage", ["mail", "data", "text"])
def test_a_refusal_at_any_point_is_final(sink, queue, run, stage):
    message = queue()
    sink.mode, sink.stage = "554", stage

    run()

    message.refresh_from_db()
    assert (message.state, sink.taken) == ("failed", [])


def test_the_address_in_the_servers_words_is_masked(sink, queue, run):
    message = queue(to_address="samuel@okonkwo.example")
    sink.mode, sink.stage = "550", "rcpt"

    run()

    message.refresh_from_db()
    assert "s***@okonkwo.example" in message.reason
    assert "samuel@" not in message.reason


def test_a_server_that_is_away_costs_no_try(queue, run, settings):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", closed.getsockname()[1]
        messages = [queue() for _ in range(3)]

        tally = run()

    assert (tally["delayed"], tally["sent"], tally["unreachable"]) == (3, 0, 1)
    for message in messages:
        message.refresh_from_db()
        assert (message.state, message.deferrals) == ("queued", 0)
        assert message.reason == "the mail server cannot be reached: nobody listens there"


def test_a_server_that_closes_after_every_mail_gets_them_all(sink, queue, run):
    for _ in range(5):
        queue()
    sink.mode, sink.stage = "one-each", "closed"
    talk = sink._text

    async def one_each(*arguments):
        await talk(*arguments)
        return False

    sink._text = one_each

    tally = run()

    assert (tally["sent"], sink.connections) == (5, 5)


def test_a_day_without_server_and_what_is_too_late_then(sink, queue, run, settings):
    reminder = queue(hours=5)
    letter = queue(hours=100)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1

    for hour in range(24):
        run(NOON + timedelta(hours=hour))
    settings.EMAIL_PORT = port
    run(NOON + timedelta(hours=25))

    assert sink.copies == {letter.message_id: 1}
    reminder.refresh_from_db()
    assert (reminder.state, reminder.reason) == ("cancelled", "too late: its moment has passed")


def test_a_back_off_beyond_the_last_moment_is_too_late(sink, queue, run):
    message = queue(hours=0.01)
    sink.mode, sink.stage = "451", "rcpt"

    run()

    message.refresh_from_db()
    assert message.state == "cancelled"
    assert message.reason.startswith("too late: its moment has passed; 451")


def test_nothing_of_a_mail_reaches_the_log(sink, queue, run, caplog, practice):
    caplog.set_level("DEBUG")
    queue(to_address="samuel@okonkwo.example")
    queue(to_address="esther@mbeki.example")
    sink.mode, sink.stage, sink.matching = "550", "rcpt", "mbeki"

    run()

    assert "1 failed, 1 sent" in caplog.text
    for secret in ("samuel", "esther", "okonkwo", "Monday", "t0ken"):
        assert secret not in "".join(r.getMessage() for r in caplog.records if not r.name.startswith("django.db"))
    assert OutgoingMessage.objects.filter(state="failed").count() == 1
