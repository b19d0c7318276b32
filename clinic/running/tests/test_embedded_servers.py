"""PostgreSQL and Redis from wheels: found again, started again after a kill, stopped by the last user."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg2
import pytest

from clinic import embedded
from clinic.running.environment import BASE_DIR
from clinic.testing import TEST_DATA


@pytest.fixture
def servers():
    data_dir = Path(tempfile.mkdtemp(prefix="servers-", dir=TEST_DATA))
    data_dir.chmod(0o711)
    yield data_dir
    embedded.stop(data_dir)
    shutil.rmtree(data_dir)


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
        # The owner tries backups in an empty database, and restores beside the present one.
        assert creates == (name == "DATABASE_URL_OWNER")
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
    assert time.monotonic() - begun < 60
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


def test_passwords_that_are_lost_are_named(servers):
    embedded.start(servers, redis=False)
    embedded.stop(servers)
    (servers / "servers.json").unlink()
    with pytest.raises(embedded.CannotStart, match=r"servers\.json is lost"):
        embedded.start(servers, redis=False)


@pytest.mark.root
def test_as_root_no_parent_folder_is_opened_to_reach_the_data(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    data_dir = closed / "data"
    try:
        found = embedded.start(data_dir)
        home = embedded._home(data_dir)
        assert home.parent == Path("/var/lib")
        assert rows(found["DATABASE_URL"], "SELECT 1") == [(1,)]
        assert closed.stat().st_mode & 0o777 == 0o700
        embedded.stop(data_dir)
        assert embedded.start(data_dir)["DATABASE_URL"].split("@")[0] == found["DATABASE_URL"].split("@")[0]
    finally:
        embedded.stop(data_dir)
        shutil.rmtree(embedded._home(data_dir))


@pytest.mark.root
def test_root_leaves_the_data_of_another_user_alone(servers):
    os.chown(servers, 65534, 65534)
    with pytest.raises(embedded.CannotStart, match=r"belongs to the user nobody: start as that user"):
        embedded.start(servers)
    os.chown(servers, 0, 0)
