"""What is measured: databases copied from a template, and web servers of their own on free ports.

All of it lives in ``.data-bench``; nothing of a running clinic is touched. ``DEQI_BENCH_TEMPLATE`` names a clinic that
is filled already: a database of the bench, or the data folder of a demo clinic that does not run. It is only copied.
"""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg2
import psycopg2.errors
from psycopg2 import sql

from clinic import embedded
from clinic.bench.client import Failed, ask, get
from clinic.running.environment import BASE_DIR

RESULTS = Path(os.environ.get("DEQI_BENCH_DATA") or BASE_DIR / ".data-bench")
READY = os.environ.get("DEQI_BENCH_TEMPLATE") or ""
#: A folder brings its own servers: a database is copied only inside the cluster it lies in.
READY_FOLDER = Path(READY).absolute() if READY and Path(READY).is_dir() else None
DATA = READY_FOLDER or RESULTS
RUN, RUN_SMALL = "deqi_bench_run", "deqi_bench_run_small"
WORKERS = 3
START_SECONDS = 30.0

#: Patients and sessions of a size.
SIZES = {"tiny": (60, 300), "small": (1_000, 20_000), "large": (50_000, 1_000_000), "search": (100_000, 2_000)}


@dataclass(frozen=True)
class Server:
    """A web server of the bench."""

    name: str
    settings: str
    application: str
    path: str


OURS = Server("ours", "clinic.settings", "clinic.wsgi:application", "/healthz")
FLOOR = Server("floor", "clinic.bench.floor_settings", "django.core.wsgi:get_wsgi_application()", "/healthz")
BARE = Server("bare", "clinic.bench.bare", "django.core.wsgi:get_wsgi_application()", "/bare")


def servers_environment() -> dict[str, str]:
    """Start PostgreSQL and Redis of the bench and return the environment that names them."""
    if not (DATA / "servers.json").exists():
        # Made as for tests, the owner may create databases; measured is a server that waits for its disk.
        embedded.start(DATA, for_tests=True)
        embedded.stop(DATA)
    found = embedded.start(DATA)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return kept | found | {
        "DATA_DIR": str(DATA),
        "SECRET_KEY": "a secret of the bench, which nobody signs in to but itself",
        "LINK_KEY": "another secret of the bench, for links that lead nowhere",
        "EMAIL_FROM": "desk@oldmill.example",
        "BASE_URL": "http://127.0.0.1:8000",
    }  # fmt: skip


def at_database(env: Mapping[str, str], name: str) -> dict[str, str]:
    """Return the environment with every address leading to another database of the server."""
    addresses = {key: value for key, value in env.items() if key.startswith("DATABASE_URL")}
    return {**env, **{key: urlunsplit(urlsplit(value)._replace(path=f"/{name}")) for key, value in addresses.items()}}


def template(env: Mapping[str, str], size: str, say: Callable[[str], None]) -> str:
    """Return the name of a filled database of a size, made now when the code that fills it has changed.

    Raises Failed when the clinic that ``DEQI_BENCH_TEMPLATE`` names is not there, or of another schema.
    """
    if READY and size == "large":
        return _ready(env)
    name = f"deqi_{size}_{_digest()}"
    if name in _databases(env):
        return name
    for old in _databases(env):
        if old.startswith(f"deqi_{size}_"):
            _sql(env, "DROP DATABASE {} WITH (FORCE)", old)
    part = f"part_{name}"
    _sql(env, "DROP DATABASE IF EXISTS {} WITH (FORCE)", part)
    _sql(env, "CREATE DATABASE {}", part)
    patients, sessions = SIZES[size]
    say(f"Filling a clinic of {patients:,} patients and {sessions:,} sessions, once")
    there = at_database(env, part) | {"DEBUG": "1"}
    manage(there, "prepare")
    # Yesterday, so that no row of the demo lies in the future of what is measured.
    day = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    sizes = ("--patients", str(patients), "--sessions", str(sessions))
    manage(there, "demo", *sizes, "--seed", "1", "--today", day, shown=True)
    _sql(env, "ALTER DATABASE {} RENAME TO {}", part, name)
    return name


def _ready(env: Mapping[str, str]) -> str:
    name = "deqi" if READY_FOLDER else READY
    if name not in _databases(env):
        raise Failed(f"DEQI_BENCH_TEMPLATE: there is no folder and no database {READY!r}.")
    try:
        manage(at_database(env, name) | {"DEBUG": "1"}, "migrate", "--check")
    except Failed as behind:
        raise Failed(f"The clinic of {READY!r} is of another schema: fill it anew.") from behind
    return name


