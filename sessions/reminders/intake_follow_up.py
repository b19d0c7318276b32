"""One word about a form that waits: a day after its link went out or it was begun, once in the life of a request.

Planned by the worker from ids, times and states; it never sees what was answered. The database lets one message of a
request stand, so that two workers that plan in one moment, or a link sent anew, never make a second one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import CharField, Exists, OuterRef, Q, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat, Greatest

from clinic.outbox.kinds import Kind, Mail, StillTrue
from clinic.outbox.letters import write
from clinic.outbox.models import OutgoingMessage
from clinic.outbox.services import compose
from clinic.practice.models import Practice
from patients.intake.mails import link_of
from patients.intake.models import QuestionnaireRequest
from patients.intake.querysets import CARRY_THE_LINK
from patients.models import Patient
from sessions.appointments.models import Appointment
from sessions.calls.kinds import NO_EMAIL, OPTED_OUT
from sessions.reminders import quiet_hours
from sessions.reminders.check_in_mail import opted_out
from sessions.reminders.check_ins import BATCH, wait_for_the_morning

FOLLOW_UP = "intake-follow-up"
_KEY = "intake-follow-up:request="
#: So long after the link went out, or the form was begun.
AFTER = timedelta(hours=24)
#: So long before the visit nobody sits down to ten minutes of questions: the desk asks.
BEFORE_THE_VISIT = timedelta(hours=2)
#: What could not leave within this time is too late.
GRACE = timedelta(days=2)
_LIVE = (QuestionnaireRequest.State.OPEN, QuestionnaireRequest.State.BEGUN)


@dataclass(frozen=True)
class Due:
    """A form that waits since a day."""

    request_id: int
    patient_id: int
    appointment_id: int | None
    address: str
    visit_at: datetime | None


def plan(now: datetime) -> None:
    """Plan the one follow-up of forms that wait, and let those wait that the night has reached."""
    practice = Practice.objects.filter(id=1, opened_at__isnull=False).only("timezone").first()
    if practice is None:
        return
    zone = ZoneInfo(practice.timezone)
    if quiet_hours.is_quiet(now, zone):
        wait_for_the_morning(now, zone, kind=FOLLOW_UP)
    while found := due(now):
        rows = [row for one in found if (row := _message(one, now, zone))]
        OutgoingMessage.objects.bulk_create(rows, ignore_conflicts=True)
        if len(found) < BATCH or not rows:
            return


def due(now: datetime) -> list[Due]:
    """Return forms that wait since a day and were not followed up, oldest first. One statement."""
    key = Concat(Value(_KEY), Cast("pk", TextField()), output_field=CharField())
    # By the patient too: a ledger of a million rows has an index of theirs, and none of subjects.
    mails = OutgoingMessage.objects.filter(
        patient_id=OuterRef("patient_id"), subject_id=OuterRef("pk"), kind__in=CARRY_THE_LINK,
        state=OutgoingMessage.State.SENT,
    ).order_by("-sent_at")  # fmt: skip
    visit = Appointment.objects.filter(pk=OuterRef("appointment_id"))
    people = Patient.objects.filter(pk=OuterRef("patient_id")).exclude(email="")
    waiting = (
        QuestionnaireRequest.objects.filter(
            form=QuestionnaireRequest.Form.INTAKE, state__in=_LIVE, expires_at__gt=now, signed_off_at=None
        )
        .annotate(
            mailed_at=Subquery(mails.values("sent_at")[:1]),
            visit_at=Subquery(visit.values("starts_at")[:1]),
            address=Subquery(people.values("email")[:1]),
        )
        .alias(key=key, since=Greatest("begun_at", "mailed_at"))
        .filter(
            Q(appointment_id=None) | Exists(visit.filter(state__in=Appointment.HOLDING)),
            ~Exists(OutgoingMessage.objects.filter(dedup_key=OuterRef("key"))),
            since__lte=now - AFTER,
            since__gt=now - AFTER - GRACE,
            address__isnull=False,
        )
        .filter(Q(visit_at=None) | Q(visit_at__gt=now + BEFORE_THE_VISIT))
        .order_by("since", "pk")
    )
    rows = waiting.values_list("pk", "patient_id", "appointment_id", "address", "visit_at")[:BATCH]
    return [Due(*row) for row in rows]


def _message(one: Due, now: datetime, zone: ZoneInfo) -> OutgoingMessage | None:
    """Return the message as it is planned; None when the next allowed hour comes too late for the visit."""
    at = quiet_hours.next_allowed(now, zone)
    last = quiet_hours.last_moment(at, GRACE.days, zone)
    if one.visit_at is not None:
        last = min(last, one.visit_at - BEFORE_THE_VISIT)
    if last <= at:
        return None
    return compose(
        kind=FOLLOW_UP, dedup_key=f"{_KEY}{one.request_id}", to_address=one.address, not_before=at, not_after=last,
        now=now, patient_id=one.patient_id, appointment_id=one.appointment_id, subject_id=one.request_id,
    )  # fmt: skip


def still_true(now: datetime) -> list[StillTrue]:
    """Return what must hold when the follow-up leaves; uses only columns the worker may read."""
    requests = QuestionnaireRequest.objects.filter(pk=OuterRef("subject_id"))
    people = Patient.objects.filter(pk=OuterRef("patient_id"))
    gone = Appointment.objects.filter(pk=OuterRef("appointment_id")).exclude(state__in=Appointment.HOLDING)
    return [
        StillTrue(Q(Exists(people.filter(deceased_on__isnull=True))), "the patient has died"),
        StillTrue(Q(Exists(requests.filter(state__in=_LIVE))), "the form is filled in already"),
        StillTrue(Q(Exists(requests.filter(expires_at__gt=now))), "the link has grown too old"),
        StillTrue(~Q(Exists(gone)), "the visit is no longer booked"),
        StillTrue(Q(Exists(people.filter(email=OuterRef("to_address")))), "the address was changed"),
        StillTrue(Q(Exists(people.exclude(desk_facts__contains=[Patient.DeskFact.NO_EMAIL]))), NO_EMAIL),
        StillTrue(~Q(Exists(opted_out())), OPTED_OUT),
    ]


def render(message: OutgoingMessage, now: datetime) -> Mail:
    """Write the mail from the state of this moment. Raises DoesNotExist when the form is gone."""
    request = (
        QuestionnaireRequest.objects.select_related("patient")
        .only("public_id", "version", "form", "state", "patient__given_name", "patient__address_as")
        .get(pk=message.subject_id or 0)
    )
    context: dict[str, Any] = {
        "greeting_name": request.patient.address_as or request.patient.given_name,
        "link": link_of(request),
        "begun": request.state == QuestionnaireRequest.State.BEGUN,
    }
    return write(FOLLOW_UP, practice=message.practice or Practice.objects.get(id=1), context=context)


KIND = Kind(code=FOLLOW_UP, title="Questions that wait", render=render, still_true=still_true)
