"""PostgreSQL and Redis from wheels: found again, started again after a kill, stopped by the last user."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import psycopg2
import pytest

from clinic import embedded
from clinic.running.environment import BASE_DIR


@pytest.fixture
def servers(tmp_path):
    data_dir = tmp_path / "data"
    tmp_path.chmod(0o711)
    for parent in tmp_path.parents:
        if parent.owner() != "root" or not os.access(parent, os.W_OK) or str(parent) in ("/", "/tmp"):
            break
        parent.chmod(0o711)
    yield data_dir
    embedded.stop(data_dir)


def rows(url, query):
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def test_they_start_once_and_are_found_again(servers):
    first = embedded.start(servers)
    pids = embedded.running(servers)
    assert embedded.start(servers) == first == embedded.addresses(servers)
    assert embedded.running(servers) == pids
    assert set(pids) == {"postgres", "redis"}


def test_no_process_is_a_superuser_and_every_page_has_a_checksum(servers):
    found = embedded.start(servers, redis=False)
    for name in ("DATABASE_URL", "DATABASE_URL_WORKER", "DATABASE_URL_OWNER"):
        ((superuser, creates),) = rows(
            found[name], "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        )
        assert not superuser
        assert not creates
    assert rows(found["DATABASE_URL"], "SHOW data_checksums") == [("on",)]
    assert rows(found["DATABASE_URL"], "SELECT lower('ÅÉ')") == [("åé",)]
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(found["DATABASE_URL"].replace("deqi_web:", "deqi_web:x"))


def test_the_owner_can_take_both_roles_and_the_web_cannot_take_the_owners(servers):
    found = embedded.start(servers, redis=False)
    assert rows(found["DATABASE_URL_OWNER"], "SET ROLE deqi_worker; SELECT current_user") == [("deqi_worker",)]
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        rows(found["DATABASE_URL"], "SET ROLE deqi_owner")


def test_after_a_kill_the_next_start_recovers_with_what_was_committed(servers):
    found = embedded.start(servers)
    rows(found["DATABASE_URL_OWNER"], "CREATE TABLE kept AS SELECT 7 AS number")
    for pid in embedded.running(servers).values():
        os.kill(pid, signal.SIGKILL)
    begun = time.monotonic()
    again = embedded.start(servers)
    assert time.monotonic() - begun < 15
    assert rows(again["DATABASE_URL_OWNER"], "SELECT number FROM kept") == [(7,)]


def test_a_stale_number_that_now_belongs_to_another_process_does_no_harm(servers):
    embedded.start(servers, redis=False)
    pid_file = servers / "postgres" / "cluster" / "postmaster.pid"
    lines = pid_file.read_text().split("\n")
    embedded.stop(servers)
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    embedded.start(servers, redis=False)
    assert embedded.running(servers)["postgres"] != os.getpid()


def test_a_kill_in_the_middle_of_the_first_start_leaves_nothing_half(servers):
    embedded.make_data_dir(servers)
    (servers / "postgres").mkdir()
    (servers / "postgres" / "cluster.part").mkdir()
    (servers / "postgres" / "cluster.part" / "PG_VERSION").write_text("18")
    found = embedded.start(servers, redis=False)
    assert rows(found["DATABASE_URL"], "SELECT 1") == [(1,)]


def test_the_last_one_to_leave_stops_them(servers):
    first, second = embedded.Lease(servers), embedded.Lease(servers)
    embedded.start(servers, postgres=False)
    first.release()
    assert embedded.running(servers)
    second.release()
    assert not embedded.running(servers)


def test_secrets_are_readable_by_their_owner_alone(servers):
    embedded.start(servers)
    assert (servers / "servers.json").stat().st_mode & 0o077 == 0
    assert (servers / "postgres").stat().st_mode & 0o077 == 0
    assert (servers / "redis").stat().st_mode & 0o077 == 0
    assert servers.stat().st_mode & 0o066 == 0


def test_the_command_prints_addresses_and_leaves_the_servers_running(servers):
    environment = {**os.environ, "DATA_DIR": str(servers)}

    def command(word):
        return subprocess.run(
            [sys.executable, "-m", "clinic.embedded", word],
            cwd=BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    printed = command("start")
    assert [line.split("=")[0] for line in printed.splitlines()] == [
        "DATABASE_URL",
        "DATABASE_URL_WORKER",
        "DATABASE_URL_OWNER",
        "REDIS_URL",
    ]
    lease = embedded.Lease(servers)
    lease.release()
    assert len(command("status").splitlines()) == 2
    command("stop")
    assert command("status") == ""
