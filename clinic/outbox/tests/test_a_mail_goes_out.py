"""From the row to the mail server and back to the row."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from clinic.kernel import grants
from clinic.outbox import services
from clinic.outbox.models import Heartbeat, OutgoingMessage
from clinic.outbox.tests.conftest import NOON

pytestmark = pytest.mark.django_db


def test_a_due_mail_is_sent_once_and_written_down(sink, queue, run, practice):
    message = queue()

    tally = run()

    message.refresh_from_db()
    assert tally["sent"] == 1
    assert (message.state, message.attempt, message.reason) == ("sent", 1, "")
    assert NOON <= message.sent_at < NOON + timedelta(seconds=10)
    assert [taken.recipient for taken in sink.taken] == [message.to_address]
    assert run()["sent"] == 0


def test_the_mail_says_who_writes_and_where_an_answer_goes(sink, queue, run, practice):
    message = queue()

    run()

    mail = sink.taken[0].mail
    assert mail["Message-ID"] == message.message_id
    assert mail["From"] == "Old Mill Acupuncture <mill@oldmill.example>"
    assert mail["Reply-To"] == "desk@oldmill.example"
    assert mail["To"] == message.to_address
    assert mail["Auto-Submitted"] == "auto-generated"
    assert abs(parsedate_to_datetime(mail["Date"]) - NOON) < timedelta(seconds=10)


def test_the_mail_carries_text_html_and_files_unharmed(sink, queue, run, practice):
    queue()

    run()

    mail = sink.taken[0].mail
    assert mail.get_body(("plain",)).get_content().splitlines()[:3] == ["Come on Monday.", ".", "..dots"]
    assert "<p>Come on Monday.</p>" in mail.get_body(("html",)).get_content()
    [calendar] = list(mail.iter_attachments())
    assert (calendar.get_filename(), calendar.get_content_type()) == ("visit.ics", "text/calendar")


def test_what_is_kept_holds_no_token(sink, queue, run, practice):
    message = queue()

    run()

    message.refresh_from_db()
    assert message.subject_line == "Your visit"
    assert message.body_sent == "Come on Monday.\nhttps://clinic.example/i/***/\n"
    assert "t0ken" in sink.taken[0].content.decode()


def test_before_the_opening_day_the_house_writes_under_its_own_name(sink, queue, run, settings):
    settings.DEFAULT_FROM_EMAIL = "Deqi <deqi@clinic.example>"
    queue()

    run()

    assert sink.taken[0].mail["From"] == "Deqi <deqi@clinic.example>"


def test_what_is_not_due_waits(sink, queue, run):
    message = queue(not_before=NOON + timedelta(minutes=3))

    run(NOON + timedelta(minutes=2))
    assert not sink.taken
    run(NOON + timedelta(minutes=4))

    message.refresh_from_db()
    assert message.state == "sent"


def test_the_urgent_goes_first(sink, queue, run):
    slow = queue(priority=5)
    quick = queue(priority=1)

    run()

    assert [taken.recipient for taken in sink.taken] == [quick.to_address, slow.to_address]


def test_a_paused_outbox_sends_nothing(sink, queue, run, django_user_model):
    owner = django_user_model.objects.create_user("olga@mill.example", roles=["owner"], created_at=NOON)
    message = queue()
    services.pause(why="restored from a backup", now=NOON, by=owner)

    run()
    message.refresh_from_db()
    assert (message.state, sink.taken) == ("queued", [])

    services.resume(by=owner, now=NOON)
    run()
    assert len(sink.taken) == 1


def test_planning_twice_makes_one_row(queue):
    first = queue(dedup_key="confirmation:7")
    second = queue(dedup_key="confirmation:7")

    assert first.pk == second.pk
    assert OutgoingMessage.objects.count() == 1


def test_a_round_says_that_a_tick_was_consumed(run, as_worker):
    run()
    run(NOON + timedelta(seconds=10))

    heartbeat = Heartbeat.objects.get(name="worker")
    assert heartbeat.tick_at == NOON + timedelta(seconds=10)
    assert heartbeat.alive_at == NOON, "only the thread that needs no Redis says that the worker lives"


@pytest.mark.parametrize(("count", "batches"), [(10, 1), (100, 1), (150, 2)])
def test_a_mail_costs_one_statement_and_a_batch_two_more(sink, queue, run, practice, in_role, count, batches):
    for _ in range(count):
        queue()

    with CaptureQueriesContext(connection) as captured:
        run()

    words = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SET ROLE")
    statements = [query["sql"] for query in captured if not query["sql"].startswith(words)]
    the_round = 4 + 1  # heartbeat, two for leases, the practice; and the claim that finds nothing more
    assert len(sink.taken) == count
    assert len(statements) - the_round == count + 2 * batches
    assert sink.connections == 1


def test_the_worker_may_change_only_what_sending_changes():
    readable, writable = grants.WORKER_MAY["outbox_outgoingmessage"]

    assert readable == "*"
    assert not {"to_address", "kind", "dedup_key", "not_after", "resolved_by_id"} & set(writable.split(", "))


def test_an_act_that_is_rolled_back_leaves_no_mail(sink, queue, run):
    class Broken(Exception):
        pass

    with pytest.raises(Broken), transaction.atomic():
        queue()
        raise Broken
    run()

    assert not OutgoingMessage.objects.exists()
    assert not sink.taken
