"""The demo clinic of any size: all of it in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from time import monotonic
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model

from clinic.demo import house as houses
from clinic.demo.assigning import assign
from clinic.demo.bare import bare
from clinic.demo.courses import MOMENT, TEAM, PlannedCourse, fill
from clinic.demo.days import moment, slots
from clinic.demo.models import DemoRun
from clinic.demo.tables import Tables
from clinic.demo.telling import telling
from clinic.demo.writers import Work, write
from clinic.practice.models import Location, Practice, Room, Service
from clinic.staff.models import Practitioner, User
from patients.models import Patient
from sessions.habits.models import NeedleProduct

Say = Callable[[str], None]
FEWEST_PATIENTS, MOST_EACH = 20, 100

#: What people enter. A row of these that the demo did not make forbids it to begin.
_ENTERED = (
    "practice.Practice", "practice.Location", "practice.Room", "practice.Service", "staff.User",
    "staff.Practitioner", "patients.Patient", "patients.Complaint", "patients.Consent", "courses.Course",
    "appointments.Appointment", "treatments.TreatmentSession", "treatments.Addendum",
    "intake.QuestionnaireRequest", "intake.IntakeSubmission", "measures.MeasureValue", "habits.NeedleBox",
)  # fmt: skip
#: Emptied for a new demo, with everything that refers to them.
_EMPTIED = (Practice, Location, Room, Service, User, Practitioner, Patient, NeedleProduct)


class Refused(Exception):
    """The demo does not begin; the text is a sentence that says why."""


@dataclass(frozen=True)
class Made:
    """How many rows stand in each table, and how long it took."""

    rows: dict[str, int]
    seconds: float


def make_demo(*, patients: int, sessions: int, seed: int, today: date, say: Say, at: time = MOMENT) -> Made:
    """Fill the database with an invented clinic of ``patients`` and ``sessions``; the same arguments give the same.

    ``today`` stands still ``at`` a time of the clinic's clock: what was begun by then has begun.

    Runs as the owner of the tables, whose guards are away for nobody else. What an earlier demo made is replaced.
    Stopped before its end, by KeyboardInterrupt for one, it leaves everything as it was.
    Raises Refused when the numbers cannot be met or a record exists that the demo did not make.
    """
    if patients < FEWEST_PATIENTS or not 0 <= sessions <= MOST_EACH * patients:
        raise Refused(f"Give at least {FEWEST_PATIENTS} patients, and at most {MOST_EACH} sessions for each.")
    began = monotonic()
    with transaction.atomic():
        refuse_others()
        rows = _make(patients=patients, sessions=sessions, seed=seed, today=today, at=at, say=say)
        DemoRun.objects.create(id=1, patients=patients, sessions=sessions, seed=seed, today=today, highest=_highest())
        with telling(say, "Counting for the planner of the database"), connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return Made(rows, monotonic() - began)


def refuse_others() -> None:
    """Raise Refused when a record stands here that no demo made."""
    run = DemoRun.objects.first()
    made: dict[str, int] = run.highest if run else {}
    for label in _ENTERED:
        model = apps.get_model(label)
        others = model._default_manager.filter(pk__gt=made.get(label, 0)).count()
        if others:
            what = str(model._meta.verbose_name if others == 1 else model._meta.verbose_name_plural)
            raise Refused(
                f"Here stand {others} {what} that the demo did not make, and it would replace them. "
                "Name another folder with DATA_DIR=, or another database with DATABASE_URL=."
            )


def _highest() -> dict[str, int]:
    """The highest id of everything that people enter, as the demo leaves it."""
    found = {}
    for label in _ENTERED:
        newest: Model | None = apps.get_model(label)._default_manager.order_by("-pk").first()
        found[label] = newest.pk if newest else 0
    return found


def _make(*, patients: int, sessions: int, seed: int, today: date, at: time, say: Say) -> dict[str, int]:
    rng = Random(f"deqi:{seed}")  # noqa: S311 - nothing secret
    now = moment(today, at)
    services = houses.make_services(rng)
    day = slots(*services)
    first_slot = next(number for number, slot in enumerate(day) if slot.first_visit)
    with telling(say, "Planning the years"):
        courses = fill(rng, patients=patients, sessions=sessions, today=today, slots=day, at=at)
        by_patient = assign(rng, courses, patients=patients, first_slot=first_slot)
    opened = _opened(courses, now)
    with connection.cursor() as cursor:
        _empty(cursor)
        desks = max([TEAM - 1, *(course.desk for course in courses)]) + 1
        house = houses.build(rng, services, desks=desks, today=today, opened=opened)
        names = [table.name for table in Tables()]
        work = Work(house, day, by_patient, seed, now, opened, sessions)
        with bare(cursor, names, say):
            raw = connection.connection.cursor()
            written = write(raw, work, say)
            raw.close()
        for name in names:
            _set_sequence(cursor, name, written.highest[name])
    return written.rows


def _opened(courses: list[PlannedCourse], now: datetime) -> datetime:
    """The first day of the practice: before its first visit."""
    first = min((course.visits[0].day for course in courses), default=now.date())
    return min(moment(first, MOMENT), now) - timedelta(days=40)


def _empty(cursor: Any) -> None:
    """Take away what an earlier demo made. Waits at most two seconds for others (see settings)."""
    names = ", ".join(f'"{model._meta.db_table}"' for model in _EMPTIED)
    extra = ", ".join(f'"{name}"' for name in ("audit_auditevent", "attention_task", "outbox_outgoingmessage"))
    texts = '"practice_consenttext", "practice_worrytext"'
    cursor.execute(f"TRUNCATE {names}, {extra}, {texts}, {DemoRun._meta.db_table} RESTART IDENTITY CASCADE")


def _set_sequence(cursor: Any, table: str, last_id: int) -> None:
    """The next id that the database gives out is one higher than ours."""
    if last_id:
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, last_id])
