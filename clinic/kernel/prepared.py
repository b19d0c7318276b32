"""Questions that are put together once and asked often: the ORM makes the SQL of a page with many subqueries only once.

Building and compiling such a queryset takes several milliseconds of processor, ten times what PostgreSQL needs to
answer it. ``Prepared`` keeps the SQL and puts the values of each question in, as parameters like any other::

    _VISITS = Prepared(lambda: Appointment.objects.filter(patient_id=given("patient"), starts_at__gte=given("now")))
    visits = _VISITS.ask(patient=7, now=now)

Rows are those of the queryset itself: models with their related rows and annotations, or ``values()``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import Expression, QuerySet
from django.db.models.sql import UpdateQuery
from django.db.models.sql.compiler import SQLCompiler

from clinic.kernel.on_server import Place, Statement

Row = TypeVar("Row")


class _Given(Expression):
    """A value that is known only when the question is asked."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def __repr__(self) -> str:
        return f"given({self.name!r})"

    def as_sql(self, *_: object, **__: object) -> tuple[str, Any]:
        """Hold the place of the value."""
        return "%s", [Place(self.name)]


def given(name: str) -> Any:
    """Stand in a queryset for the value that ``Prepared.ask`` gets by this name; it must be of the column's type."""
    return _Given(name)


class _Known:
    """The query of a statement whose SQL is known: it lends its compiler and knows the rest by the query."""

    def __init__(self, query: Any, compiler: Any) -> None:
        self._query = query
        self._compiler = compiler

    def get_compiler(self, *_: object, **__: object) -> Any:
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)


@dataclass(frozen=True)
class _Compiled:
    """A queryset with its SQL."""

    queryset: QuerySet[Any, Any]
    compiler: SQLCompiler
    statement: Statement


class Prepared(Generic[Row]):
    """A queryset that is built at its first question, with ``given`` values, and asked with others every time.

    Nothing in it may depend on the moment of building: neither the language nor the zone that is active then
    (``TruncDay`` and its kin), nor values that are not ``given``. Prefetches are not followed.
    """

    def __init__(self, build: Callable[[], QuerySet[Any, Row]], *, on_server: bool = True) -> None:
        self._build, self._on_server = build, on_server
        self._compiled: _Compiled | None = None

    def ask(self, **values: object) -> list[Row]:
        """Return the rows for these values: one statement. Raises KeyError for a value that was not given."""
        # Two threads may compile the same at the same time; the one is as good as the other.
        ready = self._compiled = self._compiled or self._compile()
        compiler: Any = copy(ready.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        call = ready.statement.call(compiler.connection, values)
        compiler.as_sql = lambda *_, **__: call
        queryset: Any = ready.queryset
        known = SimpleNamespace(
            db=DEFAULT_DB_ALIAS,
            query=_Known(queryset.query, compiler),
            _hints={},
            _fields=queryset._fields,
            _known_related_objects={},
        )
        return list(queryset._iterable_class(known))

    def first(self, **values: object) -> Row | None:
        """Return the first row for these values, or None."""
        return next(iter(self.ask(**values)), None)

    def get(self, **values: object) -> Row:
        """Return the row for these values. Raises the model's DoesNotExist."""
        rows = self.ask(**values)
        if not rows:
            model: Any = self._build().model
            raise model.DoesNotExist
        return rows[0]

    def _compile(self) -> _Compiled:
        queryset: Any = self._build()
        if queryset._prefetch_related_lookups:
            raise TypeError("A prepared question follows no prefetches.")
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        return _Compiled(queryset, compiler, Statement(sql, parameters, on_server=self._on_server))


class PreparedUpdate:
    """An UPDATE that is put together at its first time: ``columns`` get values that are ``given``, or fixed ones.

    ::

        _SAVED = PreparedUpdate(lambda: Draft.objects.filter(pk=given("pk")), step=given("step"))
        count = _SAVED.run(pk=7, step=3)
    """

    def __init__(self, build: Callable[[], QuerySet[Any, Any]], **columns: object) -> None:
        self._build, self._columns = build, columns
        self._compiled: tuple[Statement, Mapping[str, Any]] | None = None

    def run(self, **values: object) -> int:
        """Return how many rows were changed: one statement. Raises KeyError for a value that was not given."""
        statement, fields = self._compiled = self._compiled or self._compile()
        connection = connections[DEFAULT_DB_ALIAS]
        kept = {name: field.get_db_prep_save(values[name], connection) for name, field in fields.items()}
        with transaction.mark_for_rollback_on_error(using=DEFAULT_DB_ALIAS):
            sql, parameters = statement.call(connection, {**values, **kept})
            with connection.cursor() as cursor:
                cursor.execute(sql, parameters)
                return int(cursor.rowcount)

    def _compile(self) -> tuple[Statement, Mapping[str, Any]]:
        queryset: Any = self._build()
        query = queryset.query.chain(UpdateQuery)
        query.add_update_values(self._columns)
        query.annotations = {}
        statement = Statement(*query.get_compiler(DEFAULT_DB_ALIAS).as_sql())
        own = {one.name: column for column, one in self._columns.items() if isinstance(one, _Given)}
        return statement, {name: queryset.model._meta.get_field(column) for name, column in own.items()}
