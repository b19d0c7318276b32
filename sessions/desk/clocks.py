"""The strip of needle clocks above the board: needles out next first, and when each room is free. Asks nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse

from clinic.staff.models import User
from sessions.clock.times import Running, running
from sessions.desk.day import Day, needles_are_in
from sessions.desk.names import hanzi_of

if TYPE_CHECKING:
    from sessions.desk.day import DayVisit


@dataclass(frozen=True, slots=True)
class OnTheStrip:
    """One running clock: whose, where it leads, how much of its time is left (per cent), when the room is free.

    ``minutes`` is its whole time, ``after`` what a room needs from there until it is free.
    """

    clock: Running
    name: str
    hanzi: str
    href: str
    share: int
    free_words: str
    minutes: int
    after: int


def clock_of(visit: DayVisit, now: datetime) -> Running:
    """Return the clock of a visit whose needles are in."""
    assert visit.needles_in_at is not None, "asked for visits whose needles are in"
    return running(
        room=visit.room.name,
        counted_in=visit.needles_in_at,
        minutes=visit.needle_minutes,
        needles=visit.needles_in or 0,
        stopped_at=visit.clock_stopped_at,
        now=now,
    )


def strip_of(day: Day, *, user: User) -> list[OnTheStrip]:
    """Return the clocks of today as ``user`` may follow them, needles out next first; none on another day."""
    if not day.is_today:
        return []
    found = [_one(visit, day.now, user) for visit in day.visits if needles_are_in(visit)]
    return sorted(found, key=lambda one: (one.clock.out_at, one.clock.room))


def _one(visit: DayVisit, now: datetime, user: User) -> OnTheStrip:
    assert visit.needles_in_at is not None, "asked for visits whose needles are in"
    clock = clock_of(visit, now)
    leads = reverse("clock:clock", args=[visit.note_id]) if user.is_practitioner else ""
    return OnTheStrip(
        clock=clock,
        name=visit.patient.full_name,
        hanzi=hanzi_of(visit.patient),
        href=leads or reverse("desk:patient", args=[visit.patient.public_id]),
        share=_share(visit, clock, now),
        free_words=_free_words(visit, clock, now),
        minutes=round((clock.out_at - visit.needles_in_at).total_seconds() / 60),
        after=_after(visit),
    )


def _share(visit: DayVisit, clock: Running, now: datetime) -> int:
    assert visit.needles_in_at is not None, "asked for visits whose needles are in"
    whole = (clock.out_at - visit.needles_in_at).total_seconds()
    left = (clock.out_at - now).total_seconds()
    return 100 if clock.is_due or not whole else max(min(round(left / whole * 100), 100), 0)


def _free_words(visit: DayVisit, clock: Running, now: datetime) -> str:
    """Say when the room is free: needles out, the hands-on minutes behind them, and the turnover."""
    free = max(clock.out_at, now) + timedelta(minutes=_after(visit))
    return f"{clock.room} free in {-int((now - free).total_seconds() // 60)} min"


def _after(visit: DayVisit) -> int:
    return visit.service.hands_on_end_minutes + visit.service.turnover_minutes
