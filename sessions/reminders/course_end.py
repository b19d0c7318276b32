"""The questions at the end of a course: planned after its last session, in the place of the check-in after that.

A course is at its end when a practitioner has ended it, or when its last planned session took place and is signed. They
are the ten questions of a checkpoint, so that the end can be held against the baseline. Ids, times and states are
enough to plan them; two workers in one moment ask once, by rules of the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value

from clinic.attention.models import Task
from clinic.outbox.models import OutgoingMessage
from clinic.outbox.services import compose
from clinic.practice import languages
from clinic.practice.models import Practice
from patients.intake import check_in
from patients.intake.models import QuestionnaireRequest
from sessions.appointments.models import Appointment
from sessions.calls.kinds import NO_ADDRESS
from sessions.models import Addendum
from sessions.reminders import quiet_hours
from sessions.reminders.asking import (
    COURSE_END,
    END_KEY,
    WITH_QUESTIONS,
    Wanted,
    after_the_end,
    ask,
    with_interpreter,
)
from sessions.reminders.check_ins import (
    BATCH,
    GRACE,
    LONGEST,
    NO_WORDS,
    OPEN_FOR,
    on_a_day_after,
    wait_for_the_morning,
)
from sessions.reminders.leads import EVERY

ANSWERED = "the same questions were answered less than six days before"
#: Whoever ended a course by mistake has so long to take it up again.
TO_TAKE_BACK = timedelta(days=1)
#: A course that goes on after its end was asked about is not asked again before this.
ONCE_IN = timedelta(days=30)


@dataclass(frozen=True)
class Due:
    """The last visit of a course whose end nobody has planned to ask about. ``answered``: it was told just before."""

    appointment_id: int
    course_id: int
    patient_id: int
    address: str
    language: str
    at: datetime
    answered: bool
    offered: bool = True

    @property
    def key(self) -> str:
        """The key under which the database lets one message stand."""
        return f"{END_KEY}{self.appointment_id}"

    @property
    def reason_against(self) -> str:
        """Why no mail is written, "" when it is."""
        if self.answered:
            return ANSWERED
        if not self.address:
            return NO_ADDRESS
        return "" if self.offered and check_in.speaks(self.language) else NO_WORDS


def plan(now: datetime) -> None:
    """Plan the questions of courses that came to their end since, and let those wait that the night has reached."""
    practice = Practice.objects.filter(id=1, opened_at__isnull=False).only("timezone", "languages").first()
    if practice is None:
        return
    zone = ZoneInfo(practice.timezone)
    offered = languages.offered(practice)
    if quiet_hours.is_quiet(now, zone):
        wait_for_the_morning(now, zone, kind=COURSE_END)
    while True:
        found = [replace(one, offered=one.language in offered) for one in due(now, zone)]
        if not found or not _plan_batch(found, now, zone) or len(found) < BATCH:
            return


def due(now: datetime, zone: ZoneInfo) -> list[Due]:
    """Return the last visits of courses at their end, oldest first, in columns the worker may read. One statement."""
    same = Appointment.objects.filter(course_id=OuterRef("course_id"))
    later = same.filter(state=Appointment.State.COMPLETED, starts_at__gt=OuterRef("starts_at"))
    under_way = same.filter(state__in=(Appointment.State.ARRIVED, Appointment.State.IN_TREATMENT))
    asked = QuestionnaireRequest.objects.filter(
        form=COURSE_END, course_id=OuterRef("course_id"), issued_at__gt=now - ONCE_IN
    )
    told = QuestionnaireRequest.objects.filter(
        patient_id=OuterRef("patient_id"), ten_questions=True, submitted_at__gt=OuterRef("starts_at") - Value(EVERY)
    )
    mailed = OutgoingMessage.objects.filter(
        patient_id=OuterRef("patient_id"), kind__in=WITH_QUESTIONS, subject_id__isnull=False, sent_at__isnull=False
    )
    visits = (
        Appointment.objects.filter(_at_its_end(now), state=Appointment.State.COMPLETED)
        .filter(~after_the_end("pk"), ~Exists(later), ~Exists(under_way), ~Exists(asked))
        .annotate(answered=Exists(told), mailed=Subquery(mailed.order_by("-sent_at").values("sent_at")[:1]))
        .order_by("starts_at", "id")
        .values_list(
            "pk", "course_id", "patient_id", "patient__email", "patient__language", "starts_at",
            "course__check_in_after_days", "treatment_session__signed_at", "course__ended_at", "mailed", "answered",
        )
    )  # fmt: skip
    return [
        Due(visit, course, patient, email, language, _moment(starts, after, signed, ended, mailed, zone), answered)
        for visit, course, patient, email, language, starts, after, signed, ended, mailed, answered in visits[:BATCH]
        if course is not None
    ]


def _at_its_end(now: datetime) -> Q:
    """Return the condition that a visit may be the last of a course at its end. A course without days never asks."""
    days = ExpressionWrapper(F("course__check_in_after_days") * Value(timedelta(days=1)), output_field=DurationField())
    wrong = Addendum.objects.filter(session_id=OuterRef("treatment_session__id"), kind="entered-in-error")
    all_done = (
        Q(course__state="active", course__sessions_done__gte=F("course__planned_sessions"))
        & Q(starts_at__gt=now - LONGEST, treatment_session__signed_at__isnull=False)
        & Q(starts_at__gt=Value(now - GRACE) - days)
        & ~Q(Exists(wrong))
    )
    ended = Q(course__state="completed", course__ended_at__gt=now - TO_TAKE_BACK - GRACE)
    return Q(course__check_in_after_days__gt=0) & (all_done | ended)


def _moment(
    starts_at: datetime,
    days: int,
    signed_at: datetime | None,
    ended_at: datetime | None,
    mailed_at: datetime | None,
    zone: ZoneInfo,
) -> datetime:
    """Return when to ask: as the check-in after that session, a day after an end, six days after other questions."""
    at = on_a_day_after(starts_at, days, zone)
    others = [
        signed_at if ended_at is None else ended_at + TO_TAKE_BACK,
        mailed_at + EVERY if mailed_at else None,
    ]
    return quiet_hours.next_allowed(max([at, *(one for one in others if one)]), zone)


def _plan_batch(found: Sequence[Due], now: datetime, zone: ZoneInfo) -> bool:
    """Store requests and messages, and return whether any message is new."""
    can_go = [one for one in found if not one.reason_against]
    with transaction.atomic():
        asked = ask(
            [
                Wanted(one.appointment_id, one.patient_id, one.language, one.at + OPEN_FOR, course_id=one.course_id)
                for one in can_go
            ],
            now,
        )
        rows = [_message(one, asked.get(one.appointment_id), now, zone) for one in found]
        planned = OutgoingMessage.objects.bulk_create(rows, ignore_conflicts=True)
        Task.objects.bulk_create(
            [
                with_interpreter(one.key, one.patient_id, one.appointment_id, now)
                for one in found
                if one.reason_against == NO_WORDS
            ],
            ignore_conflicts=True,
        )
    return bool(planned)


def _message(one: Due, request_id: int | None, now: datetime, zone: ZoneInfo) -> OutgoingMessage:
    """Return the message as it is planned, or skipped with its reason."""
    skipped: dict[str, Any] = {"state": OutgoingMessage.State.CANCELLED, "reason": one.reason_against}
    return compose(
        kind=COURSE_END, dedup_key=one.key, to_address=one.address, not_before=one.at,
        not_after=quiet_hours.last_moment(one.at, GRACE.days, zone), now=now, patient_id=one.patient_id,
        appointment_id=one.appointment_id, subject_id=request_id, **(skipped if one.reason_against else {}),
    )  # fmt: skip
