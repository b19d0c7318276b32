"""Check-ins between sessions: planned by the worker some days after a signed session, from ids and times alone.

Two workers may plan in one moment: one check-in a visit, one live check-in a patient and one message a session are
rules of the database, so that the second one finds everything done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import CharField, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, TextField, Value
from django.db.models.functions import Cast, Concat

from clinic.attention.models import Task
from clinic.outbox.models import OutgoingMessage
from clinic.outbox.services import compose
from clinic.practice import languages
from clinic.practice.models import Practice
from patients.intake import check_in
from sessions.appointments.models import Appointment
from sessions.calls.kinds import NO_ADDRESS
from sessions.models import Addendum
from sessions.reminders import quiet_hours
from sessions.reminders.asking import CHECK_IN, Wanted, after_the_end, ask, with_interpreter

_KEY = "check-in:session="
#: So long after its day a check-in that could not leave is too late.
GRACE = timedelta(days=2)
#: How far back a visit can lie whose check-in is still to come: a course that waits longer than two weeks asks nothing.
LONGEST = timedelta(days=14) + GRACE
#: The link ends at arrival, or so long after the day of the check-in.
OPEN_FOR = timedelta(days=7)
BATCH = 500

NO_WORDS = "no questions in this language: ask with an interpreter"


@dataclass(frozen=True)
class Due:
    """A signed session whose check-in nobody has planned yet."""

    appointment_id: int
    patient_id: int
    session_id: int
    address: str
    language: str
    at: datetime
    offered: bool = True

    @property
    def key(self) -> str:
        """The key under which the database lets one message stand."""
        return f"{_KEY}{self.session_id}"

    @property
    def reason_against(self) -> str:
        """Why no mail can be written at all, "" when it can."""
        if not self.address:
            return NO_ADDRESS
        return "" if self.offered and check_in.speaks(self.language) else NO_WORDS


def plan(now: datetime) -> None:
    """Plan the check-ins of sessions that were signed since, and let those wait that the night has reached."""
    practice = Practice.objects.filter(id=1, opened_at__isnull=False).only("timezone", "languages").first()
    if practice is None:
        return
    zone = ZoneInfo(practice.timezone)
    offered = languages.offered(practice)
    if quiet_hours.is_quiet(now, zone):
        wait_for_the_morning(now, zone)
    while True:
        # What is worrying must be answered in the same language: without its texts nothing is asked in it.
        found = [replace(one, offered=one.language in offered) for one in due(now, zone)]
        if not found or not _plan_batch(found, now, zone) or len(found) < BATCH:
            return


def due(now: datetime, zone: ZoneInfo) -> list[Due]:
    """Return signed sessions without a check-in, oldest first, in columns the worker may read. One statement.

    After the last session of a course the questions at its end take the place of the check-in: they are planned before.
    """
    days = ExpressionWrapper(F("course__check_in_after_days") * Value(timedelta(days=1)), output_field=DurationField())
    key = Concat(Value(_KEY), Cast("treatment_session__id", TextField()), output_field=CharField())
    wrong = Addendum.objects.filter(session_id=OuterRef("treatment_session__id"), kind="entered-in-error")
    visits = (
        Appointment.objects.filter(
            starts_at__range=(now - LONGEST, now),
            course__check_in_after_days__gt=0,
            course__state="active",
            treatment_session__signed_at__isnull=False,
        )
        .alias(day=F("starts_at") + days, key=key)
        .filter(~Exists(wrong), ~Exists(OutgoingMessage.objects.filter(dedup_key=OuterRef("key"))), day__gt=now - GRACE)
        .filter(~after_the_end("pk"))
        .order_by("starts_at", "id")
        .values_list(
            "pk", "patient_id", "treatment_session__id", "patient__email", "patient__language", "starts_at",
            "course__check_in_after_days", "treatment_session__signed_at",
        )
    )  # fmt: skip
    return [
        Due(visit, patient, session, email, language, _moment(starts_at, after, signed_at, zone))
        for visit, patient, session, email, language, starts_at, after, signed_at in visits[:BATCH]
        if signed_at is not None
    ]


def _moment(starts_at: datetime, days: int, signed_at: datetime, zone: ZoneInfo) -> datetime:
    """Return when to ask: at the clock time of the session so many days later, never in quiet hours."""
    return quiet_hours.next_allowed(max(on_a_day_after(starts_at, days, zone), signed_at), zone)


def on_a_day_after(starts_at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return the clock time of a session so many days later, at any hour."""
    local = starts_at.astimezone(zone)
    return datetime.combine(local.date() + timedelta(days=days), local.time(), tzinfo=zone)


def wait_for_the_morning(now: datetime, zone: ZoneInfo, *, kind: str = CHECK_IN) -> None:
    """Put off what was due in the day and did not leave. What a person sends now, at night, goes all the same."""
    late = Q(not_before__lt=quiet_hours.quiet_since(now, zone)) | Q(deferrals__gt=0)
    waiting = OutgoingMessage.objects.filter(late, kind=kind, state=OutgoingMessage.State.QUEUED)
    morning = quiet_hours.next_allowed(now, zone)
    waiting.filter(not_before__lte=now, not_after__gt=morning).update(not_before=morning)


def _plan_batch(found: Sequence[Due], now: datetime, zone: ZoneInfo) -> bool:
    """Store requests and messages, and return whether any message is new."""
    can_go = [one for one in found if not one.reason_against]
    with transaction.atomic():
        asked = ask([_wanted(one) for one in can_go], now)
        rows = [_message(one, asked.get(one.appointment_id), now, zone) for one in found]
        planned = OutgoingMessage.objects.bulk_create([row for row in rows if row], ignore_conflicts=True)
        Task.objects.bulk_create(
            [
                with_interpreter(one.key, one.patient_id, one.appointment_id, now)
                for one in found
                if one.reason_against == NO_WORDS
            ],
            ignore_conflicts=True,
        )
    return bool(planned)


def _wanted(one: Due) -> Wanted:
    return Wanted(one.appointment_id, one.patient_id, one.language, one.at + OPEN_FOR)


def _message(one: Due, request_id: int | None, now: datetime, zone: ZoneInfo) -> OutgoingMessage | None:
    """Return the message as it is planned, or skipped with its reason; None when another check-in stands first."""
    if request_id is None and not one.reason_against:
        return None
    skipped: dict[str, Any] = {"state": OutgoingMessage.State.CANCELLED, "reason": one.reason_against}
    return compose(
        kind=CHECK_IN,
        dedup_key=one.key,
        to_address=one.address,
        not_before=one.at,
        not_after=quiet_hours.last_moment(one.at, GRACE.days, zone),
        now=now,
        patient_id=one.patient_id,
        appointment_id=one.appointment_id,
        subject_id=request_id,
        **(skipped if one.reason_against else {}),
    )
