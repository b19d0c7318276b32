"""Free times as the screen offers them: a sentence and some times to press."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from clinic.kernel import clinic_words
from clinic.practice.models import Room, Service
from clinic.staff.models import Practitioner
from sessions.appointments.free import FreeTime, free_times, next_free_times
from sessions.appointments.lanes import worth_offering


@dataclass(frozen=True)
class Offer:
    """One time to press. ``value`` is its wall-clock time, 2026-11-16T09:30."""

    value: str
    words: str


@dataclass(frozen=True)
class Offers:
    """Some times, and what they are."""

    title: str
    times: tuple[Offer, ...] = ()


CHOOSE = Offers("Choose service, practitioner and day; the free times stand here.")
NOTHING = Offers("Nothing is free in the next sixty days.")


def for_a_day(
    *, service: Service, practitioner: Practitioner, room: Room | None, rooms: Sequence[Room], day: date,
    now: datetime, zone: ZoneInfo,
) -> Offers:  # fmt: skip
    """Offer the free times of a day; when there are none, the next ones on other days. ``rooms`` are all in use."""
    asked = {
        "service": service, "practitioner": practitioner, "room": room, "rooms": rooms, "zone": zone, "now": now,
    }  # fmt: skip
    free = {one.starts_at for one in free_times(day=day, **asked)}  # type: ignore[arg-type]
    said = clinic_words.day(day)
    if free:
        starts = worth_offering(sorted(free), zone)
        return Offers(f"Free on {said}", tuple(_offer(start, zone, day) for start in starts))
    after = datetime(day.year, day.month, day.day, tzinfo=zone)
    later = next_free_times(after=after, **asked)  # type: ignore[arg-type]
    return instead(later, zone, title=f"Nothing is free on {said}. The next free times:") if later else NOTHING


def instead(free: Sequence[FreeTime], zone: ZoneInfo, *, title: str = "The next free times") -> Offers:
    """Offer the times that a clash brought along, each with its day."""
    return Offers(title, tuple(_offer(one.starts_at, zone, None) for one in free)) if free else NOTHING


def _offer(start: datetime, zone: ZoneInfo, day: date | None) -> Offer:
    local = start.astimezone(zone)
    at = clinic_words.time_of_day(local.time())
    return Offer(f"{local:%Y-%m-%dT%H:%M}", at if local.date() == day else f"{clinic_words.day(local.date())}, {at}")
