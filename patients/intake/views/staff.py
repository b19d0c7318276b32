"""What practitioners read of an intake, confirm, and set right beside it."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from clinic.audit import services as audit
from clinic.kernel import clock, words
from clinic.policy import policy
from clinic.staff.requests import StaffRequest
from patients.intake import services
from patients.intake.forms.correction import CorrectionForm
from patients.intake.models import QuestionnaireRequest
from patients.intake.reading import PARTS, reading_for
from patients.intake.services import reviewing
from patients.models import Patient


@policy("intake-answers", "read")
@require_safe
def reading(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show an intake of a patient, the newest or the one that ``?sent=`` names. The look leaves a trace."""
    patient = get_object_or_404(Patient, public_id=public_id)
    return _page(request, patient, CorrectionForm(parts=PARTS))


@policy("intake-answers", "sign-off")
@require_POST
def confirm(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Keep that the answers were gone through in person; the link ends with it."""
    if services.sign_off(request=_asked(request, public_id), by=request.user, now=clock.now()):
        words.say(request, "Read and confirmed, with your name and the time. The link has ended.")
    else:
        words.say(request, "Somebody had confirmed it before you.")
    return redirect("intake:reading", public_id)


@policy("intake-answers", "review")
@require_POST
def read(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Keep who read it, and when."""
    if reviewing.mark_read(request=_asked(request, public_id), by=request.user, now=clock.now()):
        words.say(request, "Marked as read, with your name and the time.")
    else:
        words.say(request, "Somebody had marked it as read before you.")
    return redirect("intake:reading", public_id)


@policy("intake-answers", "correct")
@require_POST
def correct(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Keep a dated correction beside what was sent."""
    asked = _asked(request, public_id)
    form = CorrectionForm(request.POST, parts=PARTS)
    if not form.is_valid():
        return _page(request, asked.patient, form, sent=asked.public_id)
    said = form.cleaned_data
    kept = reviewing.correct(
        request=asked, field=said["field"], words=said["words"], form_token=said["form_token"], by=request.user,
        now=clock.now(),
    )  # fmt: skip
    words.say(request, "The correction stands beside the answer." if kept else "Nothing was sent yet to correct.")
    return redirect(f"{reverse('intake:reading', args=[public_id])}?sent={asked.public_id}")


def _page(request: StaffRequest, patient: Patient, form: CorrectionForm, sent: uuid.UUID | None = None) -> HttpResponse:
    now = clock.now()
    audit.open_record(by=request.user, now=now, resource="intake-answers", patient_id=patient.pk)
    named = sent or (_uuid(request.GET["sent"]) if "sent" in request.GET else None)
    today = timezone.localdate(now)
    intake = reading_for(patient.pk, today=today, user=request.user, sent=named)
    context = {"patient": patient, "intake": intake, "today": today, "form": form, "here": "patients"}
    return render(request, "intake/reading.html", context)


def _asked(request: StaffRequest, public_id: uuid.UUID) -> QuestionnaireRequest:
    return get_object_or_404(
        QuestionnaireRequest.objects.select_related("patient"),
        patient__public_id=public_id,
        form=QuestionnaireRequest.Form.INTAKE,
        public_id=_uuid(request.POST.get("request", "")),
    )


def _uuid(text: str) -> uuid.UUID:
    """Return the id a form names; one that names nothing when it was tampered with."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)
