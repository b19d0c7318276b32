"""What the day board shows, read in two statements whatever the number of visits, and told apart by what changed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, TypedDict
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject

from clinic.attention.querysets import open_count
from clinic.kernel.prepared import Prepared, given
from clinic.outbox.models import OutgoingMessage
from clinic.staff.models import Practitioner, User, WeeklyHours
from patients.intake.querysets import CARRY_THE_LINK, intake_state
from patients.models import SafetyFact
from patients.safety.flags import ALWAYS_SPEAK
from sessions.appointments.counting import number_in_course
from sessions.appointments.lanes import Stretch
from sessions.appointments.models import Appointment, AppointmentEvent
from sessions.appointments.walltime import day_bounds
from sessions.querysets import unsigned_count

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Told(TypedDict):
        intake: str
        mail: str
        note_state: str | None
        note_id: UUID | None
        changed_at: datetime
        needles_in: int | None
        needles_in_at: datetime | None
        needles_out: int | None
        needle_minutes: int | None
        no_needles: bool | None
        clock_stopped_at: datetime | None
        number_in_course: int | None

    DayVisit = WithAnnotations[Appointment, _Told]

    class _Asked(TypedDict):
        opening: list[dict[str, str]]
        unsigned: int
        attention: int

    DayWorker = WithAnnotations[Practitioner, _Asked]

#: Not shown on a day: the visit is elsewhere now, or never was.
_ELSEWHERE = (Appointment.State.RESCHEDULED, Appointment.State.ENTERED_IN_ERROR)

#: What the front desk may see of a visit. Columns that are not named here do not leave the database.
_SHOWN = (
    "public_id", "state", "starts_at", "ends_at", "squeezed", "arrived_at", "started_at", "completed_at",
    "patient__public_id", "patient__given_name", "patient__family_name", "patient__address_as", "patient__email",
    "patient__desk_facts", "practitioner__public_id", "practitioner__display_name", "practitioner__user_id",
    "room__name", "course__planned_sessions", "course__checkpoint_session", "course__sessions_done",
    "service__settling_minutes", "service__hands_on_start_minutes", "service__resting_minutes",
    "service__hands_on_end_minutes", "service__turnover_minutes", "service__first_visit",
)  # fmt: skip


@dataclass(frozen=True)
class Worker:
    """A practitioner with the openings of that day, in wall-clock times."""

    practitioner: Practitioner
    hours: list[tuple[time, time]]


@dataclass(frozen=True)
class Day:
    """One day of the clinic as it stands."""

    day: date
    zone: ZoneInfo
    now: datetime
    bounds: Stretch
    workers: list[Worker]
    visits: list[DayVisit]
    unsigned_count: int
    attention_count: int

    @property
    def is_today(self) -> bool:
        """Whether the clinic's clock stands on this day."""
        return self.bounds[0] <= self.now < self.bounds[1]


def read_day(*, day: date, zone: ZoneInfo, now: datetime, user: User) -> Day:
    """Read the practitioners and the visits of a day: two statements."""
    bounds = day_bounds(day, zone)
    whole = user.is_practitioner
    asked = _PEOPLE_WITH_BADGES if whole else _PEOPLE
    people = asked.ask(weekday=day.weekday(), user=user.pk)
    visits = (_VISITS_THAT_SPEAK if whole else _VISITS).ask(begins=bounds[0], ends=bounds[1], now=now)
    return Day(
        day=day,
        zone=zone,
        now=now,
        bounds=bounds,
        workers=[Worker(one, _times(one.opening)) for one in people],
        visits=visits,
        unsigned_count=people[0].unsigned if people else 0,
        attention_count=people[0].attention if people else 0,
    )


def visits_of(bounds: Stretch, now: datetime) -> list[Any]:
    """Return the visits of a day with what their rows say: course, form, mail, note. One statement."""
    return _VISITS.ask(begins=bounds[0], ends=bounds[1], now=now)


