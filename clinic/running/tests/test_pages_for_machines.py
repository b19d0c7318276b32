"""/healthz and /readyz."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from clinic.kernel import clock
from clinic.outbox.models import Heartbeat
from clinic.running import health, heartbeat
from clinic.testing import acting_as


@pytest.fixture
def unseen():
    health._seen_migrated.clear()
    yield
    health._seen_migrated.clear()


def test_healthz_answers_without_a_database(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.mark.django_db
def test_readyz_is_ok_while_the_worker_writes(client, unseen):
    Heartbeat.objects.create(name="worker", alive_at=clock.now())
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.mark.django_db
def test_readyz_misses_a_worker_that_never_came(client, unseen):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"worker")


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "word"), [(59, b"ok"), (62, b"worker")])
def test_readyz_misses_a_worker_after_sixty_seconds(client, unseen, seconds, word):
    Heartbeat.objects.create(name="worker", alive_at=clock.now() - timedelta(seconds=seconds))
    assert client.get("/readyz").content == word


@pytest.mark.django_db
def test_readyz_names_pending_migrations(client, unseen):
    with acting_as("owner"):
        newest = MigrationLoader(connection).graph.leaf_nodes("outbox")[0]
        MigrationRecorder(connection).record_unapplied(*newest)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"migrations")


@pytest.mark.django_db(transaction=True)
def test_readyz_names_the_database_when_it_is_away(client, unseen, monkeypatch):
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    answer = client.get("/readyz")
    monkeypatch.undo()
    assert (answer.status_code, answer.content) == (503, b"database")


@pytest.mark.django_db(transaction=True)
def test_the_worker_may_write_that_it_lives():
    with acting_as("worker"):
        heartbeat.beat()
        heartbeat.beat()
    assert Heartbeat.objects.filter(name="worker").count() == 1
