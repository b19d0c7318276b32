from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.attention import kinds, querysets, services
from clinic.attention.models import Task
from clinic.audit.models import AuditEvent
from clinic.practice.models import Practice
from clinic.staff.models import User

NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)


@pytest.fixture
def practice(db):
    return Practice.objects.create(id=1, name="Old Mill", country="IE", timezone="Europe/Dublin", opened_at=NOW)


@pytest.fixture
def charlie(practice):
    return User.objects.create_user("charlie@mill.example", name="Charlie", roles=["practitioner"], created_at=NOW)


@pytest.fixture(autouse=True)
def a_kind():
    def lines(tasks):
        return {task.pk: kinds.Line(f"Patient {task.patient_id}", "/somewhere/") for task in tasks}

    kinds.register(kinds.Kind("test-kind", "Something to look at", lines))


def a_task(key="one", urgency="prompt", patient_id=7):
    services.open_task(
        kind="test-kind", dedup_key=key, urgency=urgency, patient_id=patient_id, subject_id=None, now=NOW
    )
    return Task.objects.get(dedup_key=key)


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def test_the_same_key_opens_one_task_in_one_statement(practice):
    a_task()
    with CaptureQueriesContext(connection) as queries:
        services.open_task(
            kind="test-kind", dedup_key="one", urgency="emergency", patient_id=7, subject_id=None, now=NOW
        )

    assert len(queries) == 1
    assert Task.objects.get().urgency == "prompt"


def test_an_urgency_that_is_none_is_refused(practice):
    with pytest.raises(ValueError, match="is not a valid"):
        a_task(urgency="whenever")


def test_the_most_urgent_stands_first(practice):
    for key, urgency in (("a", "prompt"), ("b", "emergency"), ("c", "same-day")):
        a_task(key, urgency)

    assert [task.urgency for task in querysets.open_tasks()] == ["emergency", "same-day", "prompt"]


def test_the_list_names_patients_and_leaves_a_trace(charlie):
    a_task()

    page = browser(charlie).get("/attention/").content.decode()

    assert "Patient 7" in page
    assert "Something to look at" in page
    assert AuditEvent.objects.get(action="list", resource="attention").patients_shown == [7]


def test_an_empty_list_says_so(charlie):
    assert "Nothing waits" in browser(charlie).get("/attention/").content.decode()


def test_seen_keeps_the_first_name_and_time(charlie):
    task = a_task()
    client = browser(charlie)

    client.post(f"/attention/{task.public_id}/seen/")
    client.post(f"/attention/{task.public_id}/seen/")

    task.refresh_from_db()
    assert task.acknowledged_by == charlie
    assert AuditEvent.objects.filter(action="acknowledge").count() == 1
    page = client.get("/attention/").content.decode()
    assert "Seen lately" in page
    assert "Charlie" in page


def test_reading_the_list_acknowledges_nothing(charlie):
    task = a_task()
    browser(charlie).get("/attention/")
    assert browser(charlie).get(f"/attention/{task.public_id}/seen/").status_code == 405

    task.refresh_from_db()
    assert task.acknowledged_at is None


def test_the_count_rides_along_with_any_query(charlie):
    assert User.objects.annotate(n=querysets.open_count()).get().n == 0
    a_task("a")
    a_task("b")

    assert User.objects.annotate(n=querysets.open_count()).get().n == 2
