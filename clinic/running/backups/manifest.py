"""What a backup holds, counted: the list that lies beside it, and the comparison after a restore."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812 -- a class with the name of a thing

from clinic.running.environment import BASE_DIR
from clinic.running.files import write_private

_TABLES = """SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    ORDER BY relname"""
_HEADS = "SELECT DISTINCT ON (app) app, name FROM django_migrations ORDER BY app, id DESC"
# The last link of each patient's chain of signed notes: one missing or altered note changes the seal.
_CHAINS = """SELECT count(*), coalesce(encode(sha256(convert_to(string_agg(
        patient_id || ':' || content_sha256, ',' ORDER BY patient_id, content_sha256), 'UTF8')), 'hex'), '')
    FROM treatments_treatmentsession signed WHERE signed_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM treatments_treatmentsession later WHERE later.patient_id = signed.patient_id
        AND later.previous_sha256 = signed.content_sha256 AND later.signed_at IS NOT NULL)"""


@dataclass(frozen=True)
class Content:
    """What a database holds: rows by table, the newest migration of each app, the ends of the chains of notes."""

    tables: dict[str, int]
    migrations: dict[str, str]
    chains: int
    chains_sha256: str

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(self.tables.values())


@dataclass(frozen=True)
class Manifest:
    """The list beside a backup."""

    file: str
    at: datetime
    deqi: str
    postgres: int
    bytes: int
    sha256: str
    content: Content

    def write(self, path: Path) -> None:
        """Keep it as a private file."""
        write_private(path, json.dumps(asdict(self) | {"at": self.at.isoformat()}, indent=1))

    @classmethod
    def read(cls, path: Path) -> Manifest | None:
        """Return the list, None when there is none or it cannot be read."""
        try:
            found = json.loads(path.read_text())
            content = Content(**found.pop("content"))
            known = {field.name: found[field.name] for field in fields(cls) if field.name not in ("at", "content")}
            return cls(at=datetime.fromisoformat(found["at"]), content=content, **known)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None


def beside(file: Path) -> Path:
    """Return where the list of a backup lies."""
    return file.with_suffix(".json")


def count(line: Connection) -> Content:
    """Count a database in the transaction that is open on this connection."""
    with line.cursor() as cursor:
        cursor.execute(_TABLES)
        names = [name for (name,) in cursor.fetchall()]
        tables = {}
        for name in names:
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name)))
            tables[name] = int(_one(cursor.fetchone())[0])
        migrations: dict[str, str] = {}
        if "django_migrations" in tables:
            cursor.execute(_HEADS)
            migrations = dict(cursor.fetchall())
        chains, seal = 0, ""
        if "treatments_treatmentsession" in tables:
            cursor.execute(_CHAINS)
            chains, seal = _one(cursor.fetchone())
    return Content(tables, migrations, int(chains), str(seal))


def differences(wanted: Content, found: Content) -> list[str]:
    """Return one sentence part for each thing that is not as it was counted; none when all is equal."""
    different = [
        f"{name} has {found.tables.get(name, 'no table')} instead of {wanted.tables.get(name, 'no table')}"
        for name in sorted(wanted.tables.keys() | found.tables.keys())
        if wanted.tables.get(name) != found.tables.get(name)
    ]
    if wanted.migrations != found.migrations:
        different.append("the migrations differ")
    if (wanted.chains, wanted.chains_sha256) != (found.chains, found.chains_sha256):
        different.append("the chains of signed notes do not end as they did")
    return different


def version() -> str:
    """Return the version of Deqi."""
    return str(tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"])


def digest(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with open(file, "rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _one(row: tuple[Any, ...] | None) -> tuple[Any, ...]:
    assert row is not None
    return row
