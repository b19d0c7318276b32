"""Rows of several tables in one statement: fewer round trips where one act writes many kinds of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.db.models.constants import OnConflict
from django.db.models.fields import AutoField
from django.db.models.sql import InsertQuery


@dataclass(frozen=True)
class Rows:
    """New rows of one model. ``skip_known`` leaves out those that a unique constraint already holds."""

    rows: Sequence[models.Model]
    skip_known: bool = False


def insert_together(*groups: Rows) -> None:
    """Store every group in one statement, all or nothing; nothing happens when all groups are empty.

    The rows get no ids back, and none may refer to another of the same call. Raises what an insert raises.
    """
    parts: list[str] = []
    values: list[Any] = []
    for group in groups:
        if group.rows:
            statement, parameters = _insert(group)
            parts.append(f"part_{len(parts)} AS ({statement} RETURNING 1)")
            values.extend(parameters)
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {', '.join(parts)} SELECT 1", values)


def _insert(group: Rows) -> tuple[str, Sequence[Any]]:
    model = type(group.rows[0])
    query = InsertQuery(model, on_conflict=OnConflict.IGNORE if group.skip_known else None)
    fields = [f for f in model._meta.concrete_fields if not isinstance(f, AutoField) and not f.generated]
    query.insert_values(fields, list(group.rows))
    [(statement, parameters)] = query.get_compiler(connection=connection).as_sql()
    return statement, parameters
