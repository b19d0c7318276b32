"""Tables without their indexes, constraints and triggers while millions of rows come in, and whole again afterwards.

Everything happens in the transaction of the caller: if it fails, nothing has changed for anybody. Only the owner of
the tables may do it; for everybody else the guards never open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from clinic.demo.telling import telling

#: Foreign keys that touch the tables, from either side; then what hangs on indexes.
_FOREIGN_KEYS = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
       format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint
WHERE contype = 'f' AND (conrelid = ANY(%(tables)s::regclass[]) OR confrelid = ANY(%(tables)s::regclass[]))
ORDER BY conrelid::regclass::text, conname
"""
_UNIQUE = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
       format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint
WHERE contype IN ('p', 'u', 'x') AND conrelid = ANY(%(tables)s::regclass[])
ORDER BY conrelid::regclass::text, contype, conname
"""
_INDEXES = """
SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index
WHERE indrelid = ANY(%(tables)s::regclass[])
  AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
ORDER BY indrelid::regclass::text, indexrelid::regclass::text
"""


@dataclass(frozen=True)
class _Guard:
    """What takes a guard away and what puts it back."""

    away: str
    back: str


@contextmanager
def bare(cursor: Any, tables: Sequence[str], say: Callable[[str], None]) -> Iterator[None]:
    """Run a block while ``tables`` have no guards; afterwards every guard is checked against all rows.

    Raises IntegrityError when the rows offend one.
    """
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    away = [*_found(cursor, _FOREIGN_KEYS, tables), *_found(cursor, _UNIQUE, tables), *_found(cursor, _INDEXES, tables)]
    for guard in away:
        cursor.execute(guard.away)
    for table in tables:
        cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
    yield
    for table in tables:
        cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
    cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
    with telling(say, "Building indexes and checking every constraint") as teller:
        # Keys first: the foreign ones, which were found first, stand on them.
        for number, guard in enumerate(sorted(away, key=lambda guard: "FOREIGN KEY" in guard.back), start=1):
            teller.words = f"Building indexes and checking every constraint: {number} of {len(away)}"
            cursor.execute(guard.back)


def _found(cursor: Any, query: str, tables: Sequence[str]) -> list[_Guard]:
    quoted = [f'"{table}"' for table in tables]
    cursor.execute(query, {"tables": quoted})
    return [_Guard(*row) for row in cursor.fetchall()]
