"""The mail that asks for a check-in, and what must hold when it leaves. It says nothing of health."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.kernel import clinic_words
from clinic.outbox.kinds import Kind, Mail, StillTrue
from clinic.outbox.letters import write
from clinic.outbox.models import OutgoingMessage
from clinic.practice.models import Practice
from patients.contact.querysets import has_stopped
from patients.contact.services import Group, Purpose, Wanted, tokens_for
from patients.intake.models import QuestionnaireRequest
from patients.intake.services.requests import token_of
from patients.models import Consent, Patient
from patients.querysets import PatientQuerySet
from sessions.appointments.models import Appointment
from sessions.calls.kinds import NO_EMAIL, OPTED_OUT
from sessions.reminders.asking import CHECK_IN, WITH_QUESTIONS
from sessions.reminders.leads import EVERY, reminded_soon


def still_true(now: datetime) -> list[StillTrue]:
    """Return what must hold when a check-in leaves; uses only columns the worker may read."""
    running = Appointment.objects.filter(pk=OuterRef("appointment_id"), course__state="active")
    soon = reminded_soon(Appointment.objects.filter(patient_id=OuterRef("patient_id")), now)
    return [
        *still_asked(now, StillTrue(Q(Exists(running)), "the course has ended")),
        StillTrue(~Q(Exists(soon)), "the reminder of the next visit asks"),
        StillTrue(~Q(Exists(asked_lately(now))), "a check-in went out less than six days ago"),
    ]


def still_asked(now: datetime, of_the_course: StillTrue) -> list[StillTrue]:
    """Return what must hold when questions leave in a mail of their own, besides what its course must be like."""
    requests = QuestionnaireRequest.objects.filter(pk=OuterRef("subject_id"))
    live = requests.filter(state__in=(QuestionnaireRequest.State.OPEN, QuestionnaireRequest.State.BEGUN))
    people = Patient.objects.filter(pk=OuterRef("patient_id"))
    theirs = Appointment.objects.filter(patient_id=OuterRef("patient_id"))
    came = theirs.filter(
        starts_at__gt=OuterRef("created_at"), starts_at__lte=now, state__in=("arrived", "in-treatment", "completed")
    )
    return [
        StillTrue(Q(Exists(people.filter(deceased_on__isnull=True))), "the patient has died"),
        of_the_course,
        StillTrue(Q(Exists(live)), "answered already, or a newer one took its place"),
        StillTrue(Q(Exists(requests.filter(expires_at__gt=now))), "the link has grown too old"),
        StillTrue(Q(Exists(people.filter(email=OuterRef("to_address")))), "the address was changed"),
        StillTrue(Q(Exists(people.exclude(desk_facts__contains=[Patient.DeskFact.NO_EMAIL]))), NO_EMAIL),
        StillTrue(~Q(Exists(opted_out())), OPTED_OUT),
        StillTrue(~has_stopped(Group.CHECK_INS), "wants no questions by e-mail"),
        StillTrue(~Q(Exists(came)), "the next visit came first"),
    ]


def asked_lately(now: datetime, patient_ref: str = "patient_id") -> QuerySet[OutgoingMessage]:
    """Return mails with questions that went to the patient of a row within six days, to ask by Exists."""
    return OutgoingMessage.objects.filter(
        kind__in=WITH_QUESTIONS, subject_id__isnull=False, patient_id=OuterRef(patient_ref),
        state=OutgoingMessage.State.SENT, sent_at__gt=now - EVERY,
    )  # fmt: skip


def opted_out() -> PatientQuerySet:
    """Return the message's patient when their newest word on reminders by e-mail is no, to ask by Exists."""
    words = Consent.objects.filter(patient_id=OuterRef("pk"), kind="email").order_by("-given_at", "-id")
    people = Patient.objects.filter(pk=OuterRef("patient_id"))
    return people.alias(word=Subquery(words.values("state")[:1])).filter(word=Consent.State.INACTIVE)


@dataclass(frozen=True)
class Facts:
    """What one mail needs: whose form, who reads it when, the token that chooses which mails come."""

    request: QuestionnaireRequest
    reader: str
    next_visit: Appointment | None
    mails_token: str = ""


def gather(messages: Sequence[OutgoingMessage], now: datetime) -> dict[int, object]:
    """Read the forms, visits and links of a whole batch, in five statements and with the worker's rights."""
    requests = (
        QuestionnaireRequest.objects.select_related("patient")
        .only("public_id", "version", "form", "patient", "patient__given_name", "patient__address_as")
        .in_bulk([message.subject_id for message in messages if message.subject_id])
    )
    visits = Appointment.objects.select_related("practitioner").only(
        "patient_id", "starts_at", "practitioner", "practitioner__display_name"
    )
    held = visits.in_bulk([message.appointment_id for message in messages if message.appointment_id])
    coming: dict[int, Appointment] = {}
    patients = [message.patient_id for message in messages if message.patient_id]
    ahead = visits.filter(patient_id__in=patients, starts_at__gt=now, state__in=("booked", "confirmed"))
    for next_one in ahead.order_by("starts_at", "id"):
        coming.setdefault(next_one.patient_id, next_one)
    wanted = {m.pk: Wanted(m.patient_id or 0, Purpose.PREFERENCES, m.to_address) for m in messages if m.patient_id}
    tokens = tokens_for(wanted.values(), now)
    facts: dict[int, object] = {}
    for message in messages:
        request, visit = requests.get(message.subject_id or 0), held.get(message.appointment_id or 0)
        if request is not None and visit is not None:
            next_visit = coming.get(message.patient_id or 0)
            reader = (next_visit or visit).practitioner.display_name
            facts[message.pk] = Facts(request, reader, next_visit, tokens.get(wanted[message.pk], ""))
    return facts


def render(message: OutgoingMessage, now: datetime) -> Mail:
    """Write the mail from the state of this moment. Raises LookupError when its form is gone."""
    return written(CHECK_IN, message, now, _read_when)


def written(kind: str, message: OutgoingMessage, now: datetime, read_when: Callable[[Facts], str]) -> Mail:
    """Write a mail that brings questions, with the words of its kind. Raises LookupError when its form is gone."""
    facts = message.gathered if isinstance(message.gathered, Facts) else gather([message], now).get(message.pk)
    if not isinstance(facts, Facts):
        raise LookupError(f"Message {message.pk} speaks of a form that is not there.")
    patient = facts.request.patient
    to_mails = settings.BASE_URL + reverse("own_page:open", args=[facts.mails_token]) if facts.mails_token else ""
    return write(
        kind,
        practice=message.practice or Practice.objects.get(id=1),
        context={
            "greeting_name": patient.address_as or patient.given_name,
            "link": settings.BASE_URL + reverse("intake:check_in_begin", args=[token_of(facts.request)]),
            "reader": facts.reader,
            "read_when": read_when(facts),
            "mails_link": to_mails,
        },
        headers=unsubscribing(to_mails),
    )


def unsubscribing(link: str) -> dict[str, str]:
    """Return the headers by which a mail program stops such mails with one click (RFC 8058); none without a link."""
    if not link:
        return {}
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _read_when(facts: Facts) -> str:
    reader, visit = facts.reader, facts.next_visit
    if visit is None:
        said = _("{reader} reads it before you come next time, not sooner. You can change it until you come.")
        return said.format(reader=reader)
    said = _("{reader} reads it before you come on {day}, not sooner. You can change it until you come.")
    return said.format(reader=reader, day=clinic_words.day_long(visit.starts_at))


KIND = Kind(code=CHECK_IN, title="Check-in between sessions", render=render, still_true=still_true, gather=gather)
