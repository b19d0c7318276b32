"""Signing, what may follow it, and the consent it needs."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from clinic.kernel import clock
from clinic.policy import policy
from clinic.staff.requests import StaffRequest
from sessions import services
from sessions.forms import AddendumForm, NoteForm
from sessions.models import TreatmentSession
from sessions.pages import NotePage
from sessions.problems import NoteIsSigned, NoteProblem, NotReadyToSign, NotTheirNote, StaleNote
from sessions.views.flags import store_typed, typed_reasons
from sessions.views.notes import signed_page
from sessions.views.shared import draft_page, note_to_write, opened_note, posted_form, stale_page


@policy("note", "sign")
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: StaffRequest, note_id: uuid.UUID) -> HttpResponse:
    """Sign what stands on the page. What is missing is said, and what was typed is saved."""
    if request.method != "POST":
        return redirect("treatments:note", note_id)
    now = clock.now()
    found = note_to_write(request, note_id, now)
    form = posted_form(request, found)
    if not form.is_valid():
        return draft_page(request, found, form=form, status=422)
    version = form.cleaned_data["version"]
    page = NotePage(found, form.content, now, typed=request.POST)
    if any(box.problem for box in page.reason_boxes):
        return draft_page(request, found, form=form, status=422)
    stops = page.speaking.every_stop
    reasons = typed_reasons(request, stops)
    try:
        services.sign_note(
            note=found, content=form.content, version=version, stops=stops, reasons=reasons, by=request.user, now=now
        )
    except (NotReadyToSign, NotTheirNote) as refused:
        return _save_instead(request, found, form, refused)
    except StaleNote as stale:
        return stale_page(request, found, stale.theirs)
    except NoteIsSigned:
        # A double click: the first one signed.
        return _after(request, found)
    except NoteProblem as refused:
        messages.error(request, str(refused))
        return redirect("treatments:note", note_id)
    return _after(request, found)


def _after(request: StaffRequest, note: TreatmentSession) -> HttpResponse:
    """To the signed note; with "sign and next" to this person's next draft, or to the list that says all is signed."""
    if "next" not in request.POST:
        return redirect("treatments:note", note.public_id)
    # The word "signed" is said by the next page: a message of this one would be a row to write.
    to = reverse("treatments:unsigned") if note.next_unsigned is None else _address(note.next_unsigned)
    return redirect(f"{to}?signed=1")


def _address(note_id: uuid.UUID) -> str:
    return reverse("treatments:note", args=[note_id])


def _save_instead(request: StaffRequest, note: TreatmentSession, form: NoteForm, refused: NoteProblem) -> HttpResponse:
    version = form.cleaned_data["version"]
    try:
        services.save_note(note=note, content=form.content, version=version, by=request.user, now=clock.now())
    except StaleNote as stale:
        return stale_page(request, note, stale.theirs)
    except NoteIsSigned as signed:
        refused = signed
    else:
        store_typed(request, NotePage(note, form.content, clock.now()), clock.now())
    messages.error(request, str(refused))
    return redirect("treatments:note", note.public_id)


@policy("note", "edit")
@require_POST
def consent(request: StaffRequest, note_id: uuid.UUID) -> HttpResponse:
    """Put into the ledger that consent was seen on paper today; what was typed is saved with it."""
    now = clock.now()
    found = note_to_write(request, note_id, now)
    form = posted_form(request, found)
    if not form.is_valid():
        return draft_page(request, found, form=form, status=422)
    version = form.cleaned_data["version"]
    try:
        services.save_note(note=found, content=form.content, version=version, by=request.user, now=now)
    except StaleNote as stale:
        return stale_page(request, found, stale.theirs)
    except NoteIsSigned as signed:
        messages.error(request, str(signed))
        return redirect("treatments:note", note_id)
    store_typed(request, NotePage(found, form.content, now), now)
    if not NotePage(found, form.content, now).has_consent:
        services.record_paper_consent(note=found, by=request.user, now=now)
    return redirect(f"{reverse('treatments:note', args=[note_id])}#consent")


@policy("note", "addendum")
@require_POST
def addendum(request: StaffRequest, note_id: uuid.UUID) -> HttpResponse:
    """Add to a signed note."""
    now = clock.now()
    found = opened_note(request, note_id, now)
    form = AddendumForm(request.POST)
    if not form.is_valid():
        return signed_page(request, found, form, status=422)
    try:
        services.add_addendum(note=found, by=request.user, now=now, **form.cleaned_data)
    except NoteProblem as refused:
        messages.error(request, str(refused))
    return redirect(f"{reverse('treatments:note', args=[note_id])}#addenda")
