"""``make restore FILE=...``: into a new database beside the present one, which is exchanged only when all is well."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import psycopg2

from clinic import embedded
from clinic.kernel import clock
from clinic.running import house
from clinic.running.backups import kept, manifest
from clinic.running.backups.manifest import Content, Manifest
from clinic.running.backups.programs import Failed, Server
from clinic.running.environment import BASE_DIR, ensure_keys
from clinic.running.house import Problem, say

PEOPLE = ("staff_user", "patients_patient", "practice_practice")
"""A database with a row in one of these is somebody's clinic."""


@contextmanager
def closed_house(data_dir: Path) -> Iterator[None]:
    """Keep the house closed meanwhile. Raises Problem when it runs."""
    embedded.make_data_dir(data_dir)
    with house.take_lock(data_dir):
        yield


def restore(file: Path, data_dir: Path, *, force: bool) -> None:
    """Restore a backup, migrate, hold all mail back. Raises Problem, and then the clinic is as it was before.

    A database with data is refused unless ``force``; it is kept, renamed.
    """
    listed = _looked_at(file, data_dir)
    server = Server.of_settings()
    now = clock.now()
    has_data = server.exists(server.database) and _is_somebodys(server)
    if has_data and not force:
        raise Problem(
            f"The database {server.database} holds data. FORCE=1 restores all the same, "
            "and keeps the present database under another name."
        )
    beside = f"{server.database[:50]}_restoring"
    server.create(beside)
    try:
        found = _fill(server, file, beside, listed)
        _settle(server, beside, file.name, listed)
        aside = _exchange(server, beside, now, keep=has_data)
    except BaseException:
        server.drop(beside)
        raise
    _report(found, listed, aside)


def _looked_at(file: Path, data_dir: Path) -> Manifest | None:
    """Return the list beside a backup, None when there is none. Raises Problem for what is no whole backup."""
    if not file.is_file():
        raise Problem(f"There is no file {file}. {kept.listed(data_dir)}")
    try:
        with open(file, "rb") as opened:
            head = opened.read(5)
    except PermissionError:
        raise Problem(f"{file} cannot be read by this user.") from None
    if head != b"PGDMP":
        raise Problem(f"{file} is no backup of Deqi. {kept.listed(data_dir)}")
    listed = Manifest.read(manifest.beside(file))
    if listed is None:
        say(f"There is no list beside it ({manifest.beside(file).name}), so nothing can be compared.")
    elif file.stat().st_size != listed.bytes or manifest.digest(file) != listed.sha256:
        raise Problem(f"{file} is damaged, its checksum is another: take another backup. Nothing was changed.")
    return listed


def _is_somebodys(server: Server) -> bool:
    with closing(server.connect()) as line, line.cursor() as cursor:
        for table in PEOPLE:
            cursor.execute("SELECT to_regclass(%s)", [f"public.{table}"])
            if (cursor.fetchone() or (None,))[0]:
                cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")  # noqa: S608 -- our own three names
                if (cursor.fetchone() or (False,))[0]:
                    return True
    return False


def _fill(server: Server, file: Path, beside: str, listed: Manifest | None) -> Content:
    say(f"Restoring {file.name} into an empty database.")
    try:
        server.restore(file, beside, tell=lambda: say("  still restoring"))
    except Failed as problem:
        raise Problem(f"{file} could not be restored: {problem} Nothing was changed.") from None
    with closing(server.connect(beside)) as line:
        found = manifest.count(line)
    different = manifest.differences(listed.content, found) if listed else []
    if different:
        raise Problem(f"{file.name} does not hold what its list says: {'; '.join(different)}. Nothing was changed.")
    return found


def _settle(server: Server, beside: str, name: str, listed: Manifest | None) -> None:
    """Migrate, hand out rights, hold mail back, all before anybody can use the database."""
    say("Bringing its tables to this version of Deqi.")
    moment = ["--of", listed.at.isoformat()] if listed else []
    ensure_keys(os.environ)
    done = subprocess.run(
        [sys.executable, str(BASE_DIR / "manage.py"), "settle_restored", "--database", beside, "--file", name, *moment],
        cwd=BASE_DIR,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        words = done.stderr.strip().splitlines() or ["no reason given"]
        raise Problem(f"{words[-1].removeprefix('CommandError: ')} Nothing was changed.")


def _exchange(server: Server, beside: str, now: datetime, *, keep: bool) -> str:
    """Put the new database in the place of the old one, and return where that went."""
    old = server.database
    if not server.exists(old):
        server.rename((beside, old))
        return ""
    aside = f"{old[:40]}_before_{now:%Y%m%d_%H%M%S}"
    server.rename((old, aside), (beside, old))
    if keep:
        return aside
    try:
        server.drop(aside)
    except psycopg2.Error:
        return aside
    return ""


def _report(found: Content, listed: Manifest | None, aside: str) -> None:
    if listed:
        wide = max(map(len, found.tables), default=0)
        say(f"{'table':{wide}}  {'backup':>12}  {'restored':>12}")
        for name, rows in found.tables.items():
            say(f"{name:{wide}}  {listed.content.tables[name]:>12,}  {rows:>12,}")
        say(f"Equal: {len(found.tables)} tables, {found.rows:,} rows, {found.chains:,} chains of signed notes.")
    else:
        say(f"Restored: {len(found.tables)} tables, {found.rows:,} rows.")
    if aside:
        say(f"The database of before is kept as {aside}; drop it when it is not needed any more.")
    say("No mail leaves until the owner lets it: the page Reminders shows what waits.")
