"""The patient page: whole for practitioners, the desk's part for the front desk."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.audit.services import open_record
from clinic.kernel import clock
from clinic.policy import policy
from clinic.staff.requests import StaffRequest
from patients.models import Patient
from sessions.desk import record
from sessions.desk.patient_page import PatientPage
from sessions.private_notes.querysets import private_text
from sessions.trends import answers_for


@policy("patient", "read")
@require_safe
def patient(request: StaffRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Show a patient. The look is traced before anything of the record is read."""
    now = clock.now()
    found = Patient.objects.filter(public_id=patient_id).values_list("pk", flat=True).first()
    if found is None:
        raise Http404
    whole = request.user.is_practitioner
    open_record(by=request.user, now=now, resource="record" if whole else "contact", patient_id=found)
    if whole:
        page = PatientPage(
            patient=record.for_practitioner(found, user=request.user, now=now),
            visits=record.visits_with_notes(found),
            now=now,
            whole=True,
            notes=record.notes_of(found),
            answers=answers_for(found),
        )
    else:
        page = PatientPage(
            patient=record.for_desk(found, user=request.user, now=now),
            visits=record.visits_of(found),
            now=now,
            whole=False,
        )
    context = {
        "page": page,
        "patient": page.patient,
        "here": "patients",
        "unsigned_count": page.patient.unsigned_count,  # type: ignore[attr-defined]
        "attention_count": getattr(page.patient, "attention_count", 0),
        "private": private_text(getattr(page.patient, "private", None)),
    }
    return render(request, "desk/patient.html", context)
