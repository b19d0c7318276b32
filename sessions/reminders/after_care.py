"""A word on the day after a session that wants one: what is usual, whom to call. It says nothing of the session.

Signing writes whether it is wanted (``TreatmentSession.after_care``); the worker sees that mark, never why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import CharField, Exists, OuterRef, Q, TextField, Value
from django.db.models.functions import Cast, Concat

from clinic.outbox.kinds import Kind, Mail, StillTrue
from clinic.outbox.letters import write
from clinic.outbox.models import OutgoingMessage
from clinic.outbox.services import compose
from clinic.practice.models import Practice
from patients.intake import worry_texts
from patients.models import Patient
from sessions.appointments.walltime import nearest_moment
from sessions.calls.kinds import NO_ADDRESS, NO_EMAIL, OPTED_OUT, CallKind
from sessions.models import Addendum, TreatmentSession
from sessions.reminders import quiet_hours
from sessions.reminders.check_in_mail import opted_out
from sessions.reminders.check_ins import BATCH, wait_for_the_morning

AFTER_CARE = "after-care"
_KEY = "after-care:session="
#: The next morning, when the night has told how it went.
AT = time(10)
#: A session that was signed later than this after it took place is asked about by phone or not at all.
GRACE = timedelta(hours=36)


@dataclass(frozen=True)
class Due:
    """A signed session that wants a word on the next day."""

    session_id: int
    appointment_id: int | None
    patient_id: int
    address: str
    started_at: datetime


def plan(now: datetime) -> None:
    """Plan the words after sessions that were signed since, and let those wait that the night has reached."""
    practice = Practice.objects.filter(id=1, opened_at__isnull=False).only("timezone").first()
    if practice is None:
        return
    zone = ZoneInfo(practice.timezone)
    if quiet_hours.is_quiet(now, zone):
        wait_for_the_morning(now, zone, kind=AFTER_CARE)
    while found := due(now):
        OutgoingMessage.objects.bulk_create([_message(one, now, zone) for one in found], ignore_conflicts=True)
        if len(found) < BATCH:
            return


def due(now: datetime) -> list[Due]:
    """Return signed sessions that want a word and have none planned, oldest first, in one statement."""
    key = Concat(Value(_KEY), Cast("pk", TextField()), output_field=CharField())
    wrong = Addendum.objects.filter(session_id=OuterRef("pk"), kind="entered-in-error")
    sessions = (
        TreatmentSession.objects.filter(after_care=True, signed_at__gt=now - GRACE, started_at__gt=now - GRACE)
        .alias(key=key)
        .filter(~Exists(wrong), ~Exists(OutgoingMessage.objects.filter(dedup_key=OuterRef("key"))))
        .order_by("started_at", "pk")
    )
    rows = sessions.values_list("pk", "appointment_id", "patient_id", "patient__email", "started_at")[:BATCH]
    return [Due(*row) for row in rows]


def _message(one: Due, now: datetime, zone: ZoneInfo) -> OutgoingMessage:
    """Return the message as it is planned, or skipped with its reason."""
    next_day = one.started_at.astimezone(zone).date() + timedelta(days=1)
    at = quiet_hours.next_allowed(max(nearest_moment(next_day, AT, zone), now), zone)
    skipped: dict[str, Any] = {} if one.address else {"state": OutgoingMessage.State.CANCELLED, "reason": NO_ADDRESS}
    return compose(
        kind=AFTER_CARE, dedup_key=f"{_KEY}{one.session_id}", to_address=one.address, not_before=at,
        not_after=quiet_hours.last_moment(at, 1, zone), now=now, patient_id=one.patient_id,
        appointment_id=one.appointment_id, subject_id=one.session_id, **skipped,
    )  # fmt: skip


def still_true(now: datetime) -> list[StillTrue]:
    """Return what must hold when the mail leaves; uses only columns the worker may read."""
    people = Patient.objects.filter(pk=OuterRef("patient_id"))
    wrong = Addendum.objects.filter(session_id=OuterRef("subject_id"), kind="entered-in-error")
    return [
        StillTrue(Q(Exists(people.filter(deceased_on__isnull=True))), "the patient has died"),
        StillTrue(~Q(Exists(wrong)), "the session was entered in error"),
        StillTrue(Q(Exists(people.filter(email=OuterRef("to_address")))), "the address was changed"),
        StillTrue(Q(Exists(people.exclude(desk_facts__contains=[Patient.DeskFact.NO_EMAIL]))), NO_EMAIL),
        StillTrue(~Q(Exists(opted_out())), OPTED_OUT),
    ]


def render(message: OutgoingMessage, now: datetime) -> Mail:
    """Write the mail from the state of this moment. Raises DoesNotExist when the patient is gone."""
    patient = Patient.objects.only("given_name", "address_as").get(pk=message.patient_id or 0)
    practice = message.practice or Practice.objects.get(id=1)
    context = {
        "greeting_name": patient.address_as or patient.given_name,
        "number": worry_texts.emergency_number(practice.country),
    }
    return write(AFTER_CARE, practice=practice, context=context)


KIND = Kind(code=AFTER_CARE, title="After-care", render=render, still_true=still_true)
CALL = CallKind(code=AFTER_CARE, words="After-care, visit of {visit}", lasts=timedelta(days=3), care=True)
