"""One file holds the whole clinic, is tried at once, and comes back with every row."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import psycopg2
import pytest

from clinic import embedded
from clinic.running.backups import kept, nightly
from clinic.running.environment import BASE_DIR
from clinic.running.house import take_lock
from clinic.testing import TEST_DATA

NIGHT = datetime(2026, 11, 16, 2, 30, tzinfo=ZoneInfo("Europe/Dublin"))


class Place:
    """A data folder with a database of its own on the tests' server, and the two commands."""

    def __init__(self, name: str) -> None:
        self.data_dir = Path(tempfile.mkdtemp(prefix="kept-", dir=TEST_DATA))
        self.name = name
        self.url = urlsplit(embedded.addresses(TEST_DATA)["DATABASE_URL_OWNER"])._replace(path=f"/{name}").geturl()

    def environment(self, **more: str) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"], "DATA_DIR": str(self.data_dir), "DEBUG": "1",
            **dict.fromkeys(("DATABASE_URL", "DATABASE_URL_OWNER", "DATABASE_URL_WORKER"), self.url),
            "REDIS_URL": "redis://127.0.0.1:1/0", **more,
        }  # fmt: skip

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments], cwd=BASE_DIR, env=self.environment(**more), capture_output=True, text=True,
            check=False,
        )  # fmt: skip

    def backup(self, **more: str) -> subprocess.CompletedProcess[str]:
        return self.run("-m", "clinic.running.backups", "backup", **more)

    def restore(self, file: object, **more: str) -> subprocess.CompletedProcess[str]:
        return self.run("-m", "clinic.running.backups", "restore", FILE=str(file), **more)

    def sql(self, query: str, database: str = "") -> list[tuple]:
        url = urlsplit(self.url)._replace(path=f"/{database or self.name}").geturl()
        with closing(psycopg2.connect(url)) as line:
            line.autocommit = True
            with line.cursor() as cursor:
                cursor.execute(query)
                return cursor.fetchall() if cursor.description else []

    def databases(self) -> list[str]:
        found = self.sql(f"SELECT datname FROM pg_database WHERE datname LIKE '{self.name}%' ORDER BY 1", "postgres")
        return [name for (name,) in found]

    def remove(self) -> None:
        for name in self.databases():
            self.sql(f'DROP DATABASE "{name}" WITH (FORCE)', "postgres")
        shutil.rmtree(self.data_dir)


@pytest.fixture(scope="module")
def clinic():
    """A clinic with a few rows, backed up once."""
    place = Place(f"test_deqi_{os.getpid()}_kept")
    place.sql(f"CREATE DATABASE {place.name}", "postgres")
    for command in ("createcachetable", "migrate"):
        done = place.run("manage.py", command, "--verbosity=0")
        assert done.returncode == 0, done.stderr
    place.sql(
        "INSERT INTO staff_user (public_id, password, email, name, roles, is_active, created_at)"
        " SELECT gen_random_uuid(), '', 'u' || n || '@mill.example', 'Ü ' || n, '{owner}', true, now()"
        " FROM generate_series(1, 300) n"
    )
    place.said = place.backup()
    yield place
    place.remove()


@pytest.fixture
def file(clinic):
    return kept.found(clinic.data_dir)[-1].path


@pytest.fixture
def elsewhere():
    """Another machine: an empty database and an empty folder."""
    place = Place(f"test_deqi_{os.getpid()}_else")
    place.sql(f"CREATE DATABASE {place.name}", "postgres")
    yield place
    place.remove()


def test_a_backup_says_what_it_does_and_is_tried_at_once(clinic, file):
    lines = clinic.said.stdout.splitlines()

    assert clinic.said.returncode == 0, clinic.said.stderr
    assert lines[1].startswith("Writing ")
    assert lines[2] == "Trying it: restoring into an empty database."
    assert lines[3].startswith("Equal: ")
    assert lines[-1].startswith(f"Backup: {file}, ")
    assert clinic.databases() == [clinic.name]  # the one it was tried in is gone


