"""The link to the intake on paper or on the screen, for patients without e-mail."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from clinic.audit.services import open_record
from clinic.kernel import clock, links, qr_code
from clinic.kernel.words import say
from clinic.policy import policy
from clinic.staff.requests import StaffRequest
from patients.intake.models import QuestionnaireRequest
from patients.intake.querysets import alive
from patients.intake.services import issue_request, send_link
from patients.models import Patient


@require_http_methods(["GET", "HEAD", "POST"])
@policy("intake-status", "send")
def intake_link(request: StaffRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Show the link as a code to scan and as a line to print. A POST makes a link, or sends it by mail.

    The token is made from its row whenever it is shown, so that showing it changes nothing.
    """
    patient = get_object_or_404(Patient, public_id=patient_id)
    now = clock.now()
    if request.method == "POST":
        if "mail" in request.POST:
            sent = send_link(patient=patient, by=request.user, now=now)
            say(request, "The link goes out now." if sent else "There is no e-mail address to send it to.")
        else:
            issue_request(patient=patient, appointment_id=None, by=request.user, now=now)
        return redirect("desk:intake_link", patient.public_id)
    open_record(by=request.user, now=now, resource="intake-status", patient_id=patient.pk)
    newest = QuestionnaireRequest.objects.filter(patient=patient, form=QuestionnaireRequest.Form.INTAKE)
    found = newest.order_by("-issued_at", "-id").first()
    link = _link(found) if found is not None and alive(found, now) else ""
    context = {
        "patient": patient,
        "form": found,
        "link": link,
        "code": qr_code.drawn(link) if link else "",
        "here": "patients",
    }
    return render(request, "desk/intake_link.html", context)


def _link(request: QuestionnaireRequest) -> str:
    token = links.make_token(purpose="intake", public_id=request.public_id, version=request.version)
    return settings.BASE_URL + reverse("intake:begin", args=[token])
