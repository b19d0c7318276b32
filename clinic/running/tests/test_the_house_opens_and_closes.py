"""``make run`` as a person meets it, without the demo clinic."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from clinic import embedded
from clinic.running.environment import BASE_DIR
from clinic.testing import TEST_DATA, RunningClinic

pytestmark = pytest.mark.chaos

HANGS = 60.0  # seconds; how soon it is when all is well is measured by the bench


@contextmanager
def closed_house():
    clinic = RunningClinic(Path(tempfile.mkdtemp(prefix="house-", dir=TEST_DATA)), demo=False)
    try:
        yield clinic
    finally:
        clinic.stop()
        embedded.stop(clinic.data_dir)
        shutil.rmtree(clinic.data_dir, ignore_errors=True)


@pytest.fixture
def house():
    """A house that is not open yet."""
    with closed_house() as clinic:
        yield clinic


@pytest.fixture(scope="module")
def open_house():
    """An open house that every test leaves as it found it."""
    with closed_house() as clinic:
        clinic.start()
        yield clinic


def ours(house):
    """Every living process of this house, servers included."""
    found = []
    for process in psutil.process_iter():
        try:
            words = " ".join(process.cmdline())
            mark = process.environ().get("DATA_DIR") == str(house.data_dir)
            if process.status() != psutil.STATUS_ZOMBIE and (mark or str(house.data_dir) in words):
                found.append(process)
        except psutil.Error:
            continue
    return found


def left_of(house):
    """What is still alive after a moment: what was killed takes some milliseconds to go."""
    deadline = time.monotonic() + 5
    while (found := ours(house)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def running_of(house, word):
    """Every living process of this house whose command line holds a word."""
    found = []
    for process in ours(house):
        with suppress(psutil.Error):
            if word in " ".join(process.cmdline()):
                found.append(process)
    return found


def refusal(house, **environment):
    done = subprocess.run(
        [sys.executable, "-m", "clinic.running", "run", "--empty"],
        cwd=BASE_DIR,
        env={**house.environment, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_it_says_where_it_is_and_ends_without_a_trace(house):
    house.start()
    assert house.printed == [f"Deqi: {house.url}/", f"Inbox: {house.inbox_url}", "Ready"]
    for address, word in (("/healthz", b"ok"), ("/readyz", b"ok"), ("/dev/inbox.json", b"[]")):
        with urllib.request.urlopen(house.url + address, timeout=10) as answer:
            assert answer.read() == word
    assert set(embedded.running(house.data_dir)) == {"postgres", "redis"}
    begun = time.monotonic()
    assert house.stop() == 0
    assert time.monotonic() - begun < HANGS
    assert left_of(house) == []


@pytest.mark.parametrize("moment", ["clinic.running", "initdb", "/cluster -h", "prepare", "gunicorn"])
def test_a_signal_at_any_moment_of_the_start_ends_all_with_exit_code_zero(house, moment):
    """The moment is when a process of that name has just begun."""
    process = subprocess.Popen(
        [sys.executable, "-m", "clinic.running", "run", "--empty"],
        cwd=BASE_DIR,
        env=house.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    while not (house.data_dir / "house.lock").exists() or not running_of(house, moment):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT if moment == "clinic.running" else signal.SIGTERM)
    output, _ = process.communicate(timeout=40)
    assert process.returncode == 0, output
    assert "Traceback" not in output
    assert left_of(house) == []


def test_a_taken_port_is_named(house):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", house.port))
        taken.listen()
        assert refusal(house).startswith(f"Port {house.port} on 127.0.0.1 is taken")


@pytest.mark.parametrize("port", ["eighty", "0", "70000", "-1", "８０００"])
def test_a_port_that_is_none_is_named(house, port):
    assert refusal(house, PORT=port) == f"PORT={port} is no port: give a number from 1 to 65535.\n"


def test_a_second_start_with_the_same_data_is_told_about_the_first(open_house):
    house = open_house
    said = refusal(house, PORT=str(house.port + 1))
    assert said.startswith(f"Deqi already runs with the data in {house.data_dir} (process {house.process.pid})")
    house.wait_ready(5)


def test_after_a_kill_of_everything_the_next_start_recovers(house):
    house.start()
    house.sql("CREATE TABLE kept AS SELECT 7 AS number")
    for process in ours(house):
        process.kill()
    house.process.wait()
    house.process.stdout.close()
    begun = time.monotonic()
    house.start()
    assert time.monotonic() - begun < HANGS
    assert house.sql("SELECT number FROM kept") == [(7,)]


def test_after_a_kill_of_the_supervisor_alone_the_next_start_has_the_port(house):
    house.start()
    house.process.kill()
    house.process.wait()
    house.process.stdout.close()
    house.start()
    house.wait_ready(30)


@pytest.mark.parametrize("name", ["web", "worker", "beat", "inbox", "postgres", "redis"])
def test_a_killed_process_is_back_by_itself(open_house, name):
    house = open_house
    before = house.kill(name)
    begun = time.monotonic()
    while True:
        try:
            if house.pid(name) != before:
                break
        except LookupError:
            pass
        assert time.monotonic() - begun < HANGS / 3
        time.sleep(0.05)
    house.wait_ready(30)


def test_the_web_goes_on_while_redis_is_frozen(open_house):
    house = open_house
    house.kill("redis", signal.SIGSTOP)
    try:
        for address in ("/healthz", "/readyz", "/accounts/login/"):
            begun = time.monotonic()
            try:
                with urllib.request.urlopen(house.url + address, timeout=10) as answer:
                    assert answer.status == 200
            except urllib.error.HTTPError as error:
                pytest.fail(f"{address}: {error.code}")
            assert time.monotonic() - begun < 8
    finally:
        house.kill("redis", signal.SIGCONT)
