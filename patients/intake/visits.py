"""Who will read a form, and when: the diary tells it, this room only asks.

The diary lies above this room; it registers its answer when its app is ready.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Visit:
    """The visit a form belongs to, as its patient knows it."""

    practitioner_name: str
    starts_at: datetime


Lookup = Callable[[int], Visit | None]
_lookups: list[Lookup] = []


def register(lookup: Lookup) -> None:
    """Let ``lookup`` tell the visit of an appointment's id, None when it no longer takes place."""
    _lookups.append(lookup)


def visit_of(appointment_id: int | None) -> Visit | None:
    """Return the visit of a request, None when it has none or nobody knows."""
    if appointment_id is None:
        return None
    found = (lookup(appointment_id) for lookup in _lookups)
    return next((visit for visit in found if visit), None)
