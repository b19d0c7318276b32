"""Needle clocks on the screen: what every page hears, the page of one clock, and calls for help."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.audit.opened import opened
from clinic.kernel import clock
from clinic.kernel.words import say
from clinic.policy import policy
from clinic.policy.table import FRONT_DESK, PRACTITIONER
from clinic.staff.requests import StaffRequest
from sessions.clock import help as helping
from sessions.clock import querysets, services, times
from sessions.clock.forms import CountInForm, CountOutForm
from sessions.clock.heard import Listener, calls_for, clocks_for
from sessions.clock.models import HelpCall
from sessions.clock.problems import ClockProblem, WhyTheyDiffer
from sessions.events.models import AdverseEvent
from sessions.models import TreatmentSession
from sessions.needling import read

#: Tells a page before the house whose screen it was: that device hears rooms and times while it is locked.
COOKIE = "deqi-listens"
COOKIE_LASTS = timedelta(days=14)
LOOK_AND_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@policy("clock", "hear")
def heard(request: StaffRequest) -> HttpResponse:
    """Give every page of the staff what it shows and sounds. Three statements with the practice, no patient."""
    listener = Listener.of(request.user.pk, request.user.roles)
    response = _heard(request, listener, door=False)
    roles = [name for name, held in ((PRACTITIONER, listener.treats), (FRONT_DESK, listener.at_the_desk)) if held]
    response.set_signed_cookie(
        COOKIE, f"{listener.user_id}:{','.join(roles)}", max_age=COOKIE_LASTS, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE, path="/clocks/",
    )  # fmt: skip
    return response


@require_safe
@policy.public("rooms and times for a locked screen, for a device on which somebody of the house signed in")
def door(request: HttpRequest) -> HttpResponse:
    """Give a locked screen rooms and times; nothing to a device that no one of the house ever signed in on."""
    try:
        kept = request.get_signed_cookie(COOKIE, max_age=COOKIE_LASTS)
    except (KeyError, BadSignature):
        return HttpResponse(status=204)
    user_id, _, roles = str(kept).partition(":")
    return _heard(request, Listener.of(int(user_id), roles.split(",")), door=True)


def _heard(request: HttpRequest, listener: Listener, *, door: bool) -> HttpResponse:
    now = clock.now()
    context = {
        "calls": calls_for(listener, querysets.open_calls(now)),
        "clocks": clocks_for(listener, querysets.clocks(now)),
        "now": now,
        "door": door,
        "treats": listener.treats,
    }
    response = render(request, "clock/_heard.html", context)
    patch_cache_control(response, no_store=True)
    return response


@require_safe
@policy("clock", "set")
def clock_page(request: StaffRequest, note_id: uuid.UUID) -> HttpResponse:
    """Show one clock: counting in, the minutes left, counting out."""
    return _page(request, _opened(request, note_id))


@require_POST
@policy("clock", "set")
def into(request: StaffRequest, note_id: uuid.UUID) -> HttpResponse:
    """Count the needles in: the clock runs."""
    note = _opened(request, note_id)
    form = CountInForm(request.POST)
    if not form.is_valid():
        return _page(request, note, into=form, status=422)
    said = form.cleaned_data
    try:
        services.count_in(note=note, needles=said["needles"], minutes=said["minutes"], by=request.user, now=clock.now())
    except ClockProblem as refused:
        messages.warning(request, str(refused))
    return redirect("clock:clock", note_id)


@require_POST
@policy("clock", "set")
def stop(request: StaffRequest, note_id: uuid.UUID) -> HttpResponse:
    """Stop the alarm and ask for the count."""
    note = _opened(request, note_id)
    try:
        services.stop(note=note, by=request.user, now=clock.now())
    except ClockProblem as refused:
        messages.warning(request, str(refused))
    return redirect("clock:clock", note_id)


@require_POST
@policy("clock", "set")
def out(request: StaffRequest, note_id: uuid.UUID) -> HttpResponse:
    """Count the needles out; a difference asks for its reason with the number kept."""
    note = _opened(request, note_id)
    form = CountOutForm(request.POST)
    if not form.is_valid():
        return _page(request, note, out=form, status=422)
    said = form.cleaned_data
    try:
        stored = services.count_out(
            note=note, needles=said["needles"], reason=said["reason"], who=said["who"], by=request.user, now=clock.now()
        )
    except WhyTheyDiffer as refused:
        form.add_error("reason" if not said["reason"] else "who", str(refused))
        return _page(request, note, out=form, status=422)
    except ClockProblem as refused:
        messages.warning(request, str(refused))
        return redirect("clock:clock", note_id)
    say(request, f"{stored.needles_out} counted out.")
    return redirect("desk:board")


def _opened(request: StaffRequest, note_id: uuid.UUID) -> TreatmentSession:
    people = TreatmentSession.objects.select_related(
        "patient", "practitioner", "appointment__room", "appointment__service", "minding"
    )
    return opened(people, public_id=note_id, resource="clock", by=request.user, now=clock.now())


def _page(
    request: StaffRequest,
    note: TreatmentSession,
    *,
    into: CountInForm | None = None,
    out: CountOutForm | None = None,
    status: int = 200,
) -> HttpResponse:
    visit = note.appointment
    now = clock.now()
    runs = note.needles_in_at is not None and note.needles_out is None and not note.is_signed
    if into is None:
        resting = visit.service.resting_minutes if visit is not None else None
        minutes = note.retention_minutes if note.retention_minutes is not None else resting or times.USUAL_MINUTES
        into = CountInForm(initial={"needles": read(note.points_line).needles or None, "minutes": minutes})
    context = {
        "note": note,
        "patient": note.patient,
        "room": visit.room.name if visit is not None else "",
        "running": _running(note, now) if runs else None,
        "minutes": times.USUAL_MINUTES if note.retention_minutes is None else note.retention_minutes,
        "now": now,
        "into": into if not runs and note.needles_out is None and not note.is_signed else None,
        "out": (out or CountOutForm()) if runs else None,
        "here": "today",
    }
    return render(request, "clock/clock.html", context, status=status)


def _running(note: TreatmentSession, now: datetime) -> times.Running:
    assert note.needles_in_at is not None
    minding = getattr(note, "minding", None)
    return times.running(
        room=note.appointment.room.name if note.appointment is not None else "",
        counted_in=note.needles_in_at,
        minutes=note.retention_minutes,
        needles=note.needles_in or 0,
        stopped_at=minding.stopped_at if minding is not None else None,
        now=now,
    )


@require_POST
@policy("help", "call")
def call_help(request: StaffRequest, note_id: uuid.UUID) -> HttpResponse:
    """Call desk and colleagues to a room, at once and without a question."""
    note = _opened(request, note_id)
    made = helping.call_help(note=note, by=request.user, now=clock.now())
    if request.headers.get("X-Deqi-Stay") == "1":
        return HttpResponse(status=204)
    return redirect("clock:call", made.public_id)


@require_safe
@policy("help", "answer")
def call(request: StaffRequest, call_id: uuid.UUID) -> HttpResponse:
    """Show one call: which room, since when, who comes, and what can be taken over. No patient is named."""
    found = _call(call_id)
    treats = request.user.is_practitioner
    mine = found.called_by_id == request.user.pk
    open_ = found.ended_at is None
    context = {
        "call": found,
        "room": found.session.appointment.room.name if found.session.appointment is not None else "",
        "others": helping.others_of(found, clock.now()) if open_ and found.taken_at is None else [],
        "may_take": treats and not mine and open_ and found.taken_at is None,
        "may_hear": not mine and open_ and found.heard_at is None,
        "event": (
            AdverseEvent.objects.filter(dedup_key=f"{AdverseEvent.Source.HELP}:{found.pk}").first() if treats else None
        ),
        "here": "today",
    }
    return render(request, "clock/call.html", context)


@require_POST
@policy("help", "answer")
def hear(request: StaffRequest, call_id: uuid.UUID) -> HttpResponse:
    """Keep that the desk heard."""
    helping.hear(call=_call(call_id), by=request.user, now=clock.now())
    return redirect("clock:call", call_id)


@require_POST
@policy("help", "take-over")
def take_over(request: StaffRequest, call_id: uuid.UUID) -> HttpResponse:
    """Take the other clocks of whoever called."""
    found = _call(call_id)
    taken = helping.take_over(call=found, by=request.user, now=clock.now())
    if taken:
        say(request, f"{taken} clock{'' if taken == 1 else 's'} now sound{'s' if taken == 1 else ''} for you.")
    return redirect("clock:call", call_id)


@require_POST
@policy("help", "answer")
def end_call(request: StaffRequest, call_id: uuid.UUID) -> HttpResponse:
    """Say that the call is over."""
    helping.end_call(call=_call(call_id), by=request.user, now=clock.now())
    say(request, "The call is over.")
    return redirect("desk:board")


def _call(call_id: uuid.UUID) -> HelpCall:
    return get_object_or_404(HelpCall.objects.with_all(), public_id=call_id)
