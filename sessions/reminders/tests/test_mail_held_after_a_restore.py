"""After a restore no mail leaves by itself: the page says what waits, and what may have gone out before."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.audit.models import AuditEvent
from clinic.kernel import clock
from clinic.outbox import held, services, states
from clinic.outbox.models import OutboxSwitch

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


@pytest.fixture
def restored(plan, in_role):
    """A ledger an hour after its restore, with a message of every fate."""
    now = clock.now()
    with in_role("owner"):
        held.hold_after_restore(why="restored from deqi-20261116-023000.dump of Mon 16 Nov 2026, 2:30", now=now - HOUR)
    return {
        "doubtful": plan(after=-2 * HOUR),
        "came due since": plan(after=-HOUR / 2),
        "later": plan(after=3 * HOUR),
        "too late": plan(after=-30 * HOUR),
        "sent": plan("sent", after=-3 * HOUR),
    }


def test_the_page_counts_what_waits_and_what_would_have_been_sent(as_, restored):
    said = text_of(as_("olga").get("/reminders/"))

    assert "Restored from deqi-20261116-023000.dump of Mon 16 Nov 2026, 2:30. What is planned waits." in said
    assert "1 would have been sent by now, and goes as soon as mail leaves again." in said
    assert "1 goes at its time." in said
    assert "1 would have been sent before the restore, and perhaps was: it waits for your decision" in said
    assert "1 is too late and will be skipped." in said
    assert "Let mail leave again: 2 messages" in said
    assert "would have been sent, perhaps was before the restore: it will wait for you" in said
    assert "would have been sent; too late now, it will be skipped" in said
    assert "would have been sent: it goes when mail leaves again" in said


def test_nothing_leaves_meanwhile(restored, in_role):
    with in_role("worker"):
        assert states.claim(now=clock.now(), size=50) == []


def test_others_read_it_without_the_button(as_, restored):
    answer = as_("bob").get("/reminders/")

    assert "The owner can let mail leave again." in text_of(answer)
    assert "Let mail leave again" not in answer.content.decode()
    assert as_("bob").post("/reminders/resume/").status_code == 403
    assert OutboxSwitch.objects.get().paused_at


def test_the_owner_lets_mail_leave_and_what_is_doubtful_waits_for_a_person(as_, restored, people, in_role):
    as_("olga").post("/reminders/resume/")
    with in_role("worker"):
        claimed = states.claim(now=clock.now(), size=50)

    assert {(row.pk, row.state) for row in claimed} == {
        (restored["came due since"].pk, "claimed"), (restored["too late"].pk, "cancelled"),
    }  # fmt: skip
    states_now = {}
    for name, message in restored.items():
        message.refresh_from_db()
        states_now[name] = (message.state, message.reason)
    assert states_now["doubtful"] == ("unsure", "due before the restore, so perhaps sent before it")
    assert states_now["too late"][1] == states.TOO_LATE
    assert states_now["later"] == ("queued", "")
    assert AuditEvent.objects.filter(action="resume", resource="outbox", actor_id=people["olga"].pk).count() == 1
    assert AuditEvent.objects.filter(action="restore", resource="database", actor_id=None).count() == 1
    said = text_of(as_("bob").get("/reminders/"))
    assert "No mail leaves the house" not in said
    assert "perhaps sent before it; may or may not have arrived: please decide" in said
    assert "Send again" in said


def test_a_pause_by_a_person_makes_nothing_doubtful(as_, plan):
    services.pause(why="held back by Olga", now=clock.now())
    message = plan(after=-HOUR / 2)

    assert "1 would have been sent by now" in text_of(as_("olga").get("/reminders/"))
    as_("olga").post("/reminders/resume/")

    message.refresh_from_db()
    assert message.state == "queued"


def test_an_older_restore_is_forgotten_once_mail_has_left(as_, restored, plan):
    as_("olga").post("/reminders/resume/")
    as_("olga").post("/reminders/pause/")
    message = plan(after=-2 * HOUR)
    as_("olga").post("/reminders/resume/")

    message.refresh_from_db()
    assert message.state == "queued"


def test_holding_mail_back_costs_one_statement_whatever_waits(as_, restored, plan):
    client = as_("bob")
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/reminders/")
    for _ in range(40):
        plan(after=-HOUR / 2)
    with CaptureQueriesContext(connection) as many:
        client.get("/reminders/")

    assert len(many) == len(few)


def test_what_is_decided_meanwhile_waits_too_and_says_so(as_, restored, plan):
    unsure = plan("unsure", after=-HOUR / 4)
    client = as_("bob")

    assert "Send now" not in client.get("/reminders/").content.decode()
    answer = client.post(f"/reminders/{unsure.public_id}/send-again/", follow=True)

    assert "It goes when mail leaves again." in text_of(answer)
    unsure.refresh_from_db()
    assert unsure.state == "queued"
