"""Workers die by -9 in the worst moments: nothing is lost, nothing goes twice, doubt is shown."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from clinic.kernel import clock
from clinic.outbox import services
from clinic.outbox.models import OutgoingMessage
from clinic.outbox.tests.sink import Sink
from clinic.outbox.tests.workers import CAREFUL, CARELESS, Workers, until
from clinic.practice.models import Practice

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True), pytest.mark.timeout(400)]
MAILS = 100


@pytest.fixture
def mails(transactional_db):
    """A hundred mails that are due, not repeatable, good for a day of moved clocks."""
    Practice.objects.create(id=1, name="Old Mill Acupuncture", country="IE", timezone="Europe/Dublin")
    now = clock.now()
    return [
        services.enqueue(
            kind="test-mail", dedup_key=f"chaos:{number}", to_address=f"p{number}@mail.example", now=now,
            not_before=now, not_after=now + timedelta(days=1),
        )
        for number in range(MAILS)
    ]  # fmt: skip


def settled() -> bool:
    return not OutgoingMessage.objects.filter(state__in=["queued", "claimed", "transmitting"]).exists()


def figures(sink: Sink) -> dict[str, int]:
    """Count over all rows: lost means neither taken by the server nor shown as unsure."""
    rows = {row.message_id: row for row in OutgoingMessage.objects.all()}
    copies = sink.copies
    unsure = [row for row in rows.values() if row.state == "unsure"]
    return {
        "sent": sum(row.state == "sent" for row in rows.values()),
        "lost": sum(not copies[m] and row.state != "unsure" for m, row in rows.items()),
        "twice": sum(count > 1 for count in copies.values()),
        "unsure": len(unsure),
        "unsure_not_sent": sum(not copies[row.message_id] for row in unsure),
    }


def test_killed_right_after_the_servers_yes(mails, tmp_path, capsys):
    with Sink(mode="kill") as sink:
        sink.may_kill = lambda: len(sink.taken) % 5 == 0 and len(sink.killed) < 10
        with Workers(CAREFUL, count=1, port=sink.port, clock=tmp_path / "clock"):
            assert until(settled, 200)

    found = figures(sink)
    with capsys.disabled():
        print(f"\nkilled after the 250: {len(sink.killed)} kills, {found}")
    assert len(sink.killed) == 10
    assert (found["lost"], found["twice"], found["unsure_not_sent"]) == (0, 0, 0)
    assert found["unsure"] == 10
    assert found["sent"] == MAILS - 10
    assert OutgoingMessage.objects.needs_you().count() == 10


def test_control_without_the_guard_the_same_kills_send_mails_twice(mails, tmp_path, capsys):
    with Sink(mode="kill") as sink:
        sink.may_kill = lambda: len(sink.taken) % 5 == 0 and len(sink.killed) < 10
        with Workers(CARELESS, count=1, port=sink.port, clock=tmp_path / "clock"):
            assert until(settled, 200)

    found = figures(sink)
    with capsys.disabled():
        print(f"\ncontrol, marked after sending: {len(sink.killed)} kills, {found}")
    assert len(sink.killed) == 10
    assert found["twice"] == 10


def test_two_workers_killed_at_random(mails, tmp_path, capsys):
    chance = random.Random(20261116)
    with Sink(delay=0.03) as sink, Workers(CAREFUL, count=2, port=sink.port, clock=tmp_path / "clock") as workers:
        for _ in range(10):
            goal = len(sink.taken) + chance.randint(2, 8)
            assert until(lambda goal=goal: len(sink.taken) >= goal or settled(), 60)
            until(lambda: False, chance.random() * 0.1)
            workers.kill(chance.randrange(2))
        assert until(settled, 200)
        deaths = workers.deaths

    found = figures(sink)
    with capsys.disabled():
        print(f"\nkilled at random, two workers: {deaths} kills, {found}")
    assert (found["lost"], found["twice"]) == (0, 0)
    assert found["unsure"] <= 2 * deaths
    assert found["sent"] + found["unsure"] == MAILS
    assert OutgoingMessage.objects.needs_you().count() == found["unsure"]
