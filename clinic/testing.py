"""The tests' own plugin (``-p clinic.testing``): servers before settings, roles, a running clinic.

It is loaded early because pytest-django reads the settings before any conftest. Its servers live
in ``.data-test`` and are shared by all runs of this machine that happen at the same time; each
run has a database of its own.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from signal import SIGKILL, SIGTERM, Signals
from typing import TYPE_CHECKING, Any

import hypothesis
import psutil
import psycopg2
import pytest

from clinic import embedded
from clinic.running import chromium, words
from clinic.running.environment import BASE_DIR

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from clinic.inbox.box import Mail

TEST_DATA = Path(os.environ.get("DEQI_TEST_DATA") or BASE_DIR / ".data-test")
ROLES = {"web": "deqi_web", "worker": "deqi_worker", "owner": "none"}

_lease: embedded.Lease | None = None
_role = "none"
_NOT_RUN: pytest.StashKey[list[str]] = pytest.StashKey()
#: How often the tables are emptied once more after a test.
_TRIES = 3


# The examples of the gate stay the same until a test or the library changes (docs/adr/0024).
hypothesis.settings.register_profile("gate", derandomize=True, deadline=None, database=None)


# --- before the settings are read -----------------------------------------------------------


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None, object, object]:
    """Start PostgreSQL and Redis, and name them in the environment."""
    global _lease
    words.compile_where_old()
    _lease = embedded.Lease(TEST_DATA)
    try:
        found = embedded.start(TEST_DATA, for_tests=True)
    except (embedded.CannotStart, OSError) as problem:
        pytest.exit(str(problem), returncode=2)
    owner = found["DATABASE_URL_OWNER"]
    _drop_left_databases(owner)
    for name in ("BASE_URL", "HOST", "PORT", "ALLOWED_HOSTS", "EMAIL_URL", "EMAIL_FROM", "TRUSTED_PROXIES"):
        os.environ.pop(name, None)
    os.environ |= {
        "DATA_DIR": str(TEST_DATA),
        # The tests' own login owns the tables and takes the role under test by SET ROLE.
        **dict.fromkeys(("DATABASE_URL", "DATABASE_URL_OWNER", "DATABASE_URL_WORKER"), owner),
        "REDIS_URL": found["REDIS_URL"],
        "DEQI_ROLE": "owner",
        "DEBUG": "0",
        "SECRET_KEY": "a secret that only the tests of this project know",
        "LINK_KEY": "another secret that only the tests of this project know",
        "BASE_URL": "http://localhost:8000",
        # Playwright keeps an event loop in the main thread, which Django would take for async code.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
    }
    return (yield)


def pytest_unconfigure() -> None:
    """Give the servers back; the last run of the machine stops them."""
    if _lease:
        _lease.release()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Walk a journey that failed once more, and take out what needs root when we are not, and name it.

    A browser on a busy machine is late sometimes; both walks are reported (docs/adr/0024). A test that is skipped is
    not a test.
    """
    for item in items:
        if item.get_closest_marker("browser") and not item.get_closest_marker("chaos"):
            item.add_marker(pytest.mark.flaky(reruns=1))
    if os.geteuid() == 0:
        return
    left_out = [item for item in items if item.get_closest_marker("root")]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)
    config.stash[_NOT_RUN] = [item.nodeid for item in left_out]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Name what was not run for want of root."""
    for name in config.stash.get(_NOT_RUN, []):
        terminalreporter.write_line(f"not run, needs root: {name}")


def _drop_left_databases(owner_url: str) -> None:
    """Drop the databases of runs that were killed."""
    connection = psycopg2.connect(owner_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname ~ '^test_deqi_[0-9]+'")
        for (name,) in cursor.fetchall():
            run = re.match(r"test_deqi_(\d+)", name)
            if run and not psutil.pid_exists(int(run[1])):
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    connection.close()


# --- the database and its roles -------------------------------------------------------------


def name_database() -> None:
    """Give this run a database of its own."""
    from django.db import connection

    connection.settings_dict["TEST"]["NAME"] = f"test_deqi_{os.getpid()}"
    type(connection.creation)._destroy_test_db = _drop_for_sure  # type: ignore[attr-defined]


def _drop_for_sure(creation: Any, name: str, verbosity: int) -> None:
    """Drop the run's database, also while a live server's thread or a page that polls it still holds a session."""
    with creation._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE {creation.connection.ops.quote_name(name)} WITH (FORCE)")


def hand_out_rights() -> None:
    """Give the grants once more: the test runner makes the cache table after migrating."""
    from django.db import connection
    from django.db.backends.signals import connection_created

    from clinic.kernel import grants

    grants.apply()
    connection.close()
    connection_created.connect(_take_role, dispatch_uid="clinic.testing")


def hash_passwords_cheaply() -> None:
    """Let the same hasher work little: tests set passwords by the hundred, and nobody guesses at them."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 64, 1


