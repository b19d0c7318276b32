"""When somebody has time: the free starts of a practitioner for a service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clinic.practice.models import Practice, Room, Service
from clinic.staff.models import Practitioner, WeeklyHours
from sessions.appointments import lanes, walltime
from sessions.appointments.models import HandsOn, RoomUse

#: How far ahead the next free times are looked for, in days.
HORIZON = 60


@dataclass(frozen=True)
class FreeTime:
    """A start that is free, with the room that would be taken."""

    starts_at: datetime
    room_id: int


def practice_zone() -> ZoneInfo:
    """Return the clinic's zone. Raises Practice.DoesNotExist before the opening day."""
    return ZoneInfo(Practice.objects.only("timezone").get(id=1).timezone)


@dataclass(frozen=True)
class _Diary:
    """What a search through some days needs, read once."""

    zone: ZoneInfo
    hours: dict[int, list[tuple[time, time]]]
    hands: list[lanes.Stretch]
    rooms: list[int]
    uses: dict[int, list[lanes.Stretch]]


def _read(
    *, practitioner: Practitioner, room: Room | None, rooms: Sequence[Room] | None, first: date, last: date,
    zone: ZoneInfo,
) -> _Diary:  # fmt: skip
    begins, ends = walltime.day_bounds(first, zone)[0], walltime.day_bounds(last, zone)[1]
    hours: dict[int, list[tuple[time, time]]] = {}
    for weekday, opens, closes in WeeklyHours.objects.filter(practitioner=practitioner).values_list(
        "weekday", "opens", "closes"
    ):
        hours.setdefault(weekday, []).append((opens, closes))
    asked = [room] if room is not None else rooms if rooms is not None else list(Room.objects.filter(active=True))
    return _Diary(
        zone=zone,
        hours=hours,
        hands=HandsOn.objects.taken(practitioner.pk, begins, ends).stretches(),
        rooms=[one.pk for one in asked],
        uses=RoomUse.objects.taken(begins, ends).by_room(),
    )


def _on(diary: _Diary, service: Service, day: date, not_before: datetime) -> list[FreeTime]:
    found = lanes.free_starts(
        service=service,
        openings=walltime.openings(day, diary.hours.get(day.weekday(), ()), diary.zone),
        hands_taken=diary.hands,
        rooms=diary.rooms,
        rooms_taken=diary.uses,
        not_before=not_before,
    )
    return [FreeTime(start, room) for start, room in found]


def free_times(
    *, service: Service, practitioner: Practitioner, day: date, now: datetime, room: Room | None = None,
    rooms: Sequence[Room] | None = None, zone: ZoneInfo | None = None,
) -> list[FreeTime]:  # fmt: skip
    """Return every free start of one day of the clinic, on the five-minute grid, never before ``now``.

    With ``room`` only those at which this room is free. ``rooms`` (all that are in use, by name) and ``zone`` save a
    query each when they are known.
    """
    zone = zone or practice_zone()
    diary = _read(practitioner=practitioner, room=room, rooms=rooms, first=day, last=day, zone=zone)
    return _on(diary, service, day, now)


def next_free_times(
    *, service: Service, practitioner: Practitioner, after: datetime, now: datetime, room: Room | None = None,
    rooms: Sequence[Room] | None = None, zone: ZoneInfo | None = None, limit: int = 6,
) -> list[FreeTime]:  # fmt: skip
    """Return the first ``limit`` free starts from ``after`` on (never before ``now``) that a person would offer.

    Looks at most sixty days ahead; fewer are returned, perhaps none, when there are not more.
    """
    zone = zone or practice_zone()
    found: list[FreeTime] = []
    begin = max(after, now)
    for some in _by_day(service=service, practitioner=practitioner, room=room, rooms=rooms, begin=begin, zone=zone):
        offered = set(lanes.worth_offering([free.starts_at for free in some], zone))
        found.extend(free for free in some if free.starts_at in offered)
        if len(found) >= limit:
            break
    return found[:limit]


def _by_day(
    *, service: Service, practitioner: Practitioner, room: Room | None, rooms: Sequence[Room] | None, begin: datetime,
    zone: ZoneInfo,
) -> Iterator[list[FreeTime]]:  # fmt: skip
    first = begin.astimezone(zone).date()
    last = first + timedelta(days=HORIZON)
    diary = _read(practitioner=practitioner, room=room, rooms=rooms, first=first, last=last, zone=zone)
    for offset in range(HORIZON + 1):
        yield _on(diary, service, first + timedelta(days=offset), begin)
