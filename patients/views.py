"""Mending contact data."""

from __future__ import annotations

import uuid

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from clinic.audit.services import open_record
from clinic.kernel import clock
from clinic.kernel.words import say
from clinic.policy import policy
from clinic.staff.requests import StaffRequest
from patients.forms import ContactForm
from patients.models import Patient
from patients.services.registration import ChangedMeanwhile, amend_contact


@require_http_methods(["GET", "HEAD", "POST"])
@policy("patient", "edit-contact")
def edit(request: StaffRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Change contact data. What somebody else saved meanwhile is shown beside what was typed, never overwritten."""
    now = clock.now()
    patient = get_object_or_404(Patient, public_id=patient_id)
    open_record(by=request.user, now=now, resource="contact", patient_id=patient.pk)
    form = ContactForm(request.POST or None, patient=patient, country=request.practice.country)
    if request.method != "POST":
        return _page(request, form, patient)
    if not form.is_valid():
        return _page(request, form, patient, status=400)
    try:
        amended = amend_contact(
            patient=patient, version=form.cleaned_data["version"], changes=form.changes, by=request.user, now=now
        )
    except ChangedMeanwhile as changed:
        return _page(request, _seen_anew(form, changed.now), changed.now, meanwhile=_differing(form, changed.now))
    say(request, _told(patient, amended))
    return redirect(reverse("desk:patient", args=[amended.public_id]))


def _told(before: Patient, after: Patient) -> str:
    if after.version == before.version:
        return "Nothing was changed."
    if before.email and before.email != after.email:
        return f"Saved. Mails that wait for {before.email} do not go out, and links sent there do not open any more."
    return "Saved."


def _seen_anew(form: ContactForm, stands: Patient) -> ContactForm:
    """Return the form as typed, but knowing the record as it stands now: the next sending is an answer to it."""
    data = QueryDict(mutable=True)
    data.update(form.data)
    data["version"] = str(stands.version)
    return ContactForm(data, patient=stands)


def _differing(form: ContactForm, stands: Patient) -> list[tuple[str, str]]:
    """Return label and present value of each field that reads differently from what was typed."""
    said = []
    for name, typed in form.changes.items():
        value = getattr(stands, name)
        if value != typed:
            words = ", ".join(value) if isinstance(value, list) else str(value or "empty")
            said.append((str(form.fields[name].label), words))
    return said


def _page(
    request: StaffRequest, form: ContactForm, patient: Patient, *, meanwhile: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {"form": form, "patient": patient, "meanwhile": meanwhile}
    return render(request, "patients/contact.html", context, status=409 if meanwhile is not None else status)
