"""The last reminder before a visit, and the check-in that rides on it: planned by the worker when its moment comes.

It leaves so early that cancelling from it is in time. Ids, times and states are enough to plan it. What was booked
inside that time needs no reminder: its confirmation says it all; a row says so, for whoever looks for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import BooleanField, CharField, Exists, ExpressionWrapper, OuterRef, Q, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat, Greatest

from clinic.attention.models import Task
from clinic.outbox.models import OutgoingMessage
from clinic.outbox.services import compose
from clinic.practice import languages
from clinic.practice.models import Practice
from patients.contact.querysets import has_stopped
from patients.contact.services import Group
from patients.intake import check_in
from patients.intake.models import QuestionnaireRequest
from sessions.appointments.mails import CANCELLATION, CHANGE
from sessions.appointments.models import Appointment
from sessions.calls.kinds import NO_ADDRESS
from sessions.reminders import quiet_hours
from sessions.reminders.asking import COURSE_END, LAST_REMINDER, Wanted, ask, with_interpreter
from sessions.reminders.check_in_mail import asked_lately
from sessions.reminders.check_ins import BATCH, wait_for_the_morning
from sessions.reminders.leads import EVERY, MORE_THAN_NOTICE, last_call, moment_of

_KEY = "last-reminder:mail:visit="
INSIDE = "booked inside the time of the reminder: the confirmation said it all"
TOO_LATE = "too late to change it freely: the confirmation said it all"
#: The questions ask about the time since the last session: not on the day of it.
SINCE_LAST = timedelta(hours=24)
#: The window of a message is open for a while, also of one that is skipped.
_MOMENT = timedelta(minutes=1)
#: The night moves a reminder forward, by so much at most.
_NIGHT = timedelta(hours=13)


@dataclass(frozen=True)
class Due:
    """A visit ahead whose last reminder nobody has planned.

    ``told_at`` is when its time was told last, by booking or by a mail of a change; ``asks``: the time has come for a
    check-in as well.
    """

    appointment_id: int
    sequence: int
    patient_id: int
    address: str
    language: str
    starts_at: datetime
    told_at: datetime
    asks: bool

    @property
    def key(self) -> str:
        """The key under which the database lets one message stand: moved on, a visit is reminded of again."""
        return f"{_KEY}{self.appointment_id}:seq={self.sequence}"


def plan(now: datetime) -> None:
    """Plan the reminders whose moment has come, and let those wait that the night has reached."""
    practice = (
        Practice.objects.filter(id=1, opened_at__isnull=False).only("timezone", "languages", "notice_hours").first()
    )
    if practice is None:
        return
    zone = ZoneInfo(practice.timezone)
    if quiet_hours.is_quiet(now, zone):
        wait_for_the_morning(now, zone, kind=LAST_REMINDER)
    while True:
        found = due(now, practice)
        ready = [one for one in found if moment_of(one.starts_at, practice.notice_hours, zone) <= now]
        if not ready or not _plan_batch(ready, practice, now, zone) or len(found) < BATCH:
            return


def due(now: datetime, practice: Practice) -> list[Due]:
    """Return visits ahead whose reminder may be due, the next first, in columns the worker may read. One statement."""
    notice = timedelta(hours=practice.notice_hours)
    key = Concat(
        Value(_KEY), Cast("id", TextField()), Value(":seq="), Cast("sequence", TextField()), output_field=CharField()
    )
    planned = OutgoingMessage.objects.filter(dedup_key=OuterRef("key"))
    # By the patient too: the ledger has an index of theirs, and none of visits.
    told = (
        OutgoingMessage.objects.filter(
            patient_id=OuterRef("patient_id"), appointment_id=OuterRef("pk"), kind__in=(CHANGE, CANCELLATION)
        )
        .order_by("-created_at")
        .values("created_at")[:1]
    )
    visits = (
        Appointment.objects.filter(
            state__in=(Appointment.State.BOOKED, Appointment.State.CONFIRMED),
            # An hour more on either side: clocks change.
            starts_at__gt=now + notice - timedelta(hours=1),
            starts_at__lte=now + notice + timedelta(hours=MORE_THAN_NOTICE + 1) + _NIGHT,
        )
        .alias(key=key)
        .filter(~Exists(planned))
        .annotate(
            asks=ExpressionWrapper(_time_for_questions(now), output_field=BooleanField()),
            told_at=Greatest("booked_at", Subquery(told)),
        )
        .order_by("starts_at", "id")
        .values_list(
            "pk", "sequence", "patient_id", "patient__email", "patient__language", "starts_at", "told_at", "asks"
        )
    )
    return [Due(*row) for row in visits[:BATCH]]


def _time_for_questions(now: datetime) -> Q:
    """Return the condition that a visit's reminder brings the check-in.

    The course runs, a session lies a day back or more, no full set of questions came within six days, the end of a
    course is not asked about just now, and the patient has not stopped them.
    """
    kept = Appointment.objects.filter(patient_id=OuterRef("patient_id"), state=Appointment.State.COMPLETED)
    just_now = Appointment.objects.filter(
        patient_id=OuterRef("patient_id"), state__in=("arrived", "in-treatment", "completed"),
        starts_at__range=(now - SINCE_LAST, now),
    )  # fmt: skip
    intake = QuestionnaireRequest.objects.filter(
        patient_id=OuterRef("patient_id"), form=QuestionnaireRequest.Form.INTAKE, submitted_at__gt=now - EVERY
    )
    end = QuestionnaireRequest.objects.filter(
        patient_id=OuterRef("patient_id"), form=COURSE_END, state__in=("open", "begun"), expires_at__gt=now
    )
    return (
        Q(course__state="active")
        & ~Q(Exists(end))
        & Q(Exists(kept.filter(starts_at__lte=now - SINCE_LAST)))
        & ~Q(Exists(just_now))
        & ~Q(Exists(intake))
        & ~Q(Exists(asked_lately(now)))
        & ~has_stopped(Group.CHECK_INS)
    )


def _plan_batch(found: Sequence[Due], practice: Practice, now: datetime, zone: ZoneInfo) -> bool:
    """Store requests, messages and what an interpreter has to ask, and return whether any message is new."""
    offered = languages.offered(practice)
    asking = [one for one in found if one.asks and not _reason_against(one, practice, now, zone)]
    spoken = [one for one in asking if one.language in offered and check_in.speaks(one.language)]
    silent = [one for one in asking if one not in spoken]
    with transaction.atomic():
        asked = ask([_wanted(one) for one in spoken], now)
        rows = [_message(one, asked.get(one.appointment_id), practice, now, zone) for one in found]
        planned = OutgoingMessage.objects.bulk_create(rows, ignore_conflicts=True)
        Task.objects.bulk_create(
            [with_interpreter(one.key, one.patient_id, one.appointment_id, now) for one in silent],
            ignore_conflicts=True,
        )
    return bool(planned)


def _wanted(one: Due) -> Wanted:
    return Wanted(one.appointment_id, one.patient_id, one.language, one.starts_at, before_visit=True)


def _reason_against(one: Due, practice: Practice, now: datetime, zone: ZoneInfo) -> str:
    """Return why no mail can be written at all, "" when it can."""
    if one.told_at > moment_of(one.starts_at, practice.notice_hours, zone):
        return INSIDE  # also for who has no e-mail: who was told just now is not called
    if not one.address:
        return NO_ADDRESS
    last = last_call(one.starts_at, practice.notice_hours, zone)
    return TOO_LATE if quiet_hours.next_allowed(now, zone) >= last else ""


def _message(one: Due, request_id: int | None, practice: Practice, now: datetime, zone: ZoneInfo) -> OutgoingMessage:
    """Return the message as it is planned, or skipped with its reason."""
    at = quiet_hours.next_allowed(now, zone)
    last = last_call(one.starts_at, practice.notice_hours, zone)
    reason = _reason_against(one, practice, now, zone)
    skipped: dict[str, Any] = {"state": OutgoingMessage.State.CANCELLED, "reason": reason}
    return compose(
        kind=LAST_REMINDER, dedup_key=one.key, to_address=one.address, not_before=min(at, last - _MOMENT),
        not_after=last, now=now, patient_id=one.patient_id, appointment_id=one.appointment_id, subject_id=request_id,
        **(skipped if reason else {}),
    )  # fmt: skip
