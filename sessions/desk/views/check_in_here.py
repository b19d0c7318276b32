"""The check-in at the arrival: as a code for the patient's phone, or on a device of the clinic."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from clinic.audit.services import open_record
from clinic.kernel import clock, qr_code
from clinic.kernel.words import say
from clinic.policy import policy
from clinic.staff.requests import StaffRequest
from patients.intake import services
from patients.intake.models import QuestionnaireRequest
from patients.intake.services.arriving import NoWords, ask_at_arrival
from patients.intake.services.requests import token_of
from patients.intake.views.tablet import hand_over
from sessions.appointments.models import Appointment

_HERE = (Appointment.State.ARRIVED, Appointment.State.IN_TREATMENT)


@require_http_methods(["GET", "HEAD", "POST"])
@policy("intake-status", "send")
def check_in_here(request: StaffRequest, visit_id: uuid.UUID) -> HttpResponse:
    """Show the check-in of a visit as a code to scan. A POST makes its link, or opens it on this device.

    The desk sees whether it was sent, and none of its answers.
    """
    visit = get_object_or_404(Appointment.objects.select_related("patient"), public_id=visit_id)
    now = clock.now()
    if request.method == "POST":
        return _opened(request, visit, now)
    open_record(by=request.user, now=now, resource="intake-status", patient_id=visit.patient_id)
    asked = QuestionnaireRequest.objects.filter(form="check-in", appointment_id=visit.pk, before_visit=True).first()
    link = _link(asked, visit, now)
    context = {
        "visit": visit,
        "patient": visit.patient,
        "asked": asked,
        "is_here": visit.state in _HERE,
        "link": link,
        "code": qr_code.drawn(link) if link else "",
        "here": "patients",
    }
    return render(request, "desk/check_in_here.html", context)


def _opened(request: StaffRequest, visit: Appointment, now: datetime) -> HttpResponse:
    page = redirect("desk:check_in_here", visit.public_id)
    if visit.state not in _HERE:
        say(request, "Mark the patient as here first: the questions end with the visit.")
        return page
    try:
        asked = ask_at_arrival(patient=visit.patient, appointment_id=visit.pk, by=request.user, now=now)
    except NoWords:
        say(request, "There are no questions in this patient's language: please ask with an interpreter.")
        return page
    if "tablet" not in request.POST or asked.state == QuestionnaireRequest.State.SUBMITTED:
        return page
    services.begin(request=asked, now=now)
    return hand_over(request, asked, place="intake:check_in", now=now)


def _link(asked: QuestionnaireRequest | None, visit: Appointment, now: datetime) -> str:
    """Return the link while it opens something: made since the arrival, and not sent back yet."""
    live = (QuestionnaireRequest.State.OPEN, QuestionnaireRequest.State.BEGUN)
    if asked is None or asked.state not in live or asked.expires_at <= now:
        return ""
    if visit.arrived_at is None or asked.issued_at < visit.arrived_at:
        return ""
    return settings.BASE_URL + reverse("intake:check_in_begin", args=[token_of(asked)])
