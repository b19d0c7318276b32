"""A device of the clinic in the hand of a patient: it shows one form, and nothing else of the house.

Opening a form here signs the staff out of this browser. What stays is a cookie limited to /i/ that opens that form for
ten quiet minutes (docs/adr: the tablet).
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from clinic.kernel import clock
from clinic.policy import policy
from clinic.staff.requests import StaffRequest
from patients.intake import key, services
from patients.intake.models import QuestionnaireRequest
from patients.models import Patient


@policy("intake-status", "send")
@require_POST
def open_here(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Open a patient's intake on this device, for the patient to fill in."""
    patient = get_object_or_404(Patient, public_id=public_id)
    now = clock.now()
    asked = services.open_in_clinic(patient=patient, by=request.user, now=now)
    return hand_over(request, asked, place="intake:resume", now=now, first=asked.draft.step)


def hand_over(
    request: HttpRequest, asked: QuestionnaireRequest, *, place: str, now: datetime, first: int = 0
) -> HttpResponse:
    """Return the way to the form ``asked`` (begun already) at the page named ``place``, and sign the staff out.

    From here on this browser opens that form alone, until it is sent, given back, or rests for ten minutes. It shows
    nothing that was answered before elsewhere, and no page before ``first``: the front desk never reads answers.
    """
    logout(request)
    response = redirect(place)
    response.headers["Clear-Site-Data"] = '"cache"'
    mine = key.Key(asked.public_id, asked.version, known=True, used_at=now, tablet=True, first=first, handed_at=now)
    return key.give(response, mine, now)


@policy.link("a page that shows nothing of anybody")
@require_safe
def rest(request: HttpRequest) -> HttpResponse:
    """Show a calm page on a device of the clinic, between two patients."""
    now = clock.now()
    mine = key.read(request, now)
    response = render(request, "intake/rest.html")
    return key.give_back(response, now) if mine is not None and mine.tablet else response


@policy.link("whoever holds the device may give it back")
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Give the device back: what was typed is saved already."""
    return key.give_back(redirect("intake:rest"), clock.now())
