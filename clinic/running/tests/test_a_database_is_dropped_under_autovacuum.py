"""A large restore is followed by minutes of autovacuum: the database it was tried in can be dropped all the same."""

from __future__ import annotations

import os
import time
from contextlib import closing, contextmanager

import psycopg2
import pytest

from clinic import embedded
from clinic.running.backups.programs import Server
from clinic.testing import TEST_DATA

NAME = f"test_deqi_{os.getpid()}_vacuumed"
SLOWLY = "autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 100, "
SLOWLY += "autovacuum_vacuum_cost_limit = 1"


@contextmanager
def superuser():
    with closing(embedded._connect(embedded._read_facts(TEST_DATA), "postgres")) as line:
        line.autocommit = True
        with line.cursor() as cursor:
            yield cursor


@pytest.fixture
def server():
    url = psycopg2.extensions.parse_dsn(embedded.addresses(TEST_DATA)["DATABASE_URL_OWNER"])
    return Server({name: url[name] for name in ("host", "port", "user", "password")}, "postgres")


@pytest.fixture
def vacuumed(server):
    """A database that autovacuum is at work in, as slowly as it can."""
    server.create(NAME)
    with closing(server.connect(NAME)) as line, line, line.cursor() as cursor:
        cursor.execute(f"CREATE TABLE much (words text) WITH ({SLOWLY})")
        cursor.execute("INSERT INTO much SELECT repeat(n::text, 200) FROM generate_series(1, 40000) n")
    with closing(server.connect(NAME)) as line, line, line.cursor() as cursor:
        cursor.execute("DELETE FROM much")
    with superuser() as cursor:
        cursor.execute("ALTER SYSTEM SET autovacuum_naptime = '1s'")
        cursor.execute("SELECT pg_reload_conf()")
        try:
            _await_autovacuum(cursor)
            yield NAME
        finally:
            cursor.execute("ALTER SYSTEM RESET autovacuum_naptime")
            cursor.execute("SELECT pg_reload_conf()")
            cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


def _await_autovacuum(cursor):
    deadline = time.monotonic() + 60
    works = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'autovacuum worker'"
    while time.monotonic() < deadline:
        cursor.execute(works, [NAME])
        if cursor.fetchone()[0]:
            return
        time.sleep(0.05)
    raise AssertionError("autovacuum did not come")


def test_the_owner_drops_a_database_that_autovacuum_works_in(server, vacuumed):
    with closing(server.connect("postgres")) as line:
        line.autocommit = True
        with line.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute(f"DROP DATABASE {vacuumed} WITH (FORCE)")

    with closing(server.connect(vacuumed)) as guest:
        server.drop(vacuumed)
        with pytest.raises(psycopg2.OperationalError), guest.cursor() as cursor:
            cursor.execute("SELECT 1")

    assert not server.exists(vacuumed)