def test_it_is_closed_to_others_and_lists_what_it_holds(clinic, file):
    listed = json.loads(file.with_suffix(".json").read_text())

    assert stat.S_IMODE(file.stat().st_mode) == stat.S_IMODE(file.with_suffix(".json").stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert listed["content"]["tables"]["staff_user"] == 300
    assert listed["content"]["migrations"]["kernel" if "kernel" in listed["content"]["migrations"] else "staff"]
    assert listed["bytes"] == file.stat().st_size
    assert listed["deqi"]


def test_it_comes_back_with_every_row_and_mail_held(clinic, file, elsewhere):
    done = elsewhere.restore(file)

    assert done.returncode == 0, done.stderr
    assert "Equal: " in done.stdout
    assert "staff_user" in done.stdout
    everybody = "SELECT count(*), md5(string_agg(u::text, '' ORDER BY id)) FROM staff_user u"
    assert elsewhere.sql(everybody) == clinic.sql(everybody)
    ((why, restored),) = elsewhere.sql("SELECT paused_why, restored_at = paused_at FROM outbox_outboxswitch")
    assert why.startswith(f"restored from {file.name} of ")
    assert restored
    assert elsewhere.sql("SELECT action, resource FROM audit_auditevent") == [("restore", "database")]
    ((reads, writes),) = elsewhere.sql(
        "SELECT has_table_privilege('deqi_web', 'staff_user', 'INSERT'),"
        " has_table_privilege('deqi_worker', 'staff_user', 'UPDATE')"
    )
    assert (reads, writes) == (True, False)
    assert elsewhere.databases() == [elsewhere.name]


def test_data_is_never_written_over_and_force_keeps_it_aside(clinic, file):
    before = clinic.restore(file)
    clinic.sql("INSERT INTO staff_user (public_id, password, email, name, roles, is_active, created_at)"
               " VALUES (gen_random_uuid(), '', 'late@mill.example', 'Late', '{}', true, now())")  # fmt: skip
    done = clinic.restore(file, FORCE="1")

    assert before.returncode == 1
    assert before.stderr.startswith(f"The database {clinic.name} holds data. FORCE=1 ")
    assert done.returncode == 0, done.stderr
    assert clinic.sql("SELECT count(*) FROM staff_user") == [(300,)]
    (aside,) = [name for name in clinic.databases() if "_before_" in name]
    assert clinic.sql("SELECT count(*) FROM staff_user", aside) == [(301,)]
    assert aside in done.stdout
    clinic.sql(f"DROP DATABASE {aside}", "postgres")


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda held: held[: len(held) // 2], "is damaged, its checksum is another"),
        (lambda held: held[:-900] + b"\0" + held[-899:], "is damaged, its checksum is another"),
        (lambda held: b"SELECT 1;", "is no backup of Deqi"),
    ],
)
def test_a_damaged_file_is_refused_in_words(elsewhere, file, tmp_path, harm, words):
    bad = tmp_path / file.name
    bad.write_bytes(harm(file.read_bytes()))
    shutil.copy(file.with_suffix(".json"), tmp_path)

    done = elsewhere.restore(bad)

    assert done.returncode == 1
    assert words in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert elsewhere.databases() == [elsewhere.name]


