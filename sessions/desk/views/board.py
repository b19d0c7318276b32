"""The day: the board, its poll, and what is done with one click on it."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from clinic.audit.services import open_list
from clinic.kernel import clinic_words, clock
from clinic.kernel.fields import DayField
from clinic.kernel.words import say
from clinic.policy import policy
from clinic.staff.requests import StaffRequest
from sessions.appointments import services as appointments
from sessions.appointments.models import Appointment
from sessions.desk.board import board_of
from sessions.desk.cards import Card, cards_of, figures_of
from sessions.desk.clocks import strip_of
from sessions.desk.day import Day, fingerprint, read_day, visits_of

NO_DAY = "That is no day of the calendar, so this is today."
#: Pages from which a visit is cancelled, and to which one returns.
PATIENT, BOOKING, DAY = "patient", "booking", "day"
#: A poll asks about one day; what is longer was not written by our page.
LONGEST_DAY = timedelta(hours=30)


@require_safe
@policy("appointment", "calendar")
def home(request: StaffRequest) -> HttpResponse:
    """Lead from the front door to today."""
    return redirect("desk:board")


@require_safe
@policy("appointment", "calendar")
def board(request: StaffRequest) -> HttpResponse:
    """Show one day, today unless ``?day=`` names another."""
    now = clock.now()
    zone = ZoneInfo(request.practice.timezone)
    today = now.astimezone(zone).date()
    asked, problem = _asked_day(request.GET.get("day", ""), today)
    day = read_day(day=asked, zone=zone, now=now, user=request.user)
    cards = cards_of(day, user=request.user)
    open_list(by=request.user, now=now, resource="appointment", patient_ids=[one.patient_id for one in day.visits])
    strip = strip_of(day, user=request.user)
    return render(request, "desk/board.html", _words(day, cards) | {"day_problem": problem, "strip": strip})


@require_safe
@policy("appointment", "calendar")
def news(request: StaffRequest) -> HttpResponse:
    """Say whether a day reads differently than ``seen``: one statement, never a body.

    The page asks each half minute. It brings the bounds of its day along, so that not even the practice is read.
    """
    try:
        begins, ends = (datetime.fromtimestamp(int(request.GET[name]), UTC) for name in ("begins", "ends"))
    except (KeyError, ValueError, OverflowError, OSError):
        return HttpResponse(status=204)
    if not timedelta() < ends - begins <= LONGEST_DAY:
        return HttpResponse(status=204)
    now = clock.now()
    mark = fingerprint(visits_of((begins, ends), now), bounds=(begins, ends), now=now)
    changed = mark != request.GET.get("seen")
    return HttpResponse(status=204, headers={"HX-Trigger": "day-changed"} if changed else None)


@require_POST
@policy("appointment", "arrive")
def arrive(request: StaffRequest, visit_id: uuid.UUID) -> HttpResponse:
    """Mark a patient as here, and offer the way back."""
    visit = _visit(visit_id)
    try:
        visit = appointments.arrive(appointment=visit, by=request.user, now=clock.now())
    except appointments.WrongState as wrong:
        messages.warning(request, str(wrong))
    else:
        words = f"{visit.patient.full_name} arrived {clinic_words.time_of_day(visit.arrived_at)}"
        say(request, words, undo=reverse("desk:undo", args=[visit.public_id, visit.state]))
    return _back_to(visit)


@require_POST
@policy("appointment", "book")
def cancel(request: StaffRequest, visit_id: uuid.UUID) -> HttpResponse:
    """Cancel a visit, and offer the way back while its time is free."""
    visit = _visit(visit_id)
    try:
        visit = appointments.cancel(appointment=visit, by=request.user, now=clock.now())
    except appointments.WrongState as wrong:
        messages.warning(request, str(wrong))
    else:
        when = f"{clinic_words.day(visit.starts_at)}, {clinic_words.time_of_day(visit.starts_at)}"
        undo = f"{reverse('desk:undo', args=[visit.public_id, visit.state])}?{urlencode({'back': _page(request)})}"
        say(request, f"{visit.patient.full_name}, {when}: {visit.get_state_display()}", undo=undo)
    return _back_to(visit, _page(request))


@require_POST
@policy("appointment", "arrive")
def miss(request: StaffRequest, visit_id: uuid.UUID) -> HttpResponse:
    """Keep that a patient did not come, and offer the way back."""
    visit = _visit(visit_id)
    try:
        visit = appointments.miss(appointment=visit, by=request.user, now=clock.now())
    except appointments.WrongState as wrong:
        messages.warning(request, str(wrong))
    else:
        undo = f"{reverse('desk:undo', args=[visit.public_id, visit.state])}?{urlencode({'back': _page(request)})}"
        say(request, f"{visit.patient.full_name}: {visit.get_state_display()}", undo=undo)
    return _back_to(visit, _page(request))


@require_POST
@policy("appointment", "arrive")
def undo(request: StaffRequest, visit_id: uuid.UUID, state: str) -> HttpResponse:
    """Take back that a visit came into ``state``."""
    visit = _visit(visit_id)
    try:
        visit = appointments.undo(appointment=visit, state=state, by=request.user, now=clock.now())
    except appointments.WrongState as wrong:
        messages.warning(request, str(wrong))
    else:
        say(request, f"Taken back: {visit.patient.full_name} is {visit.get_state_display()}.")
    return _back_to(visit, _page(request))


def _visit(visit_id: uuid.UUID) -> Appointment:
    return get_object_or_404(Appointment.objects.select_related("patient"), public_id=visit_id)


def _page(request: StaffRequest) -> str:
    """Name the page a button stood on, by what its address says."""
    said = request.GET.get("back", "")
    return said if said in (PATIENT, BOOKING) else DAY


def _back_to(visit: Appointment, page: str = DAY) -> HttpResponse:
    """Return to the page the button stood on: the patient's, the booking's, else the day of the visit."""
    patient = visit.patient.public_id
    if page == PATIENT:
        return redirect("desk:patient", patient)
    if page == BOOKING:
        return redirect(f"{reverse('desk:new_visit')}?{urlencode({'patient': str(patient)})}")
    day = timezone.localdate(visit.starts_at)
    return redirect(f"{reverse('desk:board')}?{urlencode({'day': day.isoformat()})}")


def _asked_day(typed: str, today: date) -> tuple[date, str]:
    """Return the day that was asked for, or today with a sentence."""
    if not typed:
        return today, ""
    try:
        day = DayField().to_python(typed)
    except ValidationError:
        return today, NO_DAY
    return day or today, ""


def _words(day: Day, cards: list[Card]) -> dict[str, object]:
    begins, ends = day.bounds
    asked: dict[str, str | int] = {
        "begins": int(begins.timestamp()),
        "ends": int(ends.timestamp()),
        "seen": fingerprint(day.visits, bounds=day.bounds, now=day.now),
    }
    figures = figures_of(day, cards)
    return {
        "day": day.day,
        "previous": day.day - timedelta(days=1),
        "following": day.day + timedelta(days=1),
        "is_today": day.is_today,
        "now": day.now,
        "cards": cards,
        "board": board_of(day, cards),
        "figures": figures,
        "now_before": _now_before(day, cards),
        "news_url": f"{reverse('desk:news')}?{urlencode(asked)}",
        "unsigned_count": day.unsigned_count,
        "attention_count": day.attention_count,
    }


def _now_before(day: Day, cards: list[Card]) -> str:
    """Return the row of the list before which the line of now stands; "end" behind all, "" on another day."""
    if not day.is_today or not cards:
        return ""
    return next((card.row_id for card in cards if card.starts_at > day.now), "end")
