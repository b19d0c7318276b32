"""Questions about links and wishes."""

from __future__ import annotations

import uuid

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from clinic.kernel.links import FORGOTTEN, hash_token
from patients.contact.models import ContactPreference, PatientLink
from patients.models import Patient

BIRTH_DATE_TRIES = 5


def _alive() -> QuerySet[PatientLink]:
    """Links that belong to the address on file of somebody who lives, with their patient."""
    return PatientLink.objects.filter(patient__email=F("sent_to"), patient__deceased_on=None).select_related("patient")


def of_token(token: str) -> PatientLink | None:
    """Return the link that a token opens, as far as the link itself says; its purpose may have ended."""
    return _alive().filter(token_hash=hash_token(token)).first()


def of_key(public_id: uuid.UUID, version: int) -> PatientLink | None:
    """Return the link that a browser has opened before; None once it was made anew or the address was changed."""
    return _alive().filter(public_id=public_id, version=version).first()


def own_page_of(patient: Patient) -> PatientLink | None:
    """Return the link to a patient's own page that may be shown, None when there is none or it was locked."""
    own = _alive().filter(patient=patient, purpose=PatientLink.Purpose.OWN_PAGE, subject_id=0)
    return own.filter(birth_date_tries__lt=BIRTH_DATE_TRIES).exclude(token_hash__startswith=FORGOTTEN).first()


def has_stopped(group: str, patient_ref: str = "patient_id") -> Q:
    """Return the condition that a patient has stopped a group of mails; ``patient_ref`` names the column of the id.

    For ``still_true`` of a kind: it reads only what the worker may read.
    """
    stopped = ContactPreference.objects.filter(patient_id=OuterRef(patient_ref), stopped__contains=[group])
    return Q(Exists(stopped))
