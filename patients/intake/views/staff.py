"""What practitioners read and confirm."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from clinic.audit import services as audit
from clinic.kernel import clock, words
from clinic.policy import policy
from clinic.staff.requests import StaffRequest
from patients.intake import services
from patients.intake.models import QuestionnaireRequest
from patients.intake.reading import reading_for
from patients.models import Patient


@policy("intake-answers", "read")
@require_safe
def reading(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show the newest intake of a patient, also one that is not finished. The look leaves a trace."""
    now = clock.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    audit.open_record(by=request.user, now=now, resource="intake-answers", patient_id=patient.pk)
    intake = reading_for(patient.pk, today=timezone.localdate(now))
    return render(
        request, "intake/reading.html", {"patient": patient, "intake": intake, "today": timezone.localdate(now)}
    )


@policy("intake-answers", "sign-off")
@require_POST
def confirm(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Keep that the answers were gone through in person; the link ends with it."""
    asked = get_object_or_404(
        QuestionnaireRequest.objects.select_related("patient"),
        patient__public_id=public_id,
        public_id=_uuid(request.POST.get("request", "")),
    )
    if services.sign_off(request=asked, by=request.user, now=clock.now()):
        words.say(request, "Read and confirmed, with your name and the time. The link has ended.")
    else:
        words.say(request, "Somebody had confirmed it before you.")
    return redirect("intake:reading", public_id)


def _uuid(text: str) -> uuid.UUID:
    """Return the id a form names; one that names nothing when it was tampered with."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)
