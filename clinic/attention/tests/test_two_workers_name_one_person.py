"""Two workers look at the open tasks in one moment: each task names one person, who is called once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from clinic.attention import planning, services
from clinic.attention.models import Task
from clinic.audit.models import AuditEvent
from clinic.outbox.models import OutgoingMessage
from clinic.practice.models import Practice
from clinic.staff.models import User

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
TASKS, WORKERS = 12, 4


@pytest.fixture
def house(transactional_db):
    Practice.objects.create(id=1, name="Old Mill", country="IE", timezone="Europe/Dublin", opened_at=NOON)
    for name in ("ana", "wei"):
        User.objects.create_user(f"{name}@mill.example", name=name, roles=["practitioner"], created_at=NOON)
    for number in range(TASKS):
        services.open_task(
            kind="test-kind",
            dedup_key=str(number),
            urgency="same-day",
            patient_id=number + 1,
            subject_id=None,
            now=NOON,
        )


def at_once(act, in_role):
    begin = threading.Barrier(WORKERS)
    trouble = []

    def work():
        try:
            begin.wait(10)
            act()
        except Exception as error:  # shown below: a thread's trouble is nobody's
            trouble.append(error)
        finally:
            connection.close()

    with in_role("worker"):
        workers = [threading.Thread(target=work) for _ in range(WORKERS)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(30)
    assert not trouble, trouble


def traces(action):
    return list(AuditEvent.objects.filter(action=action, resource="attention").values_list("object_id", flat=True))


def test_each_task_is_named_once_and_passed_on_once(house, in_role):
    for action, moment in (("assign", NOON), ("escalate", NOON + timedelta(minutes=31))):
        at_once(lambda moment=moment: planning.plan(moment), in_role)
        assert sorted(traces(action)) == sorted(Task.objects.values_list("pk", flat=True))
    assert not Task.objects.filter(escalated_to=None).exists()
    keys = list(OutgoingMessage.objects.values_list("dedup_key", flat=True))
    assert len(keys) == len(set(keys))


def test_the_control_without_the_lock_names_twice(house, in_role, monkeypatch):
    """What the lock is good for: workers that all read first and then write trace the same task several times."""
    read = threading.Barrier(WORKERS)

    def careless(tasks):
        found = list(tasks)
        read.wait(10)
        return found

    monkeypatch.setattr(planning, "_taken", careless)
    monkeypatch.setattr(planning.querysets, "to_pass_on", Task.objects.none)
    at_once(lambda: planning.plan(NOON), in_role)

    assert len(traces("assign")) > TASKS
