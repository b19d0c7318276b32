"""The phone list on the screen: who is to be called, one press for each answer, and the way back."""

from __future__ import annotations

import uuid
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clinic.audit.services import open_list
from clinic.kernel import clinic_words, clock
from clinic.kernel.words import say
from clinic.policy import policy
from clinic.staff.requests import StaffRequest
from sessions.calls import again, kinds, listed, services
from sessions.calls.forms import AnswerForm
from sessions.calls.models import CallAnswer
from sessions.calls.problems import CallProblem
from sessions.calls.querysets import courses, skipped_mails
from sessions.calls.services import Call
from sessions.events.models import AdverseEvent

PRESS = "Please press what became of the call."


@require_safe
@policy("call", "list")
def phone_list(request: StaffRequest) -> HttpResponse:
    """Show who is to be called today, and what was left over."""
    now = clock.now()
    zone = ZoneInfo(request.practice.timezone)
    page = listed.read(treats=request.user.is_practitioner, zone=zone, now=now)
    open_list(by=request.user, now=now, resource="call", patient_ids=page.patient_ids)
    context = {"page": page, "again": again.offered(now, zone), "now": now, "country": request.practice.country}
    return render(request, "calls/list.html", context)


@require_safe
@policy("call", "list")
def count(request: StaffRequest) -> HttpResponse:
    """Say how many wait for a call now, as ": 3"; nothing when nobody does. It names nobody."""
    waiting = listed.count(zone=ZoneInfo(request.practice.timezone), now=clock.now())
    return HttpResponse(f": {waiting}" if waiting else "")


@require_POST
@policy("call", "answer")
def answer(request: StaffRequest, message_id: uuid.UUID) -> HttpResponse:
    """Keep what became of the call that stands for a mail."""
    return _answered(request, Call.of_mail(get_object_or_404(skipped_mails(), public_id=message_id)))


@require_POST
@policy("call", "answer-care")
def answer_event(request: StaffRequest, event_id: uuid.UUID) -> HttpResponse:
    """Keep what became of the call on the day after an event."""
    found = AdverseEvent.objects.reactions().select_related("session")
    return _answered(request, Call.of_event(get_object_or_404(found, public_id=event_id)))


@require_POST
@policy("call", "answer")
def answer_course(request: StaffRequest, course_id: uuid.UUID) -> HttpResponse:
    """Keep what became of the call that asks for a next visit."""
    found = get_object_or_404(courses(), public_id=course_id)
    return _answered(request, Call.of_course(found, found.call_key))


@require_POST
@policy("call", "answer")
def take_back(request: StaffRequest, answer_id: uuid.UUID) -> HttpResponse:
    """Let a call be owed again."""
    found = CallAnswer.objects.exclude(answer=CallAnswer.Answer.TAKEN_BACK).select_related("patient")
    given = get_object_or_404(found, public_id=answer_id)
    _may(request, care=kinds.is_care(given.kind))
    try:
        services.take_back(answer=given, by=request.user, now=clock.now())
    except CallProblem as refused:
        messages.warning(request, str(refused))
    else:
        say(request, f"Taken back: {given.patient.full_name} is to be called.")
    return redirect("calls:list")


def _answered(request: StaffRequest, call: Call) -> HttpResponse:
    _may(request, care=call.care)
    form, now = AnswerForm(request.POST), clock.now()
    if not form.is_valid():
        messages.warning(request, PRESS)
        return redirect("calls:list")
    said = form.cleaned_data
    moment = None
    if said["answer"] == CallAnswer.Answer.NO_ANSWER:
        moment = again.moment_of(said["again"], now, ZoneInfo(request.practice.timezone))
    try:
        kept = services.answer_call(
            call=call, answer=said["answer"], number=said["number"], again_at=moment, by=request.user, now=now
        )
    except CallProblem as refused:
        messages.warning(request, str(refused))
    else:
        words = f"{kept.patient.full_name}: {kept.get_answer_display()}"
        if kept.again_at is not None:
            words += f", again {clinic_words.day(kept.again_at)}, {clinic_words.time_of_day(kept.again_at)}"
        say(request, words, undo=reverse("calls:take_back", args=[kept.public_id]))
    return redirect("calls:list")


def _may(request: StaffRequest, *, care: bool) -> None:
    """Raise PermissionDenied for who may not make the calls of those who treat."""
    if care and not request.user.is_practitioner:
        raise PermissionDenied