def empty_tables_patiently() -> None:
    """Empty the tables after a test once more when a page that was just being answered came in between.

    Both want locks of many tables; PostgreSQL ends one of the two. The next test would find what the last one left.
    """
    from django.core.management import CommandError
    from django.test import TransactionTestCase

    tests: Any = TransactionTestCase
    empty: Callable[[object], None] = tests._fixture_teardown

    def patiently(case: object) -> None:
        for _ in range(_TRIES):
            with suppress(CommandError):
                return empty(case)
            time.sleep(0.5)
        return empty(case)

    tests._fixture_teardown = patiently


def _take_role(connection: Any, **_: Any) -> None:
    """Every new connection, those of other threads too, begins in the role under test."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {_role}")


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    """Run a block in another database role: ``web``, ``worker`` or ``owner``."""
    global _role
    before, _role = _role, ROLES[role]
    _set_role()
    try:
        yield
    finally:
        _role = before
        _set_role()


def _set_role() -> None:
    from django.db import DatabaseError, connection

    # In a transaction that failed nothing can be said; its rollback restores the role as well.
    with suppress(DatabaseError):
        if connection.connection is not None:
            _take_role(connection)


@pytest.fixture(autouse=True)
def _in_the_role_of_the_web(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests that touch the database do so with the rights of the web process."""
    fixtures = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}
    if not request.node.get_closest_marker("django_db") and not fixtures & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("db")
    with acting_as("web"):
        yield


@pytest.fixture
def as_owner(db: None) -> Iterator[None]:
    """Run the test with the rights of the owner of the tables."""
    with acting_as("owner"):
        yield


@pytest.fixture
def as_worker(db: None) -> Iterator[None]:
    """Run the test with the rights of the worker."""
    with acting_as("worker"):
        yield


@pytest.fixture
def in_role(db: None) -> Callable[[str], AbstractContextManager[None]]:
    """Return ``acting_as``, for tests that change sides: ``with in_role("worker"): ...``."""
    return acting_as


# --- a running clinic -----------------------------------------------------------------------


