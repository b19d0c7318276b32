"""The mail before a visit: when, where, until when it is free to change, and the check-in when its time has come.

It says nothing of health. A check-in that was answered meanwhile, or that its patient stopped, is left out of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import CharField, Exists, OuterRef, Q, TextField, Value
from django.db.models.functions import Cast, Concat

from clinic.outbox.kinds import Kind, Mail, StillTrue
from clinic.outbox.letters import write
from clinic.outbox.models import OutgoingMessage
from clinic.practice.models import Practice
from patients.contact.querysets import has_stopped
from patients.contact.services import Group
from patients.intake.models import QuestionnaireRequest
from patients.intake.services.requests import token_of
from patients.models import Patient
from sessions.appointments import mails
from sessions.appointments.models import Appointment
from sessions.appointments.told import at_checkpoint
from sessions.calls.kinds import NO_EMAIL, OPTED_OUT, CallKind
from sessions.reminders.asking import LAST_REMINDER
from sessions.reminders.check_in_mail import opted_out


def still_true(now: datetime) -> list[StillTrue]:
    """Return what must hold when the reminder leaves; uses only columns the worker may read."""
    visits = Appointment.objects.filter(pk=OuterRef("appointment_id"))
    key = Concat(
        Value("last-reminder:mail:visit="), Cast("pk", TextField()), Value(":seq="), Cast("sequence", TextField()),
        output_field=CharField(),
    )  # fmt: skip
    people = Patient.objects.filter(pk=OuterRef("patient_id"))
    return [
        StillTrue(Q(Exists(people.filter(deceased_on__isnull=True))), "the patient has died"),
        StillTrue(Q(Exists(visits.filter(state__in=("booked", "confirmed")))), "the visit is no longer ahead"),
        StillTrue(Q(Exists(visits.alias(key=key).filter(key=OuterRef("dedup_key")))), "the visit was moved"),
        StillTrue(Q(Exists(people.filter(email=OuterRef("to_address")))), "the address was changed"),
        StillTrue(Q(Exists(people.exclude(desk_facts__contains=[Patient.DeskFact.NO_EMAIL]))), NO_EMAIL),
        StillTrue(~Q(Exists(opted_out())), OPTED_OUT),
    ]


@dataclass(frozen=True)
class Facts:
    """What one mail needs: the visit with its links, and the check-in that rides on it, if any.

    ``ten_questions``: a checkpoint is due at the visit, and its questions take the check-in's place.
    """

    visit: mails.Facts
    request: QuestionnaireRequest | None
    ten_questions: bool = False


def gather(messages: Sequence[OutgoingMessage], now: datetime) -> dict[int, object]:
    """Read the visits, links and check-ins of a whole batch, in six statements and with the worker's rights."""
    live = (QuestionnaireRequest.State.OPEN, QuestionnaireRequest.State.BEGUN)
    asked = (
        QuestionnaireRequest.objects.filter(~has_stopped(Group.CHECK_INS), state__in=live, expires_at__gt=now)
        .only("public_id", "version", "form")
        .in_bulk([message.subject_id for message in messages if message.subject_id])
    )
    subjects = {message.pk: message.subject_id or 0 for message in messages}
    due = at_checkpoint([message.appointment_id or 0 for message in messages if message.subject_id in asked])
    visits = {message.pk: message.appointment_id for message in messages}
    return {
        pk: Facts(visit, asked.get(subjects[pk]), ten_questions=visits[pk] in due)
        for pk, visit in mails.gather(messages, now).items()
        if isinstance(visit, mails.Facts)
    }


def render(message: OutgoingMessage, now: datetime) -> Mail:
    """Write the mail from the state of this moment. Raises LookupError when the visit is gone."""
    facts = message.gathered if isinstance(message.gathered, Facts) else gather([message], now).get(message.pk)
    if not isinstance(facts, Facts):
        raise LookupError(f"Message {message.pk} speaks of a visit that is not there.")
    practice = message.practice or Practice.objects.get(id=1)
    to_check_in = mails.address_of("intake:check_in_begin", token_of(facts.request) if facts.request else "")
    return write(
        LAST_REMINDER,
        practice=practice,
        context=mails.words_of(practice, facts.visit.visit, now)
        | {
            "link": to_check_in,
            "ten_questions": facts.ten_questions,
            "visit_link": mails.address_of("own_page:open", facts.visit.visit_token),
            "page_link": mails.address_of("own_page:open", facts.visit.page_token),
        },
    )


KIND = Kind(code=LAST_REMINDER, title="Last reminder", render=render, still_true=still_true, gather=gather)
CALL = CallKind(code=LAST_REMINDER, words="Confirm {visit}", lasts=timedelta(days=14), before_visit=True)
