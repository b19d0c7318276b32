"""What a patient does with a visit by one button: come, cancel, move, take it back. And what the page then says."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _

from clinic.practice.models import Practice
from sessions.appointments import services as appointments
from sessions.appointments.free import next_free_times
from sessions.appointments.models import Appointment, AppointmentEvent
from sessions.appointments.services import Clash, NotBookable, WrongState

State = Appointment.State
OFF = (State.CANCELLED, State.LATE_CANCELLED)
#: Nobody is offered a time they could hardly reach.
ON_THE_WAY = timedelta(hours=2)
#: So far ahead a visit can be moved.
HORIZON = timedelta(days=366)
#: So many days with free times, and so many times a day, stand on one page.
DAYS, A_DAY = 4, 4
#: So long the page leads with what was just done.
FRESH = timedelta(minutes=15)
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}Z")


@dataclass(frozen=True)
class Offer:
    """One free time as a button: ``value`` is its moment in UTC."""

    value: str
    starts_at: datetime


@dataclass(frozen=True)
class OfferedDay:
    """Some free times of one day."""

    day: date
    times: tuple[Offer, ...]


@dataclass(frozen=True)
class VisitPage:
    """One visit as its patient sees it. ``moved_from`` is where it was when that was changed just now by the patient.

    ``problem`` says why the button did nothing; ``free_until`` is None inside the clinic's notice.
    """

    visit: Appointment
    days: tuple[OfferedDay, ...]
    later: str
    notice_hours: int
    free_until: datetime | None
    may_return: bool
    moved_from: datetime | None
    problem: str = ""

    @property
    def is_off(self) -> bool:
        """Whether the visit does not take place."""
        return self.visit.state in OFF

    @property
    def is_confirmed(self) -> bool:
        """Whether the patient said that they come."""
        return self.visit.state == State.CONFIRMED


def page_of(visit: Appointment, *, practice: Practice, now: datetime, after: str = "", problem: str = "") -> VisitPage:
    """Read what the page of a visit shows: the policy, the next free times from the day ``after`` on, the way back."""
    zone = ZoneInfo(practice.timezone)
    last: AppointmentEvent | None = visit.events.order_by("-id").first()
    by_patient = last is not None and last.by_id is None
    until = appointments.free_until(visit, practice)
    days = () if visit.state in OFF else _offers(visit, now=now, zone=zone, after=after)
    fresh = by_patient and last is not None and now - last.at <= FRESH
    return VisitPage(
        visit=visit,
        days=days,
        later=(days[-1].day + timedelta(days=1)).isoformat() if days else "",
        notice_hours=practice.notice_hours,
        free_until=until if until > now else None,
        may_return=by_patient and visit.state in OFF,
        moved_from=last.moved_from if fresh and last and last.moved_from and last.moved_from > now else None,
        problem=problem,
    )


def _offers(visit: Appointment, *, now: datetime, zone: ZoneInfo, after: str) -> tuple[OfferedDay, ...]:
    """Return some free times of the same service and practitioner on the next days that have any, spread over each."""
    begin = now + ON_THE_WAY
    with suppress(ValueError, OverflowError):
        begin = max(begin, datetime.combine(date.fromisoformat(after), datetime.min.time(), tzinfo=zone))
    if begin > now + timedelta(days=365):
        begin = now + ON_THE_WAY
    free = next_free_times(
        service=visit.service, practitioner=visit.practitioner, after=begin, now=now, zone=zone, limit=DAYS * 24
    )
    days = []
    for day, some in groupby(free, key=lambda one: one.starts_at.astimezone(zone).date()):
        starts = _spread([one.starts_at for one in some])
        times = tuple(Offer(f"{start.astimezone(UTC):%Y-%m-%dT%H:%MZ}", start) for start in starts)
        days.append(OfferedDay(day, times))
    return tuple(days[:DAYS])


def _spread(starts: list[datetime]) -> list[datetime]:
    """Choose at most A_DAY, the first and the last among them, evenly between."""
    if len(starts) <= A_DAY:
        return starts
    last = len(starts) - 1
    return [starts[round(index * last / (A_DAY - 1))] for index in range(A_DAY)]


def do(visit: Appointment, asked: QueryDict, now: datetime) -> str:
    """Do what one button asks, and return why it could not be done, in the patient's language; "" when it is done.

    ``seq`` is the occurrence of the visit that the page showed: an older page, or a double click, changes nothing.
    """
    if _is_done(visit, asked):
        return ""
    if asked.get("seq") != str(visit.sequence):
        return _("This visit was changed meanwhile. Please look again.")
    try:
        return _do(visit, asked, now)
    except Clash:
        return _("Somebody has just taken this time. These times are free:")
    except NotBookable:
        return _("This time cannot be booked any more. These times are free:")
    except WrongState:
        return _("This cannot be changed here any more. Please call us.")


def _is_done(visit: Appointment, asked: QueryDict) -> bool:
    """Tell whether the visit stands already as the button wants it."""
    act, older = asked.get("do", ""), asked.get("seq") != str(visit.sequence)
    return (
        (act == "cancel" and visit.state in OFF)
        or (act == "return" and visit.state not in OFF)
        or (act == "confirm" and visit.state == State.CONFIRMED)
        or (act == "back" and older)
        or (older and asked.get("start") == f"{visit.starts_at.astimezone(UTC):%Y-%m-%dT%H:%MZ}")
    )


def _do(visit: Appointment, asked: QueryDict, now: datetime) -> str:
    act, start = asked.get("do", ""), asked.get("start", "")
    if _MOMENT.fullmatch(start):
        try:
            moment = datetime.strptime(start, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
        except ValueError:
            return _("Please choose one of the times.")
        if not now < moment < now + HORIZON:
            return _("Please choose one of the times.")
        appointments.move(appointment=visit, starts_at=moment, by=None, now=now)
    elif act == "confirm":
        appointments.confirm(appointment=visit, by=None, now=now)
    elif act == "cancel":
        appointments.cancel(appointment=visit, by=None, now=now)
    elif act == "return" and _is_own(visit):
        appointments.undo(appointment=visit, state=visit.state, by=None, now=now)
    elif act == "back" and _is_own(visit):
        appointments.take_back_move(appointment=visit, by=None, now=now)
    else:
        return _("Please choose one of the times.")
    return ""


def _is_own(visit: Appointment) -> bool:
    """Tell whether the last change of the visit was the patient's own: what the clinic decided stays."""
    return visit.events.order_by("-id").values_list("by_id", flat=True).first() is None
