"""A practitioner asks for a questionnaire, shows its code, and reads what came back."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.audit import services as audit
from clinic.kernel import clock, qr_code
from clinic.kernel.words import say
from clinic.policy import policy
from clinic.staff.requests import StaffRequest
from patients.intake import presence, querysets
from patients.intake.asked_mail import link_of
from patients.intake.asking import needs_somebody
from patients.intake.forms.asked import AskForm
from patients.intake.models import QuestionnaireRequest
from patients.intake.reading_asked import reading_for
from patients.intake.services import asking as acts
from patients.intake.services import reviewing
from patients.intake.views.tablet import hand_over
from patients.models import Patient

PLACES = {
    acts.HERE: "On this device, now: it signs you out and shows the questions",
    acts.CODE: "By a code that the patient scans here",
    acts.MAIL: "By mail",
}


@policy("questionnaire", "ask")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask a patient for one or more questionnaires."""
    patient = get_object_or_404(Patient, public_id=public_id)
    now = clock.now()
    audit.open_record(by=request.user, now=now, resource="contact", patient_id=patient.pk)
    form = AskForm(request.POST or None, places=PLACES, initial={"where": acts.HERE})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            asked = acts.ask(
                patient=patient, instruments=said["instruments"], where=said["where"], presence=presence.look(now),
                by=request.user, now=now,
            )  # fmt: skip
        except acts.Refused as refused:
            form.add_error("where", str(refused))
        else:
            return _asked(request, patient, asked, said["where"], now)
    return render(request, "asked/ask.html", {"patient": patient, "form": form, "here": "patients"})


@policy("questionnaire", "ask")
@require_safe
def code(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show the questionnaire that waits as a code to scan and as a line to type."""
    patient = get_object_or_404(Patient, public_id=public_id)
    now = clock.now()
    audit.open_record(by=request.user, now=now, resource="contact", patient_id=patient.pk)
    asked = querysets.live_request(patient.pk, QuestionnaireRequest.Form.QUESTIONNAIRE).first()
    shown = asked is not None and querysets.alive(asked, now) and not needs_somebody(asked.instruments)
    link = link_of(asked) if asked is not None and shown else ""
    context = {"patient": patient, "link": link, "code": qr_code.drawn(link) if link else "", "here": "patients"}
    return render(request, "asked/code.html", context)


@policy("questionnaire", "read")
@require_safe
def reading(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show the newest questionnaire of a patient. The look leaves a trace."""
    now = clock.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    audit.open_record(by=request.user, now=now, resource="intake-answers", patient_id=patient.pk)
    context = {
        "patient": patient,
        "reading": reading_for(patient.pk, user=request.user),
        "today": timezone.localdate(now),
        "here": "patients",
    }
    return render(request, "asked/reading.html", context)


@policy("questionnaire", "review")
@require_POST
def read(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Keep who read it, and when."""
    asked = get_object_or_404(
        QuestionnaireRequest,
        patient__public_id=public_id,
        public_id=_uuid(request.POST.get("request", "")),
    )
    if reviewing.mark_read(request=asked, by=request.user, now=clock.now()):
        say(request, "Marked as read, with your name and the time.")
    else:
        say(request, "Somebody had marked it as read before you.")
    return redirect("intake:asked_reading", public_id)


def _asked(
    request: StaffRequest, patient: Patient, asked: QuestionnaireRequest | None, where: str, now: datetime
) -> HttpResponse:
    """Say what became of it, and go where it goes on."""
    if asked is None:
        say(request, "There are no words in this language: it stands under “To look at”, to ask with an interpreter.")
        return redirect("desk:patient", patient.public_id)
    if where == acts.HERE:
        return hand_over(request, asked, place="intake:asked", now=now)
    if where == acts.MAIL:
        say(request, "The link goes out now.")
        return redirect("desk:patient", patient.public_id)
    return redirect(reverse("intake:asked_code", args=[patient.public_id]))


def _uuid(text: str) -> uuid.UUID:
    """Return the id a form names; one that names nothing when it was tampered with."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)
