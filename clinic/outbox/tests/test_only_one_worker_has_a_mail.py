"""Claims, leases and fences: two workers never send the same row, and a late one has lost it."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, transaction

from clinic.outbox import rounds, states
from clinic.outbox.models import OutgoingMessage
from clinic.outbox.tests.conftest import NOON


@pytest.mark.django_db(transaction=True)
def test_four_workers_share_the_mails_and_send_each_once(sink, queue, in_role):
    messages = [queue() for _ in range(120)]
    tallies = []

    def work():
        try:
            tallies.append(rounds.run(now=NOON))
        finally:
            connection.close()

    with in_role("worker"):
        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)

    assert sum(tally["sent"] for tally in tallies) == 120
    assert sink.copies == Counter(message.message_id for message in messages)
    assert OutgoingMessage.objects.filter(state="sent", attempt=1).count() == 120


@pytest.mark.django_db(transaction=True)
def test_a_row_that_another_worker_is_claiming_is_passed_over(queue, in_role):
    first, second = queue(), queue()
    locked, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            OutgoingMessage.objects.select_for_update().get(pk=first.pk)
            locked.set()
            done.wait(10)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    locked.wait(10)
    with in_role("worker"):
        got = states.claim(now=NOON, size=10)
    done.set()
    holder.join()

    assert [message.pk for message in got] == [second.pk]


@pytest.mark.django_db
def test_a_claim_takes_no_more_than_asked(queue, as_worker):
    for _ in range(7):
        queue()

    assert len(states.claim(now=NOON, size=3)) == 3
    assert len(states.claim(now=NOON, size=10)) == 4
    assert states.claim(now=NOON, size=10) == []


@pytest.mark.django_db
def test_a_claim_that_nobody_followed_up_goes_back_to_the_queue(queue, as_worker):
    queue()
    states.claim(now=NOON, size=1)

    states.free_leases(now=NOON + timedelta(seconds=59))
    assert OutgoingMessage.objects.get().state == "claimed"
    states.free_leases(now=NOON + timedelta(seconds=60))
    assert OutgoingMessage.objects.get().state == "queued"


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "then"), [("test-reminder", "unsure"), ("test-link", "queued")])
def test_a_worker_that_died_on_the_wire_leaves_doubt(queue, as_worker, kind, then):
    queue(kind)
    [message] = states.claim(now=NOON, size=1)
    assert states.transmit(message, subject="", kept="", now=NOON)

    states.free_leases(now=NOON + timedelta(seconds=60))

    row = OutgoingMessage.objects.get()
    assert (row.state, row.reason) == (then, "the worker stopped while sending")


@pytest.mark.django_db
def test_a_late_worker_has_lost_its_row(queue, as_worker):
    queue()
    [late] = states.claim(now=NOON, size=1)
    states.free_leases(now=NOON + timedelta(seconds=60))
    [owner] = states.claim(now=NOON + timedelta(seconds=60), size=1)
    moment = NOON + timedelta(seconds=61)

    assert not states.transmit(late, subject="late", kept="", now=moment)
    assert not states.fail(late, words="late")
    assert not states.put_off(late, words="late", now=moment)
    assert not states.cancel_untrue(late, now=moment)
    assert states.release([late]) == 0
    assert states.rest([late], now=moment, words="late") == 0
    assert states.transmit(owner, subject="Hello", kept="", now=moment)
    late.sent_at = owner.sent_at = moment
    assert not states.finish(late)
    assert not states.doubt(late, now=moment)
    assert states.finish(owner)
    assert OutgoingMessage.objects.get().state == "sent"


@pytest.mark.django_db
def test_one_statement_closes_a_mail_and_opens_the_next(queue, as_worker, django_assert_num_queries):
    queue()
    queue()
    first, second = states.claim(now=NOON, size=2)
    states.transmit(first, subject="one", kept="one", now=NOON)
    first.sent_at = NOON

    with django_assert_num_queries(1):
        assert states.transmit(second, subject="two", kept="two", now=NOON, taken=first)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.sent_at, first.subject_line, first.body_sent) == ("sent", NOON, "one", "one")
    assert (second.state, second.sent_at, second.subject_line, second.body_sent) == ("transmitting", None, "two", "two")


@pytest.mark.django_db
def test_a_mail_that_may_not_leave_does_not_keep_the_one_before_it_from_being_written_down(queue, as_worker):
    queue()
    queue(hours=0.5)
    first, second = states.claim(now=NOON, size=2)
    states.transmit(first, subject="", kept="", now=NOON)
    first.sent_at = NOON

    assert not states.transmit(second, subject="", kept="", now=NOON + timedelta(minutes=31), taken=first)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("sent", "claimed")


@pytest.mark.django_db
def test_a_worker_that_is_told_to_stop_gives_the_rest_back(sink, queue, run):
    for _ in range(10):
        queue()

    run(stop=lambda: len(sink.taken) >= 3)

    assert OutgoingMessage.objects.filter(state="sent").count() == 3
    assert OutgoingMessage.objects.filter(state="queued").count() == 7
