"""The private note of a patient: the newest text to go on with, the versions before it."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from clinic.audit.services import open_record
from clinic.kernel import clock
from clinic.kernel.words import say
from clinic.policy import policy
from clinic.staff.requests import StaffRequest
from patients.models import Patient
from sessions.private_notes.forms import PrivateNoteForm
from sessions.private_notes.models import PrivateNote
from sessions.private_notes.querysets import versions_of
from sessions.private_notes.services import SomebodyWrote, write


@require_http_methods(["GET", "HEAD", "POST"])
@policy("private-note", "write")
def private_note(request: StaffRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Read and go on with the note between practitioners. The look is traced before it is read."""
    now = clock.now()
    patient = get_object_or_404(Patient, public_id=patient_id)
    open_record(by=request.user, now=now, resource="private-note", patient_id=patient.pk)
    if request.method != "POST":
        versions = list(versions_of(patient.pk))
        return _page(request, patient, _form_of(versions), versions)
    form = PrivateNoteForm(request.POST)
    if not form.is_valid():
        return _page(request, patient, form, list(versions_of(patient.pk)), status=422)
    said = form.cleaned_data
    try:
        write(
            patient=patient, text=said["text"], seen=said["seen"], form_token=said["form_token"], by=request.user,
            now=now,
        )  # fmt: skip
    except SomebodyWrote as clash:
        data = request.POST.copy()
        data["seen"], data["form_token"] = str(clash.theirs.version), str(uuid.uuid4())
        form = PrivateNoteForm(data)
        form.is_valid()
        form.add_error("text", str(clash))
        return _page(request, patient, form, list(versions_of(patient.pk)), status=409)
    say(request, "The private note is kept.")
    return redirect("desk:patient", patient.public_id)


def _form_of(versions: list[PrivateNote]) -> PrivateNoteForm:
    newest = versions[0] if versions else None
    return PrivateNoteForm(initial={"seen": newest.version if newest else 0, "text": newest.text if newest else ""})


def _page(
    request: StaffRequest, patient: Patient, form: PrivateNoteForm, versions: list[PrivateNote], status: int = 200
) -> HttpResponse:
    context = {"here": "patients", "patient": patient, "form": form, "versions": versions}
    return render(request, "private_notes/note.html", context, status=status)