@contextmanager
def copied(env: Mapping[str, str], source: str, name: str = RUN) -> Iterator[dict[str, str]]:
    """Lend a fresh copy of a template: the environment that leads to it. It is dropped afterwards."""
    _sql(env, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    try:
        _sql(env, "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, source)
    except psycopg2.errors.ObjectInUse as used:
        raise Failed(f"Somebody works in the database {source!r}: it can be copied when nobody does.") from used
    _warm(env, name)
    try:
        yield at_database(env, name)
    finally:
        _sql(env, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _warm(env: Mapping[str, str], name: str) -> None:
    """Read the files of a fresh copy once: a clinic that runs since the morning has its records in memory.

    Where the server's files are not ours to read nothing is warmed.
    """
    folder = embedded.database_folder(DATA, name)
    for file in sorted(folder.iterdir()) if folder else ():
        with file.open("rb") as pages:
            while pages.read(1 << 22):
                pass


@dataclass(frozen=True)
class Serving:
    """A web server that answers."""

    port: int
    pid: int

    def cpu(self) -> float:
        """Seconds of processor that its workers have used so far; what the database uses is not in it."""
        workers = psutil.Process(self.pid).children(recursive=True)
        return float(sum(times.user + times.system for times in (worker.cpu_times() for worker in workers)))


@contextmanager
def serving(env: Mapping[str, str], server: Server) -> Iterator[Serving]:
    """Run a web server with three workers on a free port and lend it. Raises Failed when it does not start."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    # gunicorn reads a call with "()" in the name of the application as a factory.
    command = [
        *(sys.executable, "-m", "gunicorn", server.application, "--bind", f"127.0.0.1:{port}"),
        *("--workers", str(WORKERS), "--worker-class", "sync", "--log-level", "warning", "--no-control-socket"),
    ]
    log_file = DATA / f"{server.name}-{port}.log"
    with open(log_file, "wb") as log:
        process = subprocess.Popen(
            command,
            cwd=BASE_DIR,
            env={**env, "DJANGO_SETTINGS_MODULE": server.settings, "DEBUG": "0", "DEQI_ROLE": "web"},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _await(process, port, server, log_file)
        yield Serving(port, process.pid)
    finally:
        _end(process)
        log_file.unlink(missing_ok=True)


@contextmanager
def working(env: Mapping[str, str]) -> Iterator[None]:
    """Run a Celery worker, idle but there, as beside a real web server."""
    with open(DATA / "worker.log", "wb") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "celery", "--app", "clinic.celery", "worker", "--concurrency", "2"),
                *("--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"),
            ],
            cwd=BASE_DIR,
            env={**env, "DEBUG": "0", "DEQI_ROLE": "worker", "DJANGO_SETTINGS_MODULE": "clinic.settings"},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield
    finally:
        _end(process)


def manage(env: Mapping[str, str], *arguments: str, shown: bool = False) -> None:
    """Run a command of manage.py. Raises Failed with its words."""
    done = subprocess.run(
        [sys.executable, str(BASE_DIR / "manage.py"), *arguments],
        cwd=BASE_DIR, env={**env}, stdin=subprocess.DEVNULL, stdout=None if shown else subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise Failed(f"manage.py {' '.join(arguments)} failed:\n{done.stdout or ''}")


def _await(process: subprocess.Popen[bytes], port: int, server: Server, log_file: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError):
            if ask(port, get(server.path, port=port))[0] == 200:
                return
        time.sleep(0.1)
    raise Failed(f"The {server.name} server did not start:\n{log_file.read_text()[-2000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process of ours with its children, by their own group."""
    with suppress(ProcessLookupError):
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _digest() -> str:
    """A short mark of the code that decides what stands in a filled database."""
    wings = ("clinic", "patients", "sessions")
    files = [file for wing in wings for file in (BASE_DIR / wing).glob("**/migrations/0*.py")]
    files += [file for kind in ("*.py", "data/*.json") for file in (BASE_DIR / "clinic/demo").glob(kind)]
    seen = hashlib.sha256()
    for file in sorted(files):
        seen.update(file.read_bytes())
    return seen.hexdigest()[:10]


def _databases(env: Mapping[str, str]) -> set[str]:
    with _admin(env) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return {name for (name,) in cursor.fetchall()}


def _sql(env: Mapping[str, str], statement: str, *names: str) -> None:
    with _admin(env) as connection, connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))


@contextmanager
def _admin(env: Mapping[str, str]) -> Iterator[psycopg2.extensions.connection]:
    connection = psycopg2.connect(at_database(env, "postgres")["DATABASE_URL_OWNER"])
    connection.autocommit = True  # databases are neither made nor dropped inside a transaction
    try:
        yield connection
    finally:
        connection.close()
