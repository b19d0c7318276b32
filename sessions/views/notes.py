"""A draft: begun from the board, read back, saved by itself and by hand; and the list of drafts."""

from __future__ import annotations

import uuid
from datetime import time, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.audit.services import open_list
from clinic.kernel import clock
from clinic.policy import policy
from clinic.staff.requests import StaffRequest
from sessions import services
from sessions.appointments.models import Appointment
from sessions.checkpoint.page import Decided
from sessions.content import NoteContent
from sessions.events import shown as events
from sessions.forms import AddendumForm
from sessions.models import TreatmentSession
from sessions.pages import NotePage
from sessions.problems import NoteIsSigned, StaleNote, VisitNotOpen
from sessions.signed_page import SignedPage
from sessions.views.autosave import saved_by_itself
from sessions.views.flags import store_typed
from sessions.views.shared import (
    asks_first,
    draft_page,
    note_to_write,
    opened_note,
    posted_form,
    readable,
    stale_page,
    taken_over,
    whole,
)

#: More drafts than this are a backlog that nobody reads as a list; the oldest come first.
MOST_DRAFTS = 200
#: A draft of two days is reminded of by mail, and marked here.
OVERDUE = timedelta(hours=48)
EVENING = time(17)


@policy("note", "create")
@require_POST
def start(request: StaffRequest, visit_id: uuid.UUID) -> HttpResponse:
    """Open the draft of a visit, or the one that is open already."""
    visit = get_object_or_404(Appointment, public_id=visit_id)
    try:
        note = services.start_note(appointment=visit, by=request.user, now=clock.now())
    except VisitNotOpen as refused:
        messages.error(request, str(refused))
        return redirect("desk:board")
    return redirect("treatments:note", note.public_id)


@policy("note", "read")
@require_safe
def note(request: StaffRequest, note_id: uuid.UUID) -> HttpResponse:
    """The draft to write in, or the signed note to read and add to."""
    found = opened_note(request, note_id, clock.now())
    if "signed" in request.GET and not found.is_signed:
        messages.success(request, "Signed. This is the next one.")
    return signed_page(request, found, AddendumForm()) if found.is_signed else draft_page(request, found)


def signed_page(request: StaffRequest, note: TreatmentSession, form: AddendumForm, status: int = 200) -> HttpResponse:
    """Show the signed note with its needles and what followed it."""
    context = {
        "page": SignedPage(note, clock.now()),
        "note": note,
        "events": events.lines(note.events),  # type: ignore[attr-defined]
        "decided": [Decided.of(row) for row in note.decided],  # type: ignore[attr-defined]
        "form": form,
        "unsigned_count": note.unsigned_count,
        "attention_count": note.attention_count,
    }
    return render(request, "treatments/signed.html", context, status=status)


@policy("note", "edit")
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: StaffRequest, note_id: uuid.UUID) -> HttpResponse:
    """Store the draft: by hand it answers with the page, by itself with what changed on it."""
    if request.method != "POST":
        return redirect("treatments:note", note_id)
    if request.headers.get("X-Deqi-Autosave") == "1":
        return saved_by_itself(request, note_id)
    now = clock.now()
    found = note_to_write(request, note_id, now)
    form = posted_form(request, found)
    content = taken_over(request, form, NotePage(found, NoteContent.of(found), now)) if form.is_valid() else None
    if content is None:
        return draft_page(request, found, form=form, status=422)
    version = form.cleaned_data["version"]
    try:
        saved = services.save_note(note=found, content=content, version=version, by=request.user, now=now)
    except StaleNote as stale:
        return stale_page(request, found, stale.theirs)
    except NoteIsSigned as signed:
        messages.error(request, str(signed))
        return redirect("treatments:note", note_id)
    store_typed(request, NotePage(saved, content, now), now)
    return redirect("desk:board") if "later" in request.POST else redirect("treatments:note", note_id)


@policy("note", "edit")
@require_POST
def points(request: StaffRequest, note_id: uuid.UUID) -> HttpResponse:
    """Read the line of points back while it is typed. Changes nothing."""
    now = clock.now()
    found = whole(request, note_id, now)
    form = posted_form(request, found)
    form.is_valid()
    content = NoteContent(**{**NoteContent.of(found).as_columns(), **readable(form)})
    page = NotePage(found, content, now, typed=form.data)
    asks = asks_first(form, found)
    context = {"page": page, "note": found, "form": form, "live": True, "asks": asks}
    return render(request, "treatments/_points_live.html", context)


@policy("note", "read")
@require_safe
def unsigned(request: StaffRequest) -> HttpResponse:
    """The drafts of this practitioner, oldest first."""
    drafts = TreatmentSession.objects.unsigned_of(request.user.pk).with_people().with_badges(request.user.pk)
    notes = list(drafts[:MOST_DRAFTS])
    open_list(by=request.user, now=clock.now(), resource="note", patient_ids=[waiting.patient_id for waiting in notes])
    if "signed" in request.GET:
        messages.success(request, "Signed.")
    badges = (notes[0].unsigned_count, notes[0].attention_count) if notes else (0, 0)
    context = {
        "notes": notes,
        "unsigned_count": badges[0],
        "attention_count": badges[1],
        "overdue": clock.now() - OVERDUE,
        "good_night": not notes and timezone.localtime(clock.now()).time() >= EVENING,
    }
    return render(request, "treatments/unsigned.html", context)
