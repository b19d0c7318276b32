"""Questions in the clinic: as a code for the patient's phone, or on a device of ours.

The check-in at the arrival; after the last session of a course the questions at its end.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, QuerySet
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
from patients.intake.services.arriving import NoWords, ask_at_arrival, ask_at_end, is_asked_here
from patients.intake.services.requests import token_of
from patients.intake.views.tablet import hand_over
from sessions.appointments.counting import ends_its_course
from sessions.appointments.models import Appointment

_HERE = (Appointment.State.ARRIVED, Appointment.State.IN_TREATMENT)


@require_http_methods(["GET", "HEAD", "POST"])
@policy("intake-status", "send")
def check_in_here(request: StaffRequest, visit_id: uuid.UUID) -> HttpResponse:
    """Show the questions of a visit as a code to scan. A POST makes their link, or opens them on this device.

    They are its check-in, and once the visit was the last of a course those at the end. The desk sees whether they
    were sent, and none of the answers.
    """
    ends = ExpressionWrapper(ends_its_course(), output_field=BooleanField())
    visits = Appointment.objects.select_related("patient").annotate(ends_course=ends)
    visit = get_object_or_404(visits, public_id=visit_id)
    now = clock.now()
    if request.method == "POST":
        return _opened(request, visit, now)
    open_record(by=request.user, now=now, resource="intake-status", patient_id=visit.patient_id)
    at_end = _is_end(visit)
    asked = _form_of(visit).first()
    link = _link(asked, visit, now)
    context = {
        "visit": visit,
        "patient": visit.patient,
        "asked": asked,
        "is_here": at_end or visit.state in _HERE,
        "at_end": at_end,
        "link": link,
        "code": qr_code.drawn(link) if link else "",
        "here": "patients",
    }
    return render(request, "desk/check_in_here.html", context)


def _opened(request: StaffRequest, visit: Appointment, now: datetime) -> HttpResponse:
    page = redirect("desk:check_in_here", visit.public_id)
    if visit.state not in _HERE and not _is_end(visit):
        say(request, "Mark the patient as here first: the questions end with the visit.")
        return page
    try:
        asked = _ask(request, visit, now)
    except NoWords:
        say(request, "There are no questions in this patient's language: please ask with an interpreter.")
        return page
    if "tablet" not in request.POST or asked.state == QuestionnaireRequest.State.SUBMITTED:
        return page
    services.begin(request=asked, now=now)
    return hand_over(request, asked, place="intake:check_in", now=now)


def _is_end(visit: Appointment) -> bool:
    return bool(visit.ends_course)  # type: ignore[attr-defined]


def _form_of(visit: Appointment) -> QuerySet[QuestionnaireRequest]:
    form = QuestionnaireRequest.Form.COURSE_END if _is_end(visit) else QuestionnaireRequest.Form.CHECK_IN
    return QuestionnaireRequest.objects.filter(form=form, appointment_id=visit.pk, before_visit=not _is_end(visit))


def _ask(request: StaffRequest, visit: Appointment, now: datetime) -> QuestionnaireRequest:
    by, patient = request.user, visit.patient
    if _is_end(visit) and visit.course_id is not None:
        return ask_at_end(patient=patient, appointment_id=visit.pk, course_id=visit.course_id, by=by, now=now)
    return ask_at_arrival(patient=patient, appointment_id=visit.pk, by=by, now=now)


def _link(asked: QuestionnaireRequest | None, visit: Appointment, now: datetime) -> str:
    """Return the link while it opens something: made here since the arrival, and not sent back yet."""
    live = (QuestionnaireRequest.State.OPEN, QuestionnaireRequest.State.BEGUN)
    if asked is None or asked.state not in live or asked.expires_at <= now:
        return ""
    if _is_end(visit):
        made_here = is_asked_here(asked)
    else:
        made_here = visit.arrived_at is not None and asked.issued_at >= visit.arrived_at
    if not made_here:
        return ""
    return settings.BASE_URL + reverse("intake:check_in_begin", args=[token_of(asked)])