def test_half_a_file_without_its_list_changes_nothing_either(elsewhere, file, tmp_path):
    bad = tmp_path / "half.dump"
    bad.write_bytes(file.read_bytes()[: file.stat().st_size // 2])

    done = elsewhere.restore(bad)

    assert done.returncode == 1
    assert "could not be restored" in done.stderr
    assert "Nothing was changed." in done.stderr
    assert "There is no list beside it" in done.stdout
    assert elsewhere.databases() == [elsewhere.name]


def test_a_backup_of_a_newer_deqi_is_refused(clinic, elsewhere):
    clinic.sql("INSERT INTO django_migrations (app, name, applied) VALUES ('staff', '0999_later', now())")
    newer = clinic.backup()
    clinic.sql("DELETE FROM django_migrations WHERE name = '0999_later'")

    done = elsewhere.restore(newer.stdout.splitlines()[-1].split(": ", 1)[1].split(", ")[0])

    assert done.returncode == 1
    assert "was made by a newer Deqi (staff 0999_later): update Deqi first. Nothing was changed." in done.stderr
    assert elsewhere.databases() == [elsewhere.name]


def test_nothing_is_restored_under_a_running_house(elsewhere, file):
    with take_lock(elsewhere.data_dir):
        done = elsewhere.restore(file)

    assert done.returncode == 1
    assert f"Deqi already runs with the data in {elsewhere.data_dir} (process {os.getpid()}): stop it" in done.stderr


def test_somebody_who_is_still_connected_is_named_as_the_reason(clinic, file):
    with closing(psycopg2.connect(clinic.url)):
        done = clinic.restore(file, FORCE="1")

    assert done.returncode == 1
    assert done.stderr.startswith(f"Somebody is still connected to the database {clinic.name}: stop web")
    assert clinic.databases() == [clinic.name]


def test_what_is_missing_is_said(clinic, elsewhere, tmp_path):
    away = dict.fromkeys(("DATABASE_URL", "DATABASE_URL_OWNER"), "postgres://nobody@127.0.0.1:1/deqi")

    assert elsewhere.restore("").stderr.startswith("Name the backup with FILE=, as in make restore FILE=path. ")
    assert elsewhere.restore(tmp_path / "none.dump").stderr.startswith(f"There is no file {tmp_path / 'none.dump'}. ")
    assert elsewhere.backup().stderr.startswith("The database is empty")
    assert elsewhere.backup(**away).stderr.startswith("PostgreSQL does not answer: ")
    no_program = clinic.backup(PG_BIN=str(tmp_path))
    assert f"needs pg_dump of that version, and there is none in {tmp_path}: install it" in no_program.stderr
    assert not list(kept.folder_of(clinic.data_dir).glob(".deqi*"))


@pytest.mark.root
def test_a_full_disk_is_said_and_leaves_no_half(clinic, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], check=True)
    try:
        done = clinic.backup(DATA_DIR=str(small))
        left = [path.name for path in (small / "backups").glob("*.dump")]
    finally:
        subprocess.run(["umount", str(small)], check=True)

    assert done.returncode == 1
    assert done.stderr.startswith("The disk is full")
    assert done.stderr.count("\n") == 1
    assert left == []


def administer(*statements: str) -> None:
    """Do what only the server's administrator may."""
    with closing(embedded._connect(embedded._read_facts(TEST_DATA), "postgres")) as line:
        line.autocommit = True
        with line.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def test_a_login_without_the_right_keeps_an_untried_backup_and_says_so(clinic):
    login = f"test_login_{os.getpid()}"
    administer(f"CREATE ROLE {login} LOGIN PASSWORD 'secret' IN ROLE deqi_owner")
    address = urlsplit(clinic.url)
    theirs = address._replace(netloc=f"{login}:secret@{address.hostname}:{address.port}").geturl()
    try:
        done = clinic.backup(DATABASE_URL_OWNER=theirs)
        refused = clinic.restore(kept.found(clinic.data_dir)[0].path, FORCE="1", DATABASE_URL_OWNER=theirs)
    finally:
        administer(f"DROP ROLE {login}")

    right = f"{login} may not create databases: ALTER ROLE {login} CREATEDB; lets it."
    assert done.returncode == 0, done.stderr
    assert f"not tried: {right}" in done.stdout.splitlines()[-1]
    assert (refused.returncode, refused.stderr.strip()) == (1, right)


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, NIGHT, True),
        (kept.Result(NIGHT, good=True, words=""), NIGHT + timedelta(hours=23, minutes=59), False),
        (kept.Result(NIGHT, good=True, words=""), NIGHT + timedelta(hours=24), True),
        (kept.Result(NIGHT - timedelta(minutes=1), good=True, words=""), NIGHT, True),
        (kept.Result(NIGHT - timedelta(days=9), good=True, words=""), NIGHT - timedelta(hours=2), True),
        (kept.Result(NIGHT, good=False, words="full"), NIGHT + timedelta(minutes=59), False),
        (kept.Result(NIGHT, good=False, words="full"), NIGHT + timedelta(minutes=61), True),
    ],
)
def test_it_is_time_at_half_past_two_and_what_was_missed_is_made_up_for(last, now, due):
    assert nightly.is_due(now=now.astimezone(UTC), last=last, zone=ZoneInfo("Europe/Dublin")) is due


def test_backups_are_kept_for_35_days_and_the_last_one_for_ever(tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    now = datetime(2026, 11, 16, tzinfo=UTC)
    for days in (0, 34, 36, 80):
        for kind in ("dump", "json"):
            (folder / kept.name_for(now - timedelta(days=days))).with_suffix(f".{kind}").touch()

    assert [path.name for path in kept.let_go(tmp_path, now)] == [
        "deqi-20261011-000000.dump",
        "deqi-20260828-000000.dump",
    ]
    assert len(list(folder.iterdir())) == 4
    kept.let_go(tmp_path, now + timedelta(days=400))
    assert [one.path.name for one in kept.found(tmp_path)] == ["deqi-20261116-000000.dump"]
