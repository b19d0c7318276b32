"""Flags are answered from the note: a stop with its reason, a look that was read."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST

from clinic.kernel import clock
from clinic.policy import policy
from clinic.staff.requests import StaffRequest
from patients.safety.recordable import of_the_day
from patients.services.facts import SafetySaid, end_fact, record_fact
from sessions import services
from sessions.content import NoteContent
from sessions.flagged.forms import reason_boxes
from sessions.flagged.services import acknowledge
from sessions.flagged.speaking import Spoken
from sessions.models import TreatmentSession
from sessions.pages import NotePage
from sessions.problems import NoteIsSigned, StaleNote
from sessions.views.shared import draft_page, note_to_write, posted_form, readable, stale_page

CHANGED = "What this flag is about has changed. Please read it once more."
WANTS_REASON = "Please write why you go on."


def typed_reasons(request: StaffRequest, stops: Sequence[Spoken]) -> dict[str, str]:
    """What was typed beside the stops that have no answer yet, by rule id."""
    waiting = [stop for stop in stops if stop.answer is None]
    return {box.spoken.warning.flag_id: box.reason for box in reason_boxes(waiting, request.POST)}


def store_typed(request: StaffRequest, page: NotePage, now: datetime) -> None:
    """Store every reason that stands beside a stop: what was typed is not lost by another button."""
    for box in reason_boxes(page.speaking.stops, request.POST):
        if not box.reason:
            continue
        try:
            acknowledge(note=page.note, spoken=box.spoken, reason=box.reason, by=request.user, now=now)
        except NoteIsSigned as signed:
            messages.error(request, str(signed))
            return


@policy("note", "edit")
@require_POST
def answer_flag(request: StaffRequest, note_id: uuid.UUID) -> HttpResponse:
    """Acknowledge one flag: in the page, with what speaks now; by a plain button with the whole note, saved."""
    now = clock.now()
    found = note_to_write(request, note_id, now)
    form = posted_form(request, found)
    in_page = request.headers.get("X-Deqi-In-Page") == "1"
    if found.is_signed:
        return _is_signed(found, in_page=in_page)
    if not in_page:
        if not form.is_valid():
            return draft_page(request, found, form=form, status=422)
        try:
            services.save_note(
                note=found, content=form.content, version=form.cleaned_data["version"], by=request.user, now=now
            )
        except StaleNote as stale:
            return stale_page(request, found, stale.theirs)
        except NoteIsSigned:
            return _is_signed(found, in_page=in_page)
    form.is_valid()
    content = NoteContent(**{**NoteContent.of(found).as_columns(), **readable(form)})
    try:
        problem = _answer(request, NotePage(found, content, now), now)
    except NoteIsSigned:
        return _is_signed(found, in_page=in_page)
    found.answered_flags = list(TreatmentSession.objects.with_safety().get(pk=found.pk).answered_flags)
    page = NotePage(found, content, now, typed=request.POST)
    if in_page:
        return JsonResponse(_parts(page, problem), status=422 if problem else 200)
    if problem:
        messages.error(request, problem)
        return draft_page(request, found, form=form, status=422)
    return _to_note(found)


@policy("safety-fact", "record")
@require_POST
def fact_of_today(request: StaffRequest, note_id: uuid.UUID) -> HttpResponse:
    """Record that something is so today, or that it is not; what was typed in the note is saved with it."""
    now = clock.now()
    found = note_to_write(request, note_id, now)
    form = posted_form(request, found)
    if not found.is_signed:
        if not form.is_valid():
            return draft_page(request, found, form=form, status=422)
        try:
            services.save_note(
                note=found, content=form.content, version=form.cleaned_data["version"], by=request.user, now=now
            )
        except StaleNote as stale:
            return stale_page(request, found, stale.theirs)
        except NoteIsSigned as signed:
            messages.error(request, str(signed))
            return _to_note(found)
        store_typed(request, NotePage(found, form.content, now), now)
    rule_id, _, holds = str(request.POST.get("today", "")).partition(":")
    if rule_id in dict(of_the_day()):
        if holds == "no":
            end_fact(patient=found.patient, rule_id=rule_id, by=request.user, now=now)
        else:
            record_fact(patient=found.patient, said=SafetySaid(rule_id), by=request.user, now=now)
    return _to_note(found)


def _answer(request: StaffRequest, page: NotePage, now: datetime) -> str:
    """Store the answer to the flag that was pressed; return what is wrong, "" when it is stored."""
    rule_id, _, fingerprint = str(request.POST.get("acknowledge", "")).partition(":")
    spoken = page.speaking.of(rule_id, fingerprint)
    if spoken is None:
        return CHANGED
    if spoken.answer is not None:
        return ""
    reason = ""
    if spoken.warning.stops:
        box = reason_boxes([spoken], request.POST)[0]
        if not box.reason:
            return box.problem or WANTS_REASON
        reason = box.reason
    acknowledge(note=page.note, spoken=spoken, reason=reason, by=request.user, now=now)
    return ""


def _parts(page: NotePage, problem: str) -> Mapping[str, str]:
    context = {"page": page}
    return {
        "problem": problem,
        "warnings": render_to_string("treatments/_warnings.html", context),
        "missing": render_to_string("treatments/_missing.html", context),
    }


def _is_signed(note: TreatmentSession, *, in_page: bool) -> HttpResponse:
    """Who answers a flag of a note that was signed, perhaps just now, is shown the signed note."""
    return JsonResponse({"signed": str(NoteIsSigned())}, status=409) if in_page else _to_note(note)


def _to_note(note: TreatmentSession) -> HttpResponse:
    return redirect(f"{reverse('treatments:note', args=[note.public_id])}#warnings")
