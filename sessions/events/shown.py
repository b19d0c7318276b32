"""The events of a session as its note shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sessions.events.services import kind_of


@dataclass(frozen=True, slots=True)
class Line:
    """One event in one line: what it is called, its grade, when it was opened, whether it was written."""

    public_id: UUID
    words: str
    grade: int | None
    opened_at: datetime
    written: bool


def lines(rows: Iterable[Mapping[str, Any]]) -> list[Line]:
    """Return the lines of what ``events_beside`` brought."""
    return [_line(row) for row in rows]


def _line(row: Mapping[str, Any]) -> Line:
    kind = kind_of(row["code"])
    words = kind.label if kind is not None else row["code"] or "Something happened"
    opened = datetime.fromisoformat(row["opened_at"])
    return Line(UUID(row["public_id"]), words, row["grade"], opened, row["recorded_at"] is not None)
