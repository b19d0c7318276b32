"""A patient's e-mail address was changed: what went to the old one, or waits to go there, follows to the new one."""

from __future__ import annotations

from datetime import datetime

from clinic.kernel.links import hash_token
from clinic.outbox.models import OutgoingMessage
from clinic.staff.models import User
from patients.intake.models import QuestionnaireRequest
from patients.intake.querysets import CARRY_THE_LINK
from patients.intake.services.requests import send_link, token_of
from patients.models import Patient

OTHER_ADDRESS = "the address was changed"
_LIVE = (QuestionnaireRequest.State.OPEN, QuestionnaireRequest.State.BEGUN)


def follow_address(patient: Patient, old: str, by: User, now: datetime) -> None:
    """Make links that went to ``old`` stale; waiting mails go to the new address, an open intake with them.

    ``patient`` is the record as it stands. Call it in the transaction that changed the address; what was typed in a
    form stays.
    """
    live = list(QuestionnaireRequest.objects.select_for_update(no_key=True).filter(patient=patient, state__in=_LIVE))
    if old:
        for request in live:
            request.version += 1
            request.token_hash = hash_token(token_of(request))
        QuestionnaireRequest.objects.bulk_update(live, ["version", "token_hash"])
        waiting = OutgoingMessage.objects.filter(
            patient_id=patient.pk, to_address=old, state=OutgoingMessage.State.QUEUED
        )
        if patient.email:
            # Written and linked when they leave, so the same rows go to the new address.
            waiting.update(to_address=patient.email)
        else:
            waiting.update(state=OutgoingMessage.State.CANCELLED, reason=OTHER_ADDRESS)
    carried = OutgoingMessage.objects.filter(
        patient_id=patient.pk, kind__in=CARRY_THE_LINK, state=OutgoingMessage.State.QUEUED, subject_id__isnull=False
    )
    is_open = any(one.form == QuestionnaireRequest.Form.INTAKE and one.expires_at > now for one in live)
    if is_open and not carried.exists() and patient.email and Patient.DeskFact.NO_EMAIL not in patient.desk_facts:
        send_link(patient=patient, by=by, now=now)
