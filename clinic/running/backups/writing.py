"""``make backup``: one file from one snapshot, tried at once by restoring it into an empty database."""

from __future__ import annotations

import errno
import fcntl
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import psycopg2

from clinic.kernel import clock
from clinic.running.backups import kept, manifest
from clinic.running.backups.manifest import Manifest
from clinic.running.backups.programs import MayNotCreate, Server
from clinic.running.house import Problem, say


def backup(data_dir: Path) -> Path:
    """Write a backup, try it, remember how it went, and return its path. Raises Problem, and then leaves no file."""
    begun, now = time.monotonic(), clock.now()
    try:
        with _alone(data_dir):
            path, words = _backup(data_dir, now)
    except (Problem, psycopg2.Error, OSError) as trouble:
        problem = Problem(_sentence(trouble, data_dir))
        kept.remember(data_dir, kept.Result(now, good=False, words=str(problem)))
        raise problem from trouble
    kept.remember(data_dir, kept.Result(now, good=True, words=words))
    say(f"Backup: {path}, {words}, {time.monotonic() - begun:.1f} s")
    return path


def _backup(data_dir: Path, now: datetime) -> tuple[Path, str]:
    server = Server.of_settings()
    path = kept.folder_of(data_dir) / kept.name_for(now)
    part = path.with_name(f".{path.name}.part")
    try:
        # Made by us and closed to others before pg_dump writes the first byte.
        part.touch(mode=0o600)
        written = _write(server, part, path.name, now)
        tried = _try_out(server, part, written)
        written.write(manifest.beside(path))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path, f"{size(written.bytes)}, {written.content.rows:,} rows, {tried}"


def _write(server: Server, part: Path, name: str, now: datetime) -> Manifest:
    with closing(server.connect()) as line:
        line.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with line.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot(), pg_database_size(current_database())")
            snapshot, big = cursor.fetchone() or ("", 0)
        say(f"Counting what the database holds ({size(big)}).")
        content = manifest.count(line)
        if not content.tables:
            raise Problem("The database is empty: there is nothing to keep.")
        say(f"Writing {len(content.tables)} tables, {content.rows:,} rows.")
        # The transaction stays open: what is counted and what is written are one moment.
        server.dump(part, snapshot=snapshot, tell=lambda: say(f"  {size(part.stat().st_size)} so far"))
    return Manifest(
        file=name,
        at=now,
        deqi=manifest.version(),
        postgres=server.major,
        bytes=part.stat().st_size,
        sha256=manifest.digest(part),
        content=content,
    )


def _try_out(server: Server, part: Path, written: Manifest) -> str:
    """Restore into an empty database, compare, drop it. Returns words; raises Problem when something differs."""
    scratch = f"{server.database[:50]}_check"
    say("Trying it: restoring into an empty database.")
    try:
        server.create(scratch)
    except MayNotCreate as problem:
        say(f"Not tried: {problem}")
        return f"not tried: {problem}"
    try:
        server.restore(part, scratch, tell=lambda: say("  still restoring"))
        with closing(server.connect(scratch)) as line:
            different = manifest.differences(written.content, manifest.count(line))
    finally:
        server.drop(scratch)
    if different:
        raise Problem(f"The backup does not hold what the database holds: {'; '.join(different)}.")
    say(f"Equal: {len(written.content.tables)} tables, {written.content.chains:,} chains of signed notes.")
    return "tried"


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    """One backup at a time; what a killed one left goes."""
    folder = kept.folder_of(data_dir)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(folder / ".lock", "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Problem("A backup is being written already: wait until it is done.") from None
        for left in folder.glob(".deqi-*.part"):
            left.unlink(missing_ok=True)
        yield


def size(number: int) -> str:
    """Return a number of bytes as people say it."""
    for unit in ("bytes", "kB", "MB"):
        if number < 1000:
            return f"{number:.0f} {unit}"
        number /= 1000  # type: ignore[assignment]
    return f"{number:.1f} GB"


def _sentence(trouble: Exception, data_dir: Path) -> str:
    if isinstance(trouble, OSError) and trouble.errno == errno.ENOSPC:
        return f"The disk is full: {kept.folder_of(data_dir)} cannot be written. Free some space and try again."
    if isinstance(trouble, psycopg2.OperationalError):
        return f"PostgreSQL does not answer: {trouble}".strip()
    return str(trouble).strip()
