"""Links are made and made anew, a birth date opens one on a new device, a patient says which mails are wanted."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import F

from clinic.audit import services as audit
from clinic.audit.services import Actor
from clinic.kernel.links import FORGOTTEN, hash_token, make_token
from patients.contact.models import ContactPreference, PatientLink
from patients.contact.querysets import BIRTH_DATE_TRIES
from patients.models import Patient

Purpose = PatientLink.Purpose
Group = ContactPreference.Group
#: A link that is sent again so long after it was made begins its time anew.
COUNTS_AS_NEW = timedelta(days=90)
GROUPS = frozenset(str(group) for group in Group)


@dataclass(frozen=True)
class Wanted:
    """A link that a mail is to carry, and the address the mail goes to."""

    patient_id: int
    purpose: str
    address: str
    subject_id: int = 0


class Wish(StrEnum):
    """What a patient wants to get: everything that is not stopped, the dates of visits, no mail at all."""

    ALL = "all"
    DATES = "dates"
    NOTHING = "nothing"


def token_of(link: PatientLink) -> str:
    """Return the token of a link. It is never stored: only a mail carries it."""
    return make_token(purpose=link.purpose, public_id=link.public_id, version=link.version)


def tokens_for(wanted: Iterable[Wanted], now: datetime) -> dict[Wanted, str]:
    """Return the token of each link that is wanted, made now where there is none: two statements for a whole batch.

    A link that went to another address, was locked by wrong birth dates, or was forgotten, is made anew: its older
    token opens nothing any more. One that was made long ago counts as made now, so that it does not end soon after it
    was sent. Runs with the worker's rights.
    """
    asked = {(one.patient_id, str(one.purpose), one.subject_id): one for one in wanted}
    if not asked:
        return {}
    PatientLink.objects.bulk_create([_link(one, now) for one in asked.values()], ignore_conflicts=True)
    kept = PatientLink.objects.filter(
        patient_id__in={key[0] for key in asked}, subject_id__in={key[2] for key in asked},
        purpose__in={key[1] for key in asked},
    )  # fmt: skip
    found: dict[Wanted, str] = {}
    for link in kept:
        one = asked.get((link.patient_id, link.purpose, link.subject_id))
        if one is not None:
            is_shut = link.birth_date_tries >= BIRTH_DATE_TRIES or link.token_hash.startswith(FORGOTTEN)
            if is_shut or link.sent_to != one.address:
                _make_anew(link, one.address, now)
            elif link.made_at <= now - COUNTS_AS_NEW:
                link.made_at = now
                link.save(update_fields=["made_at"])
            found[one] = token_of(link)
    return found


def _link(one: Wanted, now: datetime) -> PatientLink:
    link = PatientLink(
        public_id=uuid.uuid4(), patient_id=one.patient_id, purpose=one.purpose, subject_id=one.subject_id,
        sent_to=one.address, made_at=now,
    )  # fmt: skip
    link.token_hash = hash_token(token_of(link))
    return link


def _make_anew(link: PatientLink, address: str, now: datetime) -> None:
    link.version += 1
    link.token_hash = hash_token(token_of(link))
    link.sent_to, link.made_at, link.birth_date_tries = address, now, 0
    link.save(update_fields=["version", "token_hash", "sent_to", "made_at", "birth_date_tries"])


def confirm_birth_date(*, link: PatientLink, birth_date: date, now: datetime) -> bool:
    """Tell whether the birth date opens the link on this device. The fifth wrong one locks it until it is sent anew."""
    right = link.patient.was_born_on(birth_date)
    with transaction.atomic():
        # Counted before it is judged, so that tries at the same moment do not slip past the limit.
        may_try = PatientLink.objects.filter(pk=link.pk, birth_date_tries__lt=BIRTH_DATE_TRIES)
        if not may_try.update(birth_date_tries=F("birth_date_tries") + 1):
            return False
        if right:
            PatientLink.objects.filter(pk=link.pk).update(birth_date_tries=0)
        audit.record(
            by=None, now=now, action="confirm-birth-date", resource=link.purpose, patient_id=link.patient_id,
            object_id=link.pk, acting_as="link", result="ok" if right else "denied",
        )  # fmt: skip
    return right


def wish_of(patient: Patient) -> tuple[Wish, frozenset[str]]:
    """Return what a patient wants, and the groups that are stopped. One statement."""
    row = ContactPreference.objects.filter(patient=patient).first()
    stopped = frozenset(row.stopped if row else ())
    if Patient.DeskFact.NO_EMAIL in patient.desk_facts:
        return Wish.NOTHING, stopped
    return (Wish.DATES if stopped == GROUPS else Wish.ALL), stopped


@transaction.atomic
def choose_mails(
    *, patient: Patient, wish: Wish, stopped: Collection[str] = (), by: Actor | None, now: datetime
) -> None:
    """Keep which mails a patient wants; ``stopped`` counts with ``Wish.ALL``. Done twice it is done once.

    "No mail at all" is the fact the front desk sees, too, and each kind asks for it when it leaves. ``by`` is None
    when the patient says so by link. Raises ValueError for a group that does not exist.
    """
    unknown = set(stopped) - GROUPS
    if unknown:
        raise ValueError(f"{sorted(unknown)} are no groups of mails.")
    off = frozenset(stopped) if wish == Wish.ALL else GROUPS
    stands = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    row, made = ContactPreference.objects.get_or_create(patient=stands, defaults={"changed_at": now})
    facts = [fact for fact in stands.desk_facts if fact != Patient.DeskFact.NO_EMAIL]
    facts += [Patient.DeskFact.NO_EMAIL] if wish == Wish.NOTHING else []
    same_facts = sorted(facts) == sorted(stands.desk_facts)
    if not made and same_facts and frozenset(row.stopped) == off:
        return
    row.stopped, row.changed_at, row.by_id = sorted(off), now, by.pk if by else None
    row.save(update_fields=["stopped", "changed_at", "by_id"])
    if not same_facts:
        stands.desk_facts, stands.version = facts, stands.version + 1
        stands.save(update_fields=["desk_facts", "version"])
        patient.desk_facts, patient.version = stands.desk_facts, stands.version
    audit.record(
        by=by, now=now, action="choose-mails", resource="contact", patient_id=patient.pk, object_id=row.pk,
        acting_as="" if by else "link",
    )  # fmt: skip


def stop_extras(*, patient: Patient, by: Actor | None, now: datetime) -> None:
    """Stop check-ins and guidance with one click; the mails of visits go on, and "no mail at all" stays so."""
    if wish_of(patient)[0] != Wish.NOTHING:
        choose_mails(patient=patient, wish=Wish.DATES, by=by, now=now)
