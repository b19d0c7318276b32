"""Who somebody is and how to reach them: registering, recognising, mending."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from clinic.audit import services as audit
from clinic.outbox.models import OutgoingMessage
from clinic.staff.models import User
from patients.models import Patient

#: What the front desk may mend; everything else of a record has a place of its own.
CONTACT_FIELDS = (
    "given_name",
    "family_name",
    "address_as",
    "birth_date",
    "email",
    "phone",
    "language",
    "interpreter",
    "emergency_contact",
    "physician",
    "representative",
    "desk_facts",
)

#: Called in the transaction that changed an e-mail address: the record as it stands, the old address, who and when.
#: Rooms above register it when their app is ready: what they sent to the old address is theirs to call back.
on_new_address: list[Callable[[Patient, str, User, datetime], None]] = []


class ChangedMeanwhile(Exception):
    """Somebody saved the record after it was opened here; ``now`` is the record as it stands."""

    def __init__(self, now: Patient) -> None:
        super().__init__("Somebody changed this record while you were typing.")
        self.now = now


@transaction.atomic
def register_patient(
    *,
    given_name: str,
    family_name: str,
    birth_date: date | None,
    email: str,
    phone: str,
    by: User,
    now: datetime,
    language: str = "en",
) -> Patient:
    """Store a new patient. Two people of one name and birth date are allowed: the desk is asked before, not here.

    Raises ValueError without a given name.
    """
    if not given_name:
        raise ValueError("A patient has a given name.")
    patient = Patient.objects.create(
        given_name=given_name,
        family_name=family_name,
        birth_date=birth_date,
        email=email,
        phone=phone,
        language=language,
        created_at=now,
    )
    audit.record(by=by, now=now, action="create", resource="patient", patient_id=patient.pk, object_id=patient.pk)
    return patient


def languages_of(messages: Sequence[OutgoingMessage]) -> dict[int, str]:
    """Return message id -> the language of the patient it goes to; what goes to somebody else is not named.

    One statement, in columns the worker may read.
    """
    ids = [message.patient_id for message in messages if message.patient_id]
    people = Patient.objects.filter(pk__in=ids).exclude(language="en").values_list("pk", "email", "language")
    theirs = {(pk, email): language for pk, email, language in people}
    found = {message.pk: theirs.get((message.patient_id or 0, message.to_address)) for message in messages}
    return {pk: language for pk, language in found.items() if language}


def same_person(*, given_name: str, family_name: str, birth_date: date | None) -> list[Patient]:
    """Return patients of the same name (case and accents aside) and birth date: perhaps the same person.

    Never by e-mail or phone: families share them.
    """
    if birth_date is None:
        return []
    return list(Patient.objects.named(given_name, family_name).filter(birth_date=birth_date).order_by("id")[:10])


@transaction.atomic
def amend_contact(*, patient: Patient, version: int, changes: Mapping[str, Any], by: User, now: datetime) -> Patient:
    """Change contact data of the record as it was seen in ``version``.

    ``changes`` names fields of CONTACT_FIELDS; equal values are no change. Mails and links to an address that is no
    longer this patient's are called back in the same transaction. Raises ChangedMeanwhile when the record has moved on,
    KeyError for a field that is not contact data.
    """
    unknown = set(changes) - set(CONTACT_FIELDS)
    if unknown:
        raise KeyError(f"{sorted(unknown)} are not contact data.")
    stands = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    if stands.version != version:
        raise ChangedMeanwhile(stands)
    differing = {name: value for name, value in changes.items() if getattr(stands, name) != value}
    if not differing:
        return stands
    old_address = stands.email
    for name, value in differing.items():
        setattr(stands, name, value)
    stands.version += 1
    stands.save(update_fields=[*differing, "version"])
    audit.record(by=by, now=now, action="amend", resource="patient", patient_id=stands.pk, object_id=stands.pk)
    if "email" in differing:
        for follow in on_new_address:
            follow(stands, old_address, by, now)
    return stands