def _visits() -> QuerySet[Any]:
    mails = OutgoingMessage.objects.filter(appointment_id=OuterRef("pk"), kind__in=CARRY_THE_LINK)
    changes = AppointmentEvent.objects.filter(appointment=OuterRef("pk")).order_by("-id")
    return (
        Appointment.objects.starting_between(given("begins"), given("ends"))
        .exclude(state__in=_ELSEWHERE)
        .select_related("patient", "practitioner", "room", "course", "service")
        .only(*_SHOWN)
        .annotate(
            intake=intake_state(given("now")),
            mail=Coalesce(Subquery(mails.order_by("-id").values("state")[:1]), Value(""), output_field=CharField()),
            note_state=F("treatment_session__state"),
            note_id=F("treatment_session__public_id"),
            changed_at=Subquery(changes.values("at")[:1]),
            needles_in=F("treatment_session__needles_in"),
            needles_in_at=F("treatment_session__needles_in_at"),
            needles_out=F("treatment_session__needles_out"),
            needle_minutes=F("treatment_session__retention_minutes"),
            no_needles=F("treatment_session__no_needles"),
            clock_stopped_at=F("treatment_session__minding__stopped_at"),
            number_in_course=number_in_course(),
        )
        .order_by("starts_at", "id")
    )


def needles_are_in(visit: DayVisit) -> bool:
    """Tell whether needles were counted in and are not out: its clock runs, or was stopped without a count."""
    return visit.needles_in_at is not None and visit.needles_out is None and not visit.no_needles


def fingerprint(visits: Sequence[DayVisit], *, bounds: Stretch, now: datetime) -> str:
    """Return a short mark that differs when a row of the day reads differently, the passing of time included."""
    rows = [
        (
            one.pk, one.state, one.starts_at, one.ends_at, one.room_id, one.practitioner_id, one.arrived_at, one.intake,
            one.mail, one.note_state, one.number_in_course, one.patient.full_name, one.patient.desk_facts,
            one.course and one.course.planned_sessions, one.needles_in_at, one.needles_out, one.needle_minutes,
            one.no_needles, one.clock_stopped_at,
        )
        for one in visits
    ]  # fmt: skip
    minutes = int(now.timestamp()) // 60
    # Whoever waits, and every clock that runs, reads differently each minute.
    counts = any(one.state == Appointment.State.ARRIVED or needles_are_in(one) for one in visits)
    clock = (minutes if counts else minutes // 5) if bounds[0] <= now < bounds[1] else None
    return hashlib.sha256(repr((rows, clock)).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _people(*, badges: bool) -> QuerySet[Any]:
    hours = WeeklyHours.objects.filter(practitioner=OuterRef("pk"), weekday=given("weekday")).order_by("opens")
    return (
        Practitioner.objects.filter(active=True)
        .annotate(
            opening=ArraySubquery(hours.values(pair=JSONObject(opens="opens", closes="closes"))),
            unsigned=unsigned_count(given("user")) if badges else Value(0),
            attention=open_count() if badges else Value(0),
        )
        .order_by("id")
    )


def _times(opening: list[dict[str, str]]) -> list[tuple[time, time]]:
    return [(time.fromisoformat(pair["opens"]), time.fromisoformat(pair["closes"])) for pair in opening]


def _always_speak() -> ArraySubquery:
    """The facts that speak on every page of a practitioner. Never asked for the front desk."""
    held = SafetyFact.objects.filter(
        patient_id=OuterRef("patient_id"), ended_at__isnull=True, rule_id__in=sorted(ALWAYS_SPEAK)
    )
    return ArraySubquery(held.values("rule_id"))


_PEOPLE: Prepared[Any] = Prepared(lambda: _people(badges=False))
_PEOPLE_WITH_BADGES: Prepared[Any] = Prepared(lambda: _people(badges=True))
_VISITS: Prepared[Any] = Prepared(_visits)
_VISITS_THAT_SPEAK: Prepared[Any] = Prepared(lambda: _visits().annotate(always_speak=_always_speak()))
