"""PostgreSQL that somebody else runs: one login for three roles, and what must not be switched off."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg2
import pytest

from clinic import embedded
from clinic.running.environment import BASE_DIR
from clinic.testing import TEST_DATA


@pytest.fixture(scope="module")
def theirs():
    """A server with a login that is a member of all three roles, as its administrator made it."""
    folder = Path(tempfile.mkdtemp(prefix="theirs-", dir=TEST_DATA))
    folder.chmod(0o711)
    found = embedded.start(folder, redis=False)
    facts = embedded._read_facts(folder)
    administer(
        facts,
        "CREATE ROLE app LOGIN PASSWORD 'secret'",
        "GRANT deqi_owner, deqi_web, deqi_worker TO app",
    )
    yield facts, found["DATABASE_URL"].replace(f"deqi_web:{facts.passwords['deqi_web']}", "app:secret")
    embedded.stop(folder)
    shutil.rmtree(folder)


def administer(facts, *statements):
    connection = embedded._connect(facts, "postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()


def manage(url, *arguments, **environment):
    kept = {"PATH": os.environ["PATH"], "DATABASE_URL": url, "REDIS_URL": "redis://127.0.0.1:1/0"}
    keys = {"SECRET_KEY": "s" * 50, "LINK_KEY": "l" * 50, "DATA_DIR": str(TEST_DATA)}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE_DIR,
        env=kept | keys | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_one_login_takes_the_role_of_each_process(theirs):
    _, url = theirs
    assert manage(url, "prepare").stderr == ""
    asked = (
        "from django.db import connection\nwith connection.cursor() as cursor:\n"
        "    cursor.execute('SELECT current_user')\n    print(cursor.fetchone()[0])"
    )
    for role in ("web", "worker", "owner"):
        done = manage(url, "shell", "--no-imports", "-c", asked, DEQI_ROLE=role)
        assert done.stdout.strip() == f"deqi_{role}", done.stderr


@pytest.mark.parametrize("name", ["fsync", "full_page_writes", "synchronous_commit"])
def test_what_can_lose_a_commit_is_refused(theirs, name):
    facts, url = theirs
    administer(facts, f"ALTER SYSTEM SET {name} = off", "SELECT pg_reload_conf()", "SELECT pg_sleep(0.2)")
    try:
        done = manage(url, "prepare")
    finally:
        administer(facts, f"ALTER SYSTEM RESET {name}", "SELECT pg_reload_conf()", "SELECT pg_sleep(0.2)")
    assert done.returncode == 1
    assert done.stderr.strip().startswith(f"CommandError: PostgreSQL runs with {name} off: switch it on")


def test_a_database_that_does_not_answer_is_named(theirs):
    done = manage("postgres://app:secret@127.0.0.1:1/deqi", "prepare")
    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: PostgreSQL does not answer:")
    assert "Traceback" not in done.stderr


@pytest.mark.chaos
def test_a_table_in_use_is_waited_for_and_then_named(theirs):
    _, url = theirs
    assert manage(url, "prepare").returncode == 0
    busy = psycopg2.connect(url, options="-c role=deqi_owner")
    with busy.cursor() as cursor:
        cursor.execute("LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")
    done = manage(url, "prepare")
    busy.close()
    assert done.returncode == 1
    assert "too busy" in done.stderr
