"""What a task speaks of. The room that opens a kind registers how it is called and where it leads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from clinic.attention.models import Task


@dataclass(frozen=True)
class Line:
    """A task as the list shows it: whom it is about and the page that shows what it is about."""

    patient_name: str
    url: str


@dataclass(frozen=True)
class Kind:
    """A kind of task. ``lines`` describes many tasks at once (task id -> line), without what was answered."""

    code: str
    title: str
    lines: Callable[[Sequence[Task]], dict[int, Line]]


@dataclass(frozen=True)
class ToRead:
    """A form that came in and that nobody has read yet: no task, it only stands on the list until it was read."""

    patient_id: int
    line: Line
    title: str
    since: datetime


_kinds: dict[str, Kind] = {}
_unread: list[Callable[[], Sequence[ToRead]]] = []


def register(kind: Kind) -> None:
    """Make a kind known; called once by the room that opens it when its app is ready."""
    _kinds[kind.code] = kind


def get(code: str) -> Kind:
    """Return a kind. Raises KeyError for one that nobody registered."""
    return _kinds[code]


def register_unread(unread: Callable[[], Sequence[ToRead]]) -> None:
    """Let a room tell which of its forms nobody has read yet; called once when its app is ready."""
    _unread.append(unread)


def to_read() -> list[ToRead]:
    """Return what came in and was not read yet, the oldest first."""
    return sorted((one for unread in _unread for one in unread()), key=lambda one: one.since)