class RunningClinic:
    """A whole clinic, as ``make run`` starts it, on free ports with servers and data of its own."""

    def __init__(self, data_dir: Path, *, demo: bool) -> None:
        self.data_dir = data_dir
        data_dir.chmod(0o711)  # as root, the servers' user passes through it
        self.demo = demo
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.inbox_url = f"{self.url}/dev/inbox/"
        self.credentials: dict[str, tuple[str, str]] = {}
        self.printed: list[str] = []
        self.clock_file = data_dir / "clock"
        self.process: subprocess.Popen[str] | None = None
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        self.environment = kept | {
            "DATA_DIR": str(data_dir),
            "PORT": str(self.port),
            "DEQI_CLOCK_FILE": str(self.clock_file),
            "PYTHONUNBUFFERED": "1",
        }

    def start(self, timeout: float = 60.0) -> None:
        """Start and read what is printed up to ``Ready``. Raises AssertionError with its words."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "clinic.running", "run", *(() if self.demo else ("--empty",))],
            cwd=BASE_DIR,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self.printed = []
        for line in self.process.stdout:
            self.printed.append(line.rstrip())
            who, _, words = line.rstrip().partition(": ")
            if who in ("Front desk", "Practitioner", "Owner"):
                email, _, password = words.partition(" ")
                self.credentials[who] = (email, password)
            if line.strip() == "Ready":
                return
        raise AssertionError("The clinic did not start:\n" + "\n".join(self.printed))

    def stop(self) -> int:
        """End it as Ctrl-C does and return the exit code."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(SIGTERM)
        try:
            code = self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        self.process = None
        return code

    @property
    def database_urls(self) -> dict[str, str]:
        """The addresses by role: ``web``, ``worker``, ``owner``."""
        found = embedded.addresses(self.data_dir)
        return {
            "web": found["DATABASE_URL"],
            "worker": found["DATABASE_URL_WORKER"],
            "owner": found["DATABASE_URL_OWNER"],
        }

    @property
    def redis_url(self) -> str:
        """The address of this clinic's own Redis."""
        return embedded.addresses(self.data_dir)["REDIS_URL"]

    def sql(self, query: str, *values: object, role: str = "owner") -> list[tuple[Any, ...]]:
        """Run one statement in a role, commit, and return the rows if there are any."""
        connection = psycopg2.connect(self.database_urls[role])
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(query, values or None)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def pid(self, name: str) -> int:
        """Return the number of web, worker, beat, inbox, postgres or redis. Raises LookupError."""
        servers = embedded.running(self.data_dir)
        if name in servers:
            return servers[name]
        try:
            return int(json.loads((self.data_dir / "run" / f"{name}.json").read_text())["pid"])
        except (OSError, ValueError) as error:
            raise LookupError(f"{name} does not run") from error

    def kill(self, name: str, number: Signals = SIGKILL) -> int:
        """Send a signal to one process and return its number."""
        pid = self.pid(name)
        os.kill(pid, number)
        return pid

    def wait_ready(self, timeout: float = 30.0) -> float:
        """Wait until /readyz says ok and return the seconds it took. Raises AssertionError."""
        begun = time.monotonic()
        word = ""
        while time.monotonic() - begun < timeout:
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                    word = answer.read().decode()
                if word == "ok":
                    return time.monotonic() - begun
            except urllib.error.HTTPError as error:
                word = error.read().decode()
            except OSError as error:
                word = str(error)
            time.sleep(0.1)
        raise AssertionError(f"Not ready within {timeout} seconds: {word}")

    def inbox(self) -> list[Mail]:
        """Return the mails of the local inbox, newest first."""
        from clinic.inbox.box import mails

        return mails(self.data_dir / "inbox")

    def wait_for_mail(self, to: str, count: int = 1, timeout: float = 40.0) -> list[Mail]:
        """Wait until so many mails to an address have come, newest first. Raises AssertionError."""
        deadline = time.monotonic() + timeout
        while True:
            found = [mail for mail in self.inbox() if to in mail.to]
            if len(found) >= count:
                return found
            if time.monotonic() > deadline:
                raise AssertionError(f"{len(found)} mails to {to} within {timeout} seconds, not {count}")
            time.sleep(0.1)

    @property
    def smtp_port(self) -> int:
        """The port of the local mail server."""
        words = psutil.Process(self.pid("inbox")).cmdline()
        return int(words[words.index("--port") + 1])

    def set_clock_offset(self, seconds: float) -> None:
        """Move the clocks of web, worker and beat together."""
        self.clock_file.write_text(str(seconds))

    def manage(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command of manage.py in this clinic."""
        done = subprocess.run(
            [sys.executable, str(BASE_DIR / "manage.py"), *arguments],
            cwd=BASE_DIR,
            env=self.environment | {"DEBUG": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"manage.py {' '.join(arguments)}:\n{done.stdout}{done.stderr}")
        return done

    def logs(self) -> str:
        """Return everything that its processes wrote."""
        return "".join(path.read_text(errors="replace") for path in (self.data_dir / "log").glob("*.log"))


_NO_RUN_LASTS_SO_LONG = 3600.0


def _pattern(*, demo: bool) -> Path:
    """Return a house that was opened once in this run and closed again, to be copied: tables and demo stand in it.

    The processes of one run share it; whoever comes first makes it.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    place = TEST_DATA / f"pattern-{run}-{'demo' if demo else 'empty'}"
    with open(TEST_DATA / "pattern.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            for old in TEST_DATA.glob("pattern-*-*"):
                if time.time() - old.stat().st_mtime > _NO_RUN_LASTS_SO_LONG:
                    shutil.rmtree(old, ignore_errors=True)
            unfinished = Path(tempfile.mkdtemp(prefix="house-", dir=TEST_DATA))
            clinic = RunningClinic(unfinished, demo=demo)
            try:
                clinic.start()
            finally:
                clinic.stop()
                embedded.stop(unfinished)
            unfinished.rename(place)
    return place


def _copied(pattern: Path) -> Path:
    """Return a folder with everything of a closed house, on ports of its own.

    It is empty where the servers' folders had to lie elsewhere: then the house is built from nothing.
    """
    data_dir = Path(tempfile.mkdtemp(prefix="house-", dir=TEST_DATA))
    if not (pattern / "postgres").exists():
        return data_dir
    # With their owners: as root the servers' folders belong to another user.
    subprocess.run(["cp", "-a", f"{pattern}/.", str(data_dir)], check=True)
    facts = json.loads((data_dir / "servers.json").read_text())
    facts |= {"home": str(data_dir), "postgres_port": 0, "redis_port": 0}
    (data_dir / "servers.json").write_text(json.dumps(facts))
    shutil.rmtree(data_dir / "log", ignore_errors=True)
    return data_dir


@contextmanager
def opened(*, demo: bool = True) -> Iterator[RunningClinic]:
    """Open a clinic in a folder of its own, and close and remove it afterwards."""
    data_dir = _copied(_pattern(demo=demo))
    clinic = RunningClinic(data_dir, demo=demo)
    try:
        clinic.start()
        yield clinic
    finally:
        clinic.stop()
        embedded.stop(data_dir)
        shutil.rmtree(data_dir, ignore_errors=True)


@pytest.fixture(scope="session")
def running_clinic() -> Iterator[RunningClinic]:
    """A demo clinic that runs for all tests that ask for it."""
    with opened() as clinic:
        yield clinic


@pytest.fixture
def fresh_clinic() -> Iterator[RunningClinic]:
    """A demo clinic for one test alone, which may break it."""
    with opened() as clinic:
        yield clinic


@pytest.fixture
def empty_clinic() -> Iterator[RunningClinic]:
    """A clinic without users and patients, for one test."""
    with opened(demo=False) as clinic:
        yield clinic


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# --- a browser ------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window, the machine's own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(chromium.find()), args=chromium.FLAGS)
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser window without a past."""
    opened_context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield opened_context
    opened_context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails its test when a script breaks or the content security policy is offended."""
    complaints: list[str] = []
    opened_page = context.new_page()
    opened_page.on("pageerror", lambda error: complaints.append(str(error)))
    opened_page.on(
        "console",
        lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None,
    )
    yield opened_page
    assert not complaints, complaints


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """Return a function that asserts that a page has no accessibility violation."""
    from axe_playwright_python.sync_playwright import Axe

    checker = Axe()

    def check(page: Page) -> None:
        # A message that is still fading in has no contrast yet; nobody reads it in that moment.
        page.wait_for_load_state()
        page.evaluate("Promise.allSettled(document.getAnimations().map(one => one.finished)).then(() => true)")
        result = checker.run(page)
        assert result.violations_count == 0, f"{page.url}\n{result.generate_report()}"

    return check
