"""What staff do for a patient's own page: send its link or show it, print the card of all dates."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.audit.services import open_record
from clinic.kernel import clock, qr_code
from clinic.kernel.words import say
from clinic.policy import policy
from clinic.practice import languages
from clinic.staff.requests import StaffRequest
from patients.models import Patient
from sessions.own_page.card import card_of
from sessions.own_page.services import make_link, open_link_of, send_own_page


@policy("own-page", "send")
@require_POST
def send_link(request: StaffRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Send the link to the own page to the address on file."""
    patient = get_object_or_404(Patient, public_id=patient_id)
    sent = send_own_page(patient=patient, by=request.user, now=clock.now())
    say(request, "The link to the own page goes out now." if sent else "There is no e-mail address to send it to.")
    return redirect("desk:patient", patient.public_id)


@policy("own-page", "send")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: StaffRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Show the link to the own page as a code to scan and as a line to print. A POST makes it where there is none."""
    patient = get_object_or_404(Patient, public_id=patient_id)
    now = clock.now()
    if request.method == "POST":
        make_link(patient=patient, by=request.user, now=now)
        return redirect("own_page:staff_code", patient.public_id)
    open_record(by=request.user, now=now, resource="contact", patient_id=patient.pk)
    link = open_link_of(patient, now)
    context = {"patient": patient, "link": link, "code": qr_code.drawn(link) if link else "", "here": "patients"}
    return render(request, "own_page/code.html", context)


@policy("appointment", "calendar")
@require_safe
def card(request: StaffRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Show the card of all dates in large print, in the patient's language, ready to print."""
    patient = get_object_or_404(Patient, public_id=patient_id)
    now = clock.now()
    open_record(by=request.user, now=now, resource="contact", patient_id=patient.pk)
    languages.speak(request, patient.language)
    context = {"card": card_of(patient, request.practice, now), "back": patient.public_id}
    return render(request, "own_page/card.html", context)
