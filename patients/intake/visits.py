"""Who will read a form, and when: the diary tells it, this room only asks.

The diary lies above this room; it registers its answers when its app is ready.
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


@dataclass(frozen=True)
class After:
    """What came after a visit that is over: whether its patient has arrived again, who reads next and when.

    ``goal`` is the course's, in the patient's words, "" when it has none of its own. ``checkpoint``: a checkpoint of
    its course is due at the next session.
    """

    arrived: bool = False
    reader: str = ""
    next: Visit | None = None
    goal: str = ""
    checkpoint: bool = False


Lookup = Callable[[int], Visit | None]
LookAfter = Callable[[int, datetime, datetime], After | None]
_lookups: list[Lookup] = []
_look_after: list[LookAfter] = []


def register(lookup: Lookup) -> None:
    """Let ``lookup`` tell the visit of an appointment's id, None when it no longer takes place."""
    _lookups.append(lookup)


def register_after(look: LookAfter) -> None:
    """Let ``look`` tell what came after the visit of an id: arrivals since a moment, visits from another one on."""
    _look_after.append(look)


def visit_of(appointment_id: int | None) -> Visit | None:
    """Return the visit of a request, None when it has none or nobody knows."""
    if appointment_id is None:
        return None
    found = (lookup(appointment_id) for lookup in _lookups)
    return next((visit for visit in found if visit), None)


def after(appointment_id: int | None, *, since: datetime, now: datetime) -> After:
    """Return what came after a visit: whether its patient arrived again after ``since``, and the next visit."""
    found = (look(appointment_id, since, now) for look in _look_after if appointment_id is not None)
    return next((told for told in found if told), After())
