"""The patient chooses the language they are spoken to in."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from clinic.audit import services as audit
from patients.intake.models import QuestionnaireRequest
from patients.models import Patient


def choose_language(*, request: QuestionnaireRequest, language: str, now: datetime) -> bool:
    """Keep the language for the patient, and for this form unless it was begun: one form is in one language.

    Returns False when nothing changes.
    """
    forms = QuestionnaireRequest.objects.filter(pk=request.pk, state=QuestionnaireRequest.State.OPEN)
    people = Patient.objects.filter(pk=request.patient_id).exclude(language=language)
    with transaction.atomic():
        changed = forms.exclude(language=language).update(language=language)
        changed += people.update(language=language, version=F("version") + 1)
        if changed:
            audit.record(
                by=None, now=now, action="choose-language", resource=request.form, patient_id=request.patient_id,
                object_id=request.pk, acting_as="link",
            )  # fmt: skip
    return bool(changed)
