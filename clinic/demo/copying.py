"""Rows as text, and text into tables by COPY. What columns a table has is read from its model."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from queue import Queue
from threading import Thread
from typing import Any

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db.models import BinaryField, Field, JSONField, Model

NULL = r"\N"
_SPECIAL = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
#: Lines of one table that go over in one COPY: some megabytes.
LINES = 20_000
#: COPYs that may wait while rows are made: bounds the memory.
WAITING = 6


def text_of(value: Any) -> str:
    """Return a plain value as COPY's text format wants it."""
    if value is None:
        return NULL
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, str):
        return value.translate(_SPECIAL) if not value.isprintable() or "\\" in value else value
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


def _json(value: Any) -> str:
    return NULL if value is None else json.dumps(value, ensure_ascii=False).translate(_SPECIAL)


def _array(values: Iterable[Any] | None) -> str:
    if values is None:
        return NULL
    quoted = ('"{}"'.format(str(value).replace("\\", "\\\\").replace('"', '\\"')) for value in values)
    return f"{{{','.join(quoted)}}}".translate(_SPECIAL)


def _range(stretch: tuple[datetime, datetime] | None) -> str:
    if stretch is None:
        return NULL
    return f'["{stretch[0].isoformat()}","{stretch[1].isoformat()}")'


def _bytes(value: bytes | None) -> str:
    return NULL if value is None else f"\\\\x{value.hex()}"


def _encoder(field: Field[Any, Any]) -> Callable[[Any], str]:
    if isinstance(field, JSONField):
        return _json
    if isinstance(field, ArrayField):
        return _array
    if isinstance(field, DateTimeRangeField):
        return _range
    return _bytes if isinstance(field, BinaryField) else text_of


class Table:
    """One model as a target of COPY. Ids are given out here, from 1."""

    def __init__(self, model: type[Model]) -> None:
        self.model = model
        self.name = model._meta.db_table
        self.lines: list[str] = []
        self.last_id = 0
        self._columns = [
            (field.attname, field.column, _encoder(field), _default(field))
            for field in model._meta.concrete_fields
            if not field.generated
        ]
        self._known = {attname for attname, *_ in self._columns}
        columns = ", ".join(f'"{column}"' for _, column, *_ in self._columns)
        self.statement = f'COPY "{self.name}" ({columns}) FROM STDIN WITH (FREEZE)'

    def next_id(self) -> int:
        """Give out the next id."""
        self.last_id += 1
        return self.last_id

    def add(self, values: dict[str, Any]) -> int:
        """Take a row, its values by the names of the columns (``patient_id``), defaults for what is not said.

        Returns its id. Raises KeyError for a column that the model does not have.
        """
        if not self._known.issuperset(values):
            raise KeyError(f"{self.model.__name__} has no {sorted(values.keys() - self._known)}")
        values.setdefault("id", 0)
        if not values["id"]:
            values["id"] = self.next_id()
        self.lines.append(
            "\t".join(
                [encode(values[name]) if name in values else default for name, _, encode, default in self._columns]
            )
        )
        return int(values["id"])

    def template(self, *varying: str, **fixed: Any) -> str:
        """Return a line with ``%s`` for the ``varying`` columns, in the order of the table, and the rest filled in.

        For tables of millions of rows. Raises ValueError when ``varying`` is in another order than the columns.
        """
        order = [name for name, *_ in self._columns if name in varying]
        if list(varying) != order:
            raise ValueError(f"The columns come in the order {order}.")
        parts = [
            "%s" if name in varying else (encode(fixed[name]) if name in fixed else default).replace("%", "%%")
            for name, _, encode, default in self._columns
        ]
        return "\t".join(parts)


def _default(field: Field[Any, Any]) -> str:
    """The text of what a column holds when nothing is said; ids that are drawn by chance have none."""
    if field.unique:
        return NULL
    return _encoder(field)(field.get_default())


class Loader:
    """Sends the lines of tables by COPY, from a thread, while the next ones are made."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self._waiting: Queue[tuple[str, bytes] | None] = Queue(WAITING)
        self._problem: BaseException | None = None
        self._thread = Thread(target=self._work, name="copy", daemon=True)
        self._thread.start()

    def take(self, tables: Iterable[Table], *, at_least: int = LINES) -> None:
        """Send the lines of each table that has ``at_least`` so many. Raises what COPY raised."""
        for table in tables:
            if len(table.lines) >= at_least:
                table.lines.append("")
                self._put((table.statement, "\n".join(table.lines).encode()))
                table.lines.clear()

    def finish(self, tables: Iterable[Table]) -> None:
        """Send the rest and wait until all of it has arrived. Raises what COPY raised."""
        self.take(tables, at_least=1)
        self._put(None)
        self._thread.join()
        self._raise()

    def give_up(self) -> None:
        """End the thread without sending what waits."""
        self._problem = self._problem or RuntimeError("given up")
        self._waiting.put(None)
        self._thread.join()

    def _put(self, part: tuple[str, bytes] | None) -> None:
        self._raise()
        self._waiting.put(part)

    def _raise(self) -> None:
        if self._problem is not None:
            raise self._problem

    def _work(self) -> None:
        while (part := self._waiting.get()) is not None:
            # After a problem the queue is only emptied, so that nobody waits for ever.
            if self._problem is None:
                try:
                    self._cursor.copy_expert(part[0], io.BytesIO(part[1]), size=1 << 20)
                except BaseException as problem:  # raised again where rows are made
                    self._problem = problem
