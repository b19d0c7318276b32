"""Rows that the bench works on: who is signed in, what is looked for, drafts to save and to sign, forms to hand in."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from unicodedata import normalize

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.db.models import Max
from django.http import HttpResponse

from clinic.bench.client import LANES
from clinic.demo.models import DemoRun
from clinic.running import tryout
from clinic.staff.models import User
from patients.intake import key, steps
from patients.intake.models import Draft, QuestionnaireRequest
from patients.models import Patient
from sessions.appointments.models import Appointment
from sessions.courses.models import Course
from sessions.models import TreatmentSession

SEARCHES = 2_000
#: A point line that needs no reason, whoever the patient is.
LINE = "st36 b, gb34 b, li11 b, te5 b, gv20, ex-hn3, bl60 b, ki3 b"
#: Visits of a day.
A_DAY = 60
#: Lanes of ours, then as many of the floor's: no row is touched by both.
ALL_LANES = 2 * LANES


@dataclass(frozen=True)
class Row:
    """A row that waits for a request: its public id, its version, and a cookie of its own if it has one."""

    public_id: str
    version: int
    cookie: str = ""


def signed_in(who: str) -> str:
    """Sign somebody of the demo in and return the cookie."""
    user = User.objects.get(email=tryout.EMAILS[who])
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"sessionid={session.session_key}"


def demo_day() -> DemoRun:
    """Return the run that filled this database."""
    return DemoRun.objects.get()


def patients_to_open(rng: Random, count: int = 1_000) -> list[str]:
    """Return public ids of patients who were treated."""
    known = list(
        Patient.objects.filter(treatment_sessions__isnull=False).distinct().values_list("public_id", flat=True)
    )
    return [str(one) for one in rng.sample(known, min(count, len(known)))]


def searches(rng: Random) -> list[str]:
    """Return what people type: beginnings of names in any order, plain letters for accents, numbers, dates."""
    names = ("given_name", "family_name", "address_as", "phone", "birth_date")
    highest = Patient.objects.aggregate(highest=Max("pk"))["highest"]
    drawn = [rng.randint(1, highest) for _ in range(SEARCHES)]
    found = {row["pk"]: row for row in Patient.objects.filter(pk__in=drawn).values("pk", *names)}
    return [_typed(rng, found[pk]) for pk in drawn if pk in found]


def _typed(rng: Random, patient: dict[str, Any]) -> str:
    given, family = patient["given_name"], patient["family_name"]
    kind = rng.random()
    if kind < 0.40:
        return str(family[: rng.randint(3, 6)])
    if kind < 0.65:
        return f"{given[:3]} {family[: rng.randint(3, 5)]}"
    if kind < 0.80:
        return f"{_plain(family)[:4]} {_plain(given)[:2]}"
    if kind < 0.86:
        return str(given[: rng.randint(1, 2)])
    if kind < 0.92 and patient["phone"]:
        return str(patient["phone"][-rng.randint(5, 7) :])
    if kind < 0.96:
        return f"{patient['birth_date']:%d.%m.%Y}"
    return str(patient["address_as"] or f"{given} {family}")


def _plain(name: str) -> str:
    return normalize("NFKD", name).encode("ascii", "ignore").decode().lower() or name


def drafts(each: Sequence[int], now: datetime) -> list[list[Row]]:
    """Make draft notes of the first practitioner, ``each[lane]`` for a lane, each with its visit in treatment.

    A patient belongs to one lane, so that two clients never sign notes of one patient in the same moment.
    """
    user = User.objects.get(email=tryout.EMAILS[tryout.PRACTITIONER])
    practitioner = user.practitioner
    example = Appointment.objects.filter(practitioner=practitioner).order_by("-id")[0]
    people = list(
        Patient.objects.filter(consents__kind="treatment", courses__isnull=False)
        .values("pk").annotate(course=Max("courses")).order_by("pk").values_list("pk", "course")
    )  # fmt: skip
    wanted = [(lane, number) for lane, count in enumerate(each) for number in range(count)]
    homes = [people[lane::ALL_LANES] for lane in range(ALL_LANES)]
    chosen = [homes[lane][number % len(homes[lane])] for lane, number in wanted]
    visits = Appointment.objects.bulk_create(
        (
            Appointment(
                patient_id=patient, practitioner=practitioner, service_id=example.service_id, room_id=example.room_id,
                course_id=course, state="in-treatment", starts_at=now - _days(number),
                ends_at=now - _days(number) + timedelta(hours=1), booked_by=user, booked_at=now - _days(number + A_DAY),
                arrived_at=now - _days(number), started_at=now - _days(number),
            )
            for number, (patient, course) in enumerate(chosen)
        ),
        batch_size=2_000,
    )  # fmt: skip
    notes = TreatmentSession.objects.bulk_create(
        (
            TreatmentSession(
                patient_id=visit.patient_id, practitioner=practitioner, appointment=visit, course_id=visit.course_id,
                number_in_course=1, started_at=now - timedelta(minutes=30), updated_at=now,
            )
            for visit in visits
        ),
        batch_size=2_000,
    )  # fmt: skip
    _tell_the_planner()
    rows: list[list[Row]] = [[] for _ in range(ALL_LANES)]
    for (lane, _), note in zip(wanted, notes, strict=True):
        rows[lane].append(Row(str(note.public_id), note.version))
    return rows


def draft_after(sessions: int, now: datetime) -> str:
    """Make a draft of the first practitioner for a patient with so many signed sessions before; return its address."""
    user = User.objects.get(email=tryout.EMAILS[tryout.PRACTITIONER])
    example = Patient.objects.filter(courses__isnull=False).order_by("pk")[0]
    patient = Patient.objects.create(
        given_name="Bench", family_name=f"Record {sessions}", birth_date=example.birth_date, created_at=now
    )
    course = Course.objects.create(patient=patient, practitioner=user.practitioner, opened_at=now - timedelta(days=720))
    common = {"patient": patient, "practitioner": user.practitioner, "course": course, "updated_at": now}
    written = {"points_line": LINE, "plan": "Weekly, go on as planned.", "subjective": "As it was.", "changes": "none"}
    TreatmentSession.objects.bulk_create(
        TreatmentSession(
            **common, **written, number_in_course=number, started_at=now - timedelta(days=3 * (sessions + 1 - number)),
            state=TreatmentSession.State.COMPLETED, signed_at=now, signed_by=user, pain_before=6, pain_after=3,
            no_needles=True, content_sha256=f"{number:064x}",
            previous_sha256=f"{number - 1:064x}" if number > 1 else "",
        )
        for number in range(1, sessions + 1)
    )  # fmt: skip
    draft = TreatmentSession.objects.create(**common, number_in_course=1, started_at=now - timedelta(minutes=30))
    _tell_the_planner()
    return str(draft.public_id)


def _days(number: int) -> timedelta:
    """Return how long ago the visit of a number took place: a clinic has so many a day, and none has thousands.

    Before the last day of the demo, which the board shows.
    """
    return timedelta(days=2 + number // A_DAY)


def _tell_the_planner() -> None:
    """Let the database count what was poured in, as it would by itself within a minute of a running clinic."""
    with connection.cursor() as cursor:
        for model in (Patient, Appointment, TreatmentSession, QuestionnaireRequest, Draft):
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')


def forms(each: Sequence[int], now: datetime) -> list[list[Row]]:
    """Make begun intakes of new patients, all but the last step filled in, ``each[lane]`` for a lane."""
    wanted = [lane for lane, count in enumerate(each) for _ in range(count)]
    data = (
        Draft.objects.filter(request__form="intake", step=steps.LAST).order_by("id").values_list("data", flat=True)[0]
    )
    people = Patient.objects.bulk_create(
        (Patient(given_name="Bench", family_name=f"Number {number}", created_at=now) for number in range(len(wanted))),
        batch_size=2_000,
    )
    requests = QuestionnaireRequest.objects.bulk_create(
        (
            QuestionnaireRequest(
                patient=person, form="intake", token_hash=uuid.uuid4().hex * 2, state="begun", issued_at=now,
                begun_at=now, expires_at=now + timedelta(days=90),
            )
            for person in people
        ),
        batch_size=2_000,
    )  # fmt: skip
    Draft.objects.bulk_create(
        (
            Draft(request=one, data={**data, "versions": {}}, step=steps.LAST, version=5, updated_at=now)
            for one in requests
        ),
        batch_size=2_000,
    )
    _tell_the_planner()
    rows: list[list[Row]] = [[] for _ in range(ALL_LANES)]
    for lane, request in zip(wanted, requests, strict=True):
        rows[lane].append(Row(str(request.public_id), 5, _key(request, now)))
    return rows


def _key(request: QuestionnaireRequest, now: datetime) -> str:
    """The cookie that the link of this form was swapped for."""
    held = key.Key(request.public_id, request.version, known=True, used_at=now)
    response = key.give(HttpResponse(), held, now)
    return f"{key.NAME}={response.cookies[key.NAME].value}"


def visits_ahead(count: int, now: datetime) -> list[Appointment]:
    """Make so many booked visits of patients who have an address, for mails that speak of them."""
    reachable = Patient.objects.exclude(email="").exclude(desk_facts__contains=["no-email"]).order_by("pk")
    people = list(reachable[:count])
    example = Appointment.objects.filter(practitioner__active=True).order_by("-id")[0]
    user = User.objects.get(email=tryout.EMAILS[tryout.DESK])
    return Appointment.objects.bulk_create(
        (
            Appointment(
                patient=people[number % len(people)], practitioner_id=example.practitioner_id,
                service_id=example.service_id, room_id=example.room_id, state="booked", booked_by=user, booked_at=now,
                starts_at=now + timedelta(days=30, hours=number), ends_at=now + timedelta(days=30, hours=number + 1),
            )
            for number in range(count)
        ),
        batch_size=2_000,
    )  # fmt: skip


def raw_table() -> None:
    """Make the table of the raw control."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_row (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, words text)")
        cursor.execute("GRANT INSERT ON bench_row TO deqi_web")
