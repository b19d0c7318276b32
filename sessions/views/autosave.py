"""A draft that the page saves by itself: it sends the parts that changed, and hears what to draw anew."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string

from clinic.kernel import clinic_words, clock
from clinic.staff.requests import StaffRequest
from sessions import services
from sessions.clash import by_field, clash_of
from sessions.content import NoteContent
from sessions.details import Needle
from sessions.forms import NoteForm
from sessions.models import TreatmentSession
from sessions.pages import NotePage
from sessions.problems import NoteIsSigned, StaleNote
from sessions.rest_page import RestPage
from sessions.views.shared import asks_first, note_to_save, posted_form, posted_parts, taken_over

#: What an answer to a saving brings to the page anew: the place (``data-part``), its template, and the parts of the
#: note that it is made from; None when that is all of it.
PLACES: Mapping[str, tuple[str, frozenset[str] | None]] = {
    "missing": ("treatments/_missing.html", None),
    "count": ("treatments/_count.html", frozenset({"points_line", "no_needles", "needles_in"})),
    "clock": (
        "treatments/_clock.html",
        frozenset({"no_needles", "needles_in", "needles_out", "retention_minutes"}),
    ),
    "proposal": (
        "treatments/_proposal.html",
        frozenset({"points_line", "no_needles", "retention_minutes", "plan", "changes"}),
    ),
    "not_said": (
        "treatments/_rest_missing.html",
        frozenset(
            {"points_line", "no_needles", "needles_in", "retention_minutes", "assessment", "details", "exam", "others"}
        ),
    ),
}


def saved_by_itself(request: StaffRequest, note_id: uuid.UUID) -> HttpResponse:
    """Store what the page sent by itself; answers in JSON. A page that is behind is asked for all of its text.

    Raises Http404.
    """
    now = clock.now()
    found = note_to_save(request, note_id, now)
    in_parts = "only" in request.POST
    form = posted_parts(request, found) if in_parts else posted_form(request, found)
    content = taken_over(request, form, NotePage(found, NoteContent.of(found), now)) if form.is_valid() else None
    if content is None:
        return _refused(form)
    version = form.cleaned_data["version"]
    if in_parts and version != found.version and not found.is_signed:
        return _all_of_it()
    try:
        saved = services.save_note(note=found, content=content, version=version, by=request.user, now=now)
    except StaleNote as stale:
        return _all_of_it() if in_parts else _stale(request, form, stale)
    except NoteIsSigned as signed:
        return JsonResponse({"signed": str(signed)}, status=409)
    return _saved(request, saved, form)


def _all_of_it() -> JsonResponse:
    # The parts that did not come stand as somebody else wrote them: only the whole page tells where the two differ.
    return JsonResponse({"whole": True}, status=409)


def _refused(form: NoteForm) -> JsonResponse:
    wrong = {name: [str(sentence) for sentence in sentences] for name, sentences in form.errors.items()}
    labels = {name: str(form.fields[name].label) for name in wrong if name in form.fields}
    return JsonResponse({"errors": wrong, "labels": labels}, status=422)


def _stale(request: StaffRequest, form: NoteForm, stale: StaleNote) -> JsonResponse:
    clash = clash_of(form.content, stale.theirs, me=request.user, now=clock.now())
    panel = render_to_string("treatments/_conflict.html", {"clash": clash})
    theirs = by_field(NoteContent.of(stale.theirs))
    said = {"conflict": panel, "version": stale.theirs.version, "theirs": theirs}
    return JsonResponse(said, status=409)


def _saved(request: StaffRequest, note: TreatmentSession, form: NoteForm) -> JsonResponse:
    content = NoteContent.of(note)
    page = NotePage(note, content, clock.now(), typed=form.data)
    context = {"page": page, "note": note, "asks": asks_first(form, note), "rest": RestPage(page, [])}
    parts = {
        place: render_to_string(template, context)
        for place, (template, made_from) in PLACES.items()
        if made_from is None or "take" in request.POST or form.brings(made_from)
    }
    if page.speaking.mark != form.data.get("speaking"):
        parts["warnings"] = render_to_string("treatments/_warnings.html", context)
    said = {
        "version": note.version,
        "saved": clinic_words.time_of_day(note.updated_at),
        "parts": parts,
    }
    if "take" in request.POST:
        said["fields"] = _filled(form.content, content)
    return JsonResponse(said)


def _filled(typed: NoteContent, stored: NoteContent) -> dict[str, object]:
    """The fields of the page that the confirmation filled; needling details have names of their own."""
    before, after = typed.as_columns(), stored.as_columns()
    filled = {name: value for name, value in after.items() if value != before[name]}
    for name, value in filled.pop("details", {}).items():
        if value != typed.details.get(name):
            filled[f"d_{name}"] = Needle.of(value).key if name == "needle" else value
    return filled
