"""Adverse events on the screen: opened with one press, written, followed up. For practitioners only."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from clinic.audit.opened import opened
from clinic.audit.services import open_record
from clinic.kernel import clock
from clinic.kernel.words import say
from clinic.policy import policy
from clinic.staff.requests import StaffRequest
from patients.intake.models import QuestionnaireResponse
from sessions.events import services
from sessions.events.forms import EventForm, FollowUpForm
from sessions.events.models import AdverseEvent
from sessions.events.problems import EventIsLocked, NoSessionBefore
from sessions.events.services import Said
from sessions.models import TreatmentSession
from sessions.vocabularies import grades, label

YES = 1


@require_POST
@policy("event", "write")
def from_note(request: StaffRequest, note_id: uuid.UUID) -> HttpResponse:
    """Open an event of this session. Two presses within one page open one."""
    note = get_object_or_404(TreatmentSession, public_id=note_id)
    drafts = AdverseEvent.objects.filter(session=note, source=AdverseEvent.Source.NOTE, recorded_at__isnull=True)
    event = drafts.first() or services.open_event(
        session=note,
        source=AdverseEvent.Source.NOTE,
        key=f"{note.pk}:{note.adverse_events.count() + 1}",
        by=request.user,
        now=clock.now(),
    )
    return redirect("events:event", event.public_id)


@require_POST
@policy("event", "write")
def from_check_in(request: StaffRequest, note_id: uuid.UUID) -> HttpResponse:
    """Make an event of the session before from what worried the patient after it, as the newest check-in says."""
    note = get_object_or_404(TreatmentSession, public_id=note_id)
    open_record(by=request.user, now=clock.now(), resource="intake-answers", patient_id=note.patient_id)
    said = (
        QuestionnaireResponse.objects.filter(patient_id=note.patient_id, instrument="checkin", state="completed")
        .order_by("-answered_at", "-id")
        .first()
    )
    if said is None or said.answers.get("ci-worried") != YES:
        messages.warning(request, "The newest check-in says nothing that worried.")
        return redirect("treatments:note", note_id)
    before = (
        TreatmentSession.objects.valid()
        .filter(patient_id=note.patient_id, started_at__lt=min(said.answered_at, note.started_at))
        .order_by("-started_at", "-id")
        .first()
    )
    if before is None:
        messages.warning(request, str(NoSessionBefore()))
        return redirect("treatments:note", note_id)
    event = services.open_event(
        session=before, source=AdverseEvent.Source.CHECK_IN, key=str(said.pk), by=request.user, now=clock.now()
    )
    return redirect("events:event", event.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@policy("event", "read")
def event(request: StaffRequest, event_id: uuid.UUID) -> HttpResponse:
    """Show an event, and write it while it is not locked."""
    found = _opened(request, event_id)
    if request.method != "POST":
        return _page(request, found)
    form = EventForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form=form, status=422)
    try:
        services.record_event(event=found, said=form.said, by=request.user, now=clock.now())
    except EventIsLocked as refused:
        messages.warning(request, str(refused))
    else:
        say(request, "The event is recorded.")
    return redirect("events:event", event_id)


@require_POST
@policy("event", "write")
def follow_up(request: StaffRequest, event_id: uuid.UUID) -> HttpResponse:
    """Add what was learned later."""
    found = _opened(request, event_id)
    form = FollowUpForm(request.POST)
    if not form.is_valid():
        return _page(request, found, follow=form, status=422)
    said = form.cleaned_data
    names = ("words", "outcome", "reported_to", "reviewed", "form_token")
    services.follow_up(event=found, **{name: said[name] for name in names}, by=request.user, now=clock.now())
    say(request, "Added, with your name and the time.")
    return redirect("events:event", event_id)


def _opened(request: StaffRequest, event_id: uuid.UUID) -> AdverseEvent:
    return opened(
        AdverseEvent.objects.with_all(), public_id=event_id, resource="event", patient="session__patient_id",
        by=request.user, now=clock.now(),
    )  # fmt: skip


def _page(
    request: StaffRequest,
    found: AdverseEvent,
    *,
    form: EventForm | None = None,
    follow: FollowUpForm | None = None,
    status: int = 200,
) -> HttpResponse:
    locked = found.recorded_at is not None and found.session.is_signed
    context: dict[str, Any] = {
        "event": found,
        "patient": found.session.patient,
        "rows": _rows(found) if locked else [],
        "form": None if locked else form or EventForm(initial=_initial(found)),
        "follow_ups": list(found.follow_ups.select_related("by").defer("by__password")),
        "follow": (follow or FollowUpForm()) if found.recorded_at is not None else None,
        "kind": services.kind_of(found.code),
        "here": "notes",
    }
    return render(request, "events/event.html", context, status=status)


def _initial(found: AdverseEvent) -> dict[str, Any]:
    said = {name: getattr(found, name) for name in Said.__dataclass_fields__}
    return said | ({"onset": "during"} if found.source == AdverseEvent.Source.HELP and not found.onset else {})


def _rows(found: AdverseEvent) -> list[tuple[str, str]]:
    """What a locked event says, by its words; what was left open is left out."""
    grade = next((one for one in grades() if one.grade == found.grade), None)
    kind = services.kind_of(found.code)
    rows = [
        ("What happened", kind.label if kind else found.code),
        ("How bad", f"{grade.grade} {grade.label}" if grade else ""),
        ("When it began", label("adverse_events.onset", found.onset)),
        ("In words", found.words),
        ("What was done", found.action_taken),
        ("Did the treatment cause it", label("adverse_events.causality", found.causality) if found.causality else ""),
        ("At which point", f"{found.point_code} {found.side}".strip()),
        ("How it stood", label("adverse_events.outcome", found.outcome)),
        ("Reported to", found.reported_to),
    ]
    return [(what, said) for what, said in rows if said]
