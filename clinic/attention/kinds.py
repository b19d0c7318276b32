"""What a task speaks of. The room that opens a kind registers how it is called and where it leads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known; called once by the room that opens it when its app is ready."""
    _kinds[kind.code] = kind


def get(code: str) -> Kind:
    """Return a kind. Raises KeyError for one that nobody registered."""
    return _kinds[code]
