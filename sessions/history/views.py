"""The history of a patient on one page and as a PDF, and one note as a PDF. An export leaves a trace of its own."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from clinic.audit.services import open_record, record
from clinic.kernel import clock
from clinic.kernel.words import say
from clinic.policy import policy
from clinic.staff.requests import StaffRequest
from patients.models import PainMark, Patient
from sessions.courses.models import Course
from sessions.history import querysets
from sessions.history.documents import history_document, note_document
from sessions.history.entries import Entry
from sessions.history.forms import PlaceForm
from sessions.history.paper.pdf import made
from sessions.history.places import pictures_of, side_by_side
from sessions.history.services import mark_place
from sessions.models import TreatmentSession

#: Sessions on one page; "all" shows every one, for paper and for the eye that searches.
A_PAGE = 50


@dataclass(frozen=True)
class Cut:
    """Which of the sessions stand on this page."""

    number: int
    in_all: int
    whole: bool

    @property
    def earlier(self) -> int | None:
        """The page of older sessions, None on the last."""
        return None if self.whole or self.number * A_PAGE >= self.in_all else self.number + 1

    @property
    def later(self) -> int | None:
        """The page of newer sessions, None on the first."""
        return self.number - 1 if self.number > 1 else None


@policy("history", "read")
@require_safe
def history(request: StaffRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Show every session of a patient, newest first."""
    patient_pk = _known(patient_id)
    now = clock.now()
    open_record(by=request.user, now=now, resource="history", patient_id=patient_pk)
    courses = list(querysets.courses_of(patient_pk))
    chosen = _chosen(request, courses)
    whole, number = "all" in request.GET, _number(request)
    found = querysets.sessions_of(patient_pk, course=chosen.public_id if chosen else None)
    notes: list[Any] = list(found if whole else found[(number - 1) * A_PAGE : number * A_PAGE])
    if not notes and number > 1:
        raise Http404
    patient = querysets.patient_for(patient_pk, user_id=request.user.pk)
    context = {
        "patient": patient,
        "entries": [Entry(note) for note in notes],
        "courses": courses,
        "chosen": chosen,
        "cut": Cut(number, notes[0].in_all if notes else 0, whole),
        "here": "patients",
        "unsigned_count": patient.unsigned_count,  # type: ignore[attr-defined]
        "attention_count": patient.attention_count,  # type: ignore[attr-defined]
    }
    return render(request, "history/history.html", context)


@policy("history", "export")
@require_safe
def history_pdf(request: StaffRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Hand out the history as a tagged PDF."""
    patient_pk = _known(patient_id)
    now = clock.now()
    record(by=request.user, now=now, action="export", resource="history", patient_id=patient_pk)
    chosen = _chosen(request, list(querysets.courses_of(patient_pk)))
    found = querysets.sessions_of(patient_pk, course=chosen.public_id if chosen else None)
    entries = [Entry(note) for note in found]
    patient = entries[0].note.patient if entries else Patient.objects.get(pk=patient_pk)
    document = history_document(
        patient, entries, of=chosen.complaint if chosen else "", practice=request.practice, by=str(request.user),
        now=now,
    )  # fmt: skip
    return _file(document, f"history-{timezone.localdate(now).isoformat()}.pdf", now)


@policy("note", "export")
@require_safe
def note_pdf(request: StaffRequest, note_id: uuid.UUID) -> HttpResponse:
    """Hand out one note as a tagged PDF; a draft says that it is one."""
    ids = TreatmentSession.objects.filter(public_id=note_id).values_list("pk", "patient_id").first()
    if ids is None:
        raise Http404
    now = clock.now()
    record(by=request.user, now=now, action="export", resource="note", patient_id=ids[1], object_id=ids[0])
    note = querysets.whole(TreatmentSession.objects.filter(pk=ids[0])).get()
    document = note_document(Entry(note), practice=request.practice, by=str(request.user), now=now)
    return _file(document, f"note-{timezone.localdate(note.started_at).isoformat()}.pdf", now)


@require_http_methods(["GET", "HEAD", "POST"])
@policy("body-chart", "mark")
def places(request: StaffRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Show where it hurt over time, and put on record what a practitioner found."""
    patient_pk = _known(patient_id)
    now = clock.now()
    open_record(by=request.user, now=now, resource="body-chart", patient_id=patient_pk)
    patient = querysets.patient_for(patient_pk, user_id=request.user.pk)
    form = PlaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        mark_place(
            patient=patient, code=said["place"], strength=said["strength"], by=request.user, now=now,
            kinds=[said["kind"]] if said["kind"] else [],
        )  # fmt: skip
        say(request, "The place is on record.")
        return redirect("history:places", patient.public_id)
    pictures = pictures_of(PainMark.objects.filter(patient_id=patient_pk))
    context = {
        "patient": patient,
        "form": form,
        "pictures": pictures,
        "drawn": side_by_side(pictures),
        "here": "patients",
        "unsigned_count": patient.unsigned_count,  # type: ignore[attr-defined]
        "attention_count": patient.attention_count,  # type: ignore[attr-defined]
    }
    return render(request, "history/places.html", context, status=422 if form.errors else 200)


def _file(document: dict[str, Any], name: str, now: datetime) -> HttpResponse:
    answer = HttpResponse(made(document, now=now), content_type="application/pdf")
    # The name of the file says the day alone: it stays in lists of downloads.
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _known(patient_id: uuid.UUID) -> int:
    found = Patient.objects.filter(public_id=patient_id).values_list("pk", flat=True).first()
    if found is None:
        raise Http404
    return found


def _chosen(request: StaffRequest, courses: list[Course]) -> Course | None:
    """Return the course that was asked for, None for all. Raises Http404 for one that is not this patient's."""
    asked = request.GET.get("course", "")
    if not asked:
        return None
    found = next((course for course in courses if str(course.public_id) == asked), None)
    if found is None:
        raise Http404
    return found


def _number(request: StaffRequest) -> int:
    asked = request.GET.get("page", "1")
    if not (asked.isascii() and asked.isdigit()) or not 1 <= int(asked[:6]) <= 10_000:
        raise Http404
    return int(asked[:6])
