"""What a page hears: needle clocks and calls for help, as one person hears them. Rooms and times, no patient."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from clinic.policy.table import FRONT_DESK, PRACTITIONER
from sessions.clock import times

NO_ROOM = "A room"


@dataclass(frozen=True, slots=True)
class Listener:
    """Who hears: the user's id, and which rooms of the house they stand for."""

    user_id: int
    treats: bool
    at_the_desk: bool

    @classmethod
    def of(cls, user_id: int, roles: Iterable[str]) -> Listener:
        """Return the listener that somebody with these roles is."""
        held = frozenset(roles)
        return cls(user_id, PRACTITIONER in held, FRONT_DESK in held)


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing a page shows and sounds. It sounds from ``since`` on while ``sounds``; ``key`` names it for a page."""

    key: str
    room: str
    at: datetime
    since: datetime
    sounds: bool
    help: bool = False
    stopped: bool = False
    mine: bool = False
    says: str = ""
    note_id: UUID | None = None
    call_id: UUID | None = None


def clocks_for(listener: Listener, rows: Iterable[Mapping[str, Any]]) -> list[Heard]:
    """Return the clocks as ``listener`` hears them, needles out next first. A stopped one is seen and not heard."""
    found = [_clock(listener, row) for row in rows]
    return sorted(found, key=lambda one: (one.at, one.key))


def calls_for(listener: Listener, rows: Iterable[Mapping[str, Any]]) -> list[Heard]:
    """Return the open calls as ``listener`` hears them: loud until the desk heard, or a colleague took over."""
    return [_call(listener, row) for row in rows]


def _clock(listener: Listener, row: Mapping[str, Any]) -> Heard:
    due = times.due_at(row["needles_in_at"], row["retention_minutes"])
    mine = (row["minder_id"] or row["user_id"]) == listener.user_id
    stopped = times.stops_count(row["needles_in_at"], row["stopped_at"])
    since = times.heard_from(due, minds=mine, at_the_desk=listener.at_the_desk)
    return Heard(
        key=f"clock-{row['public_id']}-{int(due.timestamp())}",
        room=row["room"] or NO_ROOM,
        at=due,
        since=row["stopped_at"] if stopped and mine else since,
        sounds=not stopped,
        stopped=stopped,
        mine=mine,
        note_id=row["public_id"],
    )


def _call(listener: Listener, row: Mapping[str, Any]) -> Heard:
    mine = row["called_by_id"] == listener.user_id
    answered = row["taken_at"] if listener.treats else row["heard_at"] or row["taken_at"]
    says = f"{row['caller']} called"
    if row["taker"]:
        says += f", {row['taker']} comes"
    elif row["heard_at"]:
        says += ", the desk heard"
    return Heard(
        key=f"help-{row['public_id']}",
        room=row["room"] or NO_ROOM,
        at=row["called_at"],
        since=row["called_at"],
        sounds=answered is None and not mine and (listener.treats or listener.at_the_desk),
        help=True,
        mine=mine,
        says=says,
        call_id=row["public_id"],
    )
