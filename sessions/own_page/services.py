"""A link to the own page goes out: staff send it, or a patient whose link has ended asks for a new one."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from clinic.audit import services as audit
from clinic.audit.services import Actor
from clinic.kernel.links import hash_token
from clinic.outbox import services as outbox
from clinic.outbox.models import OutgoingMessage
from patients.contact import querysets as contact
from patients.contact.models import PatientLink
from patients.contact.services import Wanted, token_of, tokens_for
from patients.models import Patient
from sessions.own_page.entry import lasts
from sessions.own_page.mails import OWN_PAGE

MAIL_KEEPS = timedelta(hours=24)


def send_own_page(*, patient: Patient, by: Actor | None, now: datetime) -> OutgoingMessage | None:
    """Plan a mail with the link to the own page, at once; one an hour at most. None when there is no address.

    Somebody asked for it, so it goes also to who wants no other mail.
    """
    if not patient.email or patient.deceased_on:
        return None
    with transaction.atomic():
        audit.record(
            by=by, now=now, action="send", resource="own-page", patient_id=patient.pk, acting_as="" if by else "link"
        )
        return outbox.enqueue(
            kind=OWN_PAGE,
            dedup_key=f"{OWN_PAGE}:mail:patient={patient.pk}:{now:%Y%m%d%H}",
            to_address=patient.email,
            not_before=now,
            not_after=now + MAIL_KEEPS,
            now=now,
            patient_id=patient.pk,
            priority=1,
        )


def ask_for_new_link(*, token: str, now: datetime) -> None:
    """Send a link to the own page to the address on file, when ``token`` was ours and its patient is in our care.

    It says nothing about what it found: the page that asks answers the same to everybody.
    """
    link = PatientLink.objects.filter(token_hash=hash_token(token)).select_related("patient").first()
    if link is None:
        return
    whose = PatientLink(patient=link.patient, purpose=PatientLink.Purpose.OWN_PAGE, made_at=link.made_at)
    if lasts(whose, now):
        send_own_page(patient=link.patient, by=None, now=now)


def open_link_of(patient: Patient, now: datetime) -> str:
    """Return the address of the link that opens the own page now, "" when there is none. Nothing is changed."""
    link = contact.own_page_of(patient)
    return settings.BASE_URL + reverse("own_page:open", args=[token_of(link)]) if link and lasts(link, now) else ""


@transaction.atomic
def make_link(*, patient: Patient, by: Actor, now: datetime) -> None:
    """Have a link to the own page that staff can show, also to somebody without e-mail.

    The one that stands stays, so that what a patient has kept goes on opening.
    """
    tokens_for([Wanted(patient.pk, PatientLink.Purpose.OWN_PAGE, patient.email)], now)
    audit.record(by=by, now=now, action="show", resource="own-page", patient_id=patient.pk)
