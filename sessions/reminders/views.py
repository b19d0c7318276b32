"""The ledger of messages: read it, decide what is unsure, bring a planned mail forward."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from clinic.audit import services as audit
from clinic.kernel import clock, words
from clinic.outbox import held, services
from clinic.outbox.models import OutgoingMessage
from clinic.policy import policy
from clinic.policy.table import TABLE
from clinic.staff.requests import StaffRequest
from patients.models import Patient
from sessions.reminders import ledger
from sessions.reminders.forms import SHOWS, LedgerForm


@policy("outbox", "list")
@require_safe
def shown(request: StaffRequest) -> HttpResponse:
    """Show what will go, went, failed, was skipped and why, newest first."""
    form, now = _choice(request), clock.now()
    number = form.cleaned_data["page"]
    page = ledger.read(
        ledger.Choice(form.cleaned_data["state"], form.question, number, form.address()),
        reads_bodies=_may(request, "outbox", "read-body"),
        sees_private=_may(request, "outbox", "list-private"),
        zone=ZoneInfo(request.practice.timezone),
        now=now,
    )
    audit.open_list(by=request.user, now=now, resource="outbox", patient_ids=page.patient_ids)
    here = reverse("reminders:ledger")
    context = {
        "form": form,
        "page": page,
        "shows": [(here + form.address(state=code, page=1), word, code) for code, word in SHOWS.items()],
        "all_names": here + form.address(q="", page=1),
        "newer": here + form.address(page=number - 1) if number > 1 else "",
        "older": here + form.address(page=number + 1) if page.has_more else "",
        "may_pause": _may(request, "settings", "edit"),
    }
    return render(request, "reminders/ledger.html", context)


@policy("outbox", "read-body")
@require_safe
def letter(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show one message as it was sent, without its tokens. For the owner; the look leaves a trace."""
    message = get_object_or_404(OutgoingMessage, public_id=public_id)
    if message.patient_id:
        audit.open_record(
            by=request.user, now=clock.now(), resource="message", patient_id=message.patient_id, object_id=message.pk
        )
    patient = Patient.objects.filter(pk=message.patient_id).first() if message.patient_id else None
    context = {"message": message, "patient": patient, "title": ledger.title_of(message.kind)}
    return render(request, "reminders/letter.html", context)


@policy("outbox", "resolve")
@require_POST
def send_again(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Send an unsure message once more."""
    return _decide(request, public_id, services.send_again, "It goes once more, within a minute.")


@policy("outbox", "resolve")
@require_POST
def leave(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Leave an unsure or failed message as it is."""
    return _decide(request, public_id, services.leave_it, "Left as it is, with your name and the time.")


@policy("outbox", "resolve")
@require_POST
def send_now(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Let a planned message go at once."""
    return _decide(request, public_id, services.send_now, "It goes now, within a minute.")


@policy("settings", "edit")
@require_POST
def pause(request: StaffRequest) -> HttpResponse:
    """Hold all mail back."""
    services.pause(why=f"held back by {request.user}", by=request.user, now=clock.now())
    words.say(request, "No mail leaves the house now.", undo=reverse("reminders:resume"))
    return redirect("reminders:ledger")


@policy("settings", "edit")
@require_POST
def resume(request: StaffRequest) -> HttpResponse:
    """Let mail leave again."""
    services.resume(by=request.user, now=clock.now())
    words.say(request, "Mail leaves the house again.")
    return redirect("reminders:ledger")


def _decide(request: StaffRequest, public_id: uuid.UUID, act: Callable[..., None], said: str) -> HttpResponse:
    seen = ledger.visible(sees_private=_may(request, "outbox", "list-private"))
    message, now = get_object_or_404(seen, public_id=public_id), clock.now()
    try:
        act(message=message, by=request.user, now=now)
    except services.NotPossible as problem:
        messages.error(request, str(problem))
    else:
        waits = act is not services.leave_it and held.read(now) is not None
        words.say(request, "It goes when mail leaves again." if waits else said)
    return redirect(reverse("reminders:ledger") + _choice(request).address())


def _choice(request: StaffRequest) -> LedgerForm:
    form = LedgerForm(request.GET)
    form.is_valid()
    return form


def _may(request: StaffRequest, resource: str, action: str) -> bool:
    return bool(TABLE[resource, action].intersection(request.user.roles))
