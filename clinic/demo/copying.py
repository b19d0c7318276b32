"""Rows as text, and text into tables by COPY. What columns a table has is read from its model."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db.models import BinaryField, Field, JSONField, Model

NULL = r"\N"
_SPECIAL = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


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
    """One model as a target of COPY. Ids are given out here: ``first``, and then every ``step``."""

    def __init__(self, model: type[Model], *, first: int = 1, step: int = 1) -> None:
        self.model = model
        self.name = model._meta.db_table
        self.lines: list[str] = []
        self.given_out = 0
        self._first, self._step = first, step
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
        self.given_out += 1
        return self.last_id

    @property
    def last_id(self) -> int:
        """The id that was given out last; 0 before the first."""
        return self._first + (self.given_out - 1) * self._step if self.given_out else 0

    def taken(self) -> bytes:
        """Take the lines that wait, as one piece of text for COPY."""
        self.lines.append("")
        text = "\n".join(self.lines).encode()
        self.lines.clear()
        return text

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
