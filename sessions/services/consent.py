"""Consent that a practitioner has seen on paper."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from clinic.audit.services import record
from clinic.practice.models import ConsentText
from clinic.staff.models import User
from patients.models import Consent, Patient
from patients.services.record import Signature, agreement
from sessions.models import TreatmentSession
from sessions.querysets import TREATMENT


def record_paper_consent(*, note: TreatmentSession, by: User, now: datetime) -> Consent:
    """Put into the ledger that the patient's consent to treatment was seen on paper, signed, by ``by``.

    It names the text that is in force in the patient's language, else the newest there is. ``note`` comes with its
    patient.
    """
    patient = note.patient
    signature = Signature(patient.full_name[:200])
    consent = agreement(
        patient=patient, text=_text(patient), signature=signature, channel="paper", now=now, by_user_id=by.pk
    )
    with transaction.atomic():
        consent.save(force_insert=True)
        record(by=by, now=now, action="consent", resource="consent", patient_id=note.patient_id, object_id=consent.pk)
    return consent


def _text(patient: Patient) -> ConsentText:
    """The text that the paper stands for. A practice that has written none yet has version 0, without words."""
    texts = list(ConsentText.objects.filter(kind=TREATMENT).order_by("-version", "language"))
    theirs = [text for text in texts if text.language == patient.language]
    none_yet = ConsentText(kind=TREATMENT, version=0, language=patient.language, title="", body="")
    return next(iter(theirs or texts), none_yet)
