"""A visit is moved by the desk: the screen of a new visit, with what stays said and what may change asked."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from clinic.audit.services import open_record
from clinic.kernel import clinic_words, clock
from clinic.kernel.fields import showable
from clinic.kernel.words import say
from clinic.policy import policy
from clinic.practice.models import Room
from clinic.staff.models import Practitioner
from clinic.staff.requests import StaffRequest
from sessions.appointments import services as appointments
from sessions.appointments.free import FreeTime
from sessions.appointments.models import Appointment
from sessions.appointments.services import Clash, NotBookable
from sessions.desk import offers
from sessions.desk.forms import MoveForm
from sessions.desk.views.new_visit import offers_for


@require_http_methods(["GET", "HEAD", "POST"])
@policy("appointment", "book")
def move(request: StaffRequest, visit_id: uuid.UUID) -> HttpResponse:
    """Choose another time for a visit that is booked."""
    now = clock.now()
    found = Appointment.objects.select_related("patient", "service", "practitioner", "room")
    visit = get_object_or_404(found, public_id=visit_id)
    if visit.state not in (Appointment.State.BOOKED, Appointment.State.CONFIRMED):
        messages.warning(request, f"This visit is {visit.get_state_display()} already.")
        return redirect("desk:patient", visit.patient.public_id)
    if request.method != "POST":
        return _page(request, visit, _form(request, visit, now, initial=_initial(visit)), now)
    form = _form(request, visit, now, data=request.POST)
    if not form.is_valid():
        return _page(request, visit, form, now, status=400)
    return _move(request, visit, form, now)


def _move(request: StaffRequest, visit: Appointment, form: MoveForm, now: datetime) -> HttpResponse:
    data = form.cleaned_data
    try:
        moved = appointments.move(
            appointment=visit, starts_at=data["starts_at"], practitioner=data["practitioner"], room=data["room"],
            send_now=data["send_now"], by=request.user, now=now,
        )  # fmt: skip
    except NotBookable as refused:
        form.add_error("time", str(refused))
        return _page(request, visit, form, now, status=400)
    except Clash as clash:
        form.add_error("time", f"{clash} These times are free.")
        return _page(request, visit, form, now, instead=clash.free, status=409)
    except appointments.WrongState as wrong:
        messages.warning(request, str(wrong))
    else:
        when = f"{clinic_words.day(moved.starts_at)}, {clinic_words.time_of_day(moved.starts_at)}"
        say(request, f"{visit.patient.full_name} comes {when} now.")
    return redirect("desk:patient", visit.patient.public_id)


def _form(request: StaffRequest, visit: Appointment, now: datetime, **options: Any) -> MoveForm:
    zone = ZoneInfo(request.practice.timezone)
    return MoveForm(
        services=[visit.service],
        practitioners=list(Practitioner.objects.filter(active=True)),
        rooms=list(Room.objects.filter(active=True)),
        zone=zone,
        today=now.astimezone(zone).date(),
        **options,
    )


def _initial(visit: Appointment) -> dict[str, Any]:
    return {
        "service": str(visit.service.public_id),
        "practitioner": str(visit.practitioner.public_id),
        "day": timezone.localdate(visit.starts_at),
    }


def _page(
    request: StaffRequest,
    visit: Appointment,
    form: MoveForm,
    now: datetime,
    *,
    instead: list[FreeTime] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the screen with what was typed; ``instead`` are the times of a clash."""
    open_record(by=request.user, now=now, resource="patient", patient_id=visit.patient_id)
    context = {
        "form": form,
        "visit": visit,
        "patient": visit.patient,
        "offers": offers.instead(instead, form.zone) if instead is not None else offers_for(form, now),
        "chosen": str(showable(form["start"].value() or "")) if instead is None else "",
        "quiet_minutes": request.practice.confirmation_quiet_minutes,
        "here": "today",
    }
    return render(request, "desk/move.html", context, status=status)
