"""A form that was filled in on paper: a practitioner copies it, under their own name."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from clinic.audit import services as audit
from clinic.staff.models import User
from patients.intake.models import QuestionnaireRequest
from patients.intake.services.requests import begin, issue_request
from patients.models import Patient


def begin_entering(*, patient: Patient, by: User, now: datetime) -> QuestionnaireRequest:
    """Return the patient's intake, begun, with ``by`` as the one who copies it from paper.

    What the patient typed already stays and can be completed; what is saved from here on carries the name.
    """
    with transaction.atomic():
        request = issue_request(patient=patient, appointment_id=None, by=by, now=now)
        begin(request=request, now=now)
        QuestionnaireRequest.objects.filter(pk=request.pk).update(entered_by_id=by.pk)
        audit.record(
            by=by, now=now, action="begin-entering", resource="intake", patient_id=patient.pk, object_id=request.pk
        )
    request.entered_by_id = by.pk
    return request
