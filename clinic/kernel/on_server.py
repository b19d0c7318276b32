"""Statements that PostgreSQL keeps ready: it reads and plans a long one once for a connection, not for each question.

A statement that carries all of a note takes PostgreSQL a tenth of a millisecond to answer and three to plan. From the
second time that a connection asks it, it is prepared (PREPARE, EXECUTE). What was prepared goes with the connection;
nothing of it is stored. Behind a pooler that lends one connection to many between transactions, switch it off
(``DATABASE_PREPARE=0``).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

#: How values of these kinds are declared; all others take the type of what they stand beside.
_TYPES = {
    bool: "boolean", int: "integer", datetime: "timestamptz", date: "date", timedelta: "interval", UUID: "uuid",
    Decimal: "numeric",
}  # fmt: skip
_PLACES = re.compile(r"%[s%]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the value of this name goes among the parameters."""

    name: str


#: For each connection of psycopg2 the statements that were asked there, and whether they are prepared by now.
_ready: WeakKeyDictionary[Any, dict[str, bool]] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Statement:
    """SQL as Django writes it, with a ``Place`` for each value that is known only when it is asked."""

    sql: str
    parameters: Sequence[Any]
    on_server: bool = True
    _names: dict[tuple[str, ...], str] = field(default_factory=dict)

    def call(self, connection: BaseDatabaseWrapper, values: Mapping[str, object]) -> tuple[str, tuple[Any, ...]]:
        """Return what to execute, and with which parameters. Raises KeyError for a value that was not given."""
        given = tuple([values[one.name] for one in self.parameters if type(one) is Place])
        if self.on_server and settings.DATABASE_PREPARE:
            name = self._prepared(connection, given)
            if name:
                return (f"EXECUTE {name} ({', '.join(['%s'] * len(given))})" if given else f"EXECUTE {name}"), given
        return self.sql, tuple([values[one.name] if type(one) is Place else one for one in self.parameters])

    def _prepared(self, connection: BaseDatabaseWrapper, given: Sequence[object]) -> str:
        """The name under which this connection has the statement ready, "" at the first time."""
        types = tuple([_type_of(value) for value in given])
        name = self._names.get(types) or self._names.setdefault(types, self._name(types))
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        held = _ready.setdefault(connection.connection, {})
        if name not in held:
            held[name] = False
            return ""
        if not held[name]:
            with connection.wrap_database_errors, connection.connection.cursor() as cursor:
                constants = tuple([one for one in self.parameters if type(one) is not Place])
                # Without constants psycopg2 leaves the text as it is, doubled signs too.
                text = self._with_numbers() if constants else self._with_numbers().replace("%%", "%")
                text = cursor.mogrify(text, constants).decode()
                declared = f" ({', '.join(types)})" if types else ""
                cursor.execute(f"PREPARE {name}{declared} AS {text}")
            held[name] = True
        return name

    def _name(self, types: tuple[str, ...]) -> str:
        said = "\n".join([self.sql, *types, *(repr(one) for one in self.parameters)])
        return f"deqi_{hashlib.sha256(said.encode()).hexdigest()[:24]}"

    def _with_numbers(self) -> str:
        """The SQL with $1, $2 for the places; constants stay as %s, to be written into it."""
        rest = iter(self.parameters)
        numbers = iter(range(1, len(self.parameters) + 1))

        def one(found: re.Match[str]) -> str:
            if found[0] == "%%":
                return "%%"
            return f"${next(numbers)}" if type(next(rest)) is Place else "%s"

        return _PLACES.sub(one, self.sql)


def _type_of(value: object) -> str:
    if type(value) is int and not -(2**31) <= value < 2**31:
        return "bigint"
    return _TYPES.get(type(value), "unknown")
