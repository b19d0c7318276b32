"""The check-in: the page behind its link, one screen, thank you; and what practitioners read of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from clinic.audit import services as audit
from clinic.audit.context import current
from clinic.kernel import clock
from clinic.policy import policy
from clinic.practice import languages
from clinic.staff.requests import StaffRequest
from patients.intake import (
    asked_measures,
    check_in,
    guesses,
    key,
    querysets,
    services,
    steps,
    tongues,
    visits,
    worry_texts,
)
from patients.intake.forms import CheckInForm, StepFacts
from patients.intake.forms.check_in import Asks
from patients.intake.models import QuestionnaireRequest
from patients.intake.reading_check_in import reading_for
from patients.intake.services import arriving
from patients.intake.views import kept
from patients.intake.views.link import quiet
from patients.models import Patient

_LINK = "a link's token, checked inside, opens one check-in of one patient"
_COOKIE = "the cookie that a link's token was swapped for, checked inside"


@dataclass(frozen=True)
class Entry:
    """A check-in that may be filled in now."""

    request: QuestionnaireRequest
    after: visits.After
    now: datetime
    country: str
    key: key.Key

    @property
    def on_tablet(self) -> bool:
        """Whether it is filled in on a device of the clinic."""
        return self.key.tablet

    @property
    def stored(self) -> Mapping[str, Any]:
        """What is saved and may stand on the page: who handed over a device or showed a code reads no answers."""
        draft = self.request.draft
        typed_here = not arriving.is_asked_here(self.request) or draft.updated_at >= self.request.issued_at
        return steps.answers_of(draft.data, check_in.STEP) if typed_here and self.key.may_show(draft.updated_at) else {}

    @property
    def facts(self) -> StepFacts:
        """What the form must know."""
        return StepFacts(request=self.request, country=self.country, today=timezone.localdate(self.now))

    @property
    def goal(self) -> str:
        """What the patient wants to do again, in their words."""
        return str(self.after.goal or self.request.own_goal or "").strip()  # type: ignore[attr-defined]

    @property
    def asks(self) -> Asks:
        """What this check-in asks besides its own questions: the goal, the clinic's measures that are due."""
        return {"goal": self.goal, "measures": asked_measures.between(self.request, checkpoint=self.after.checkpoint)}

    @property
    def context(self) -> dict[str, object]:
        """What each page shows: who reads it and when, when it was saved, the number for emergencies."""
        draft = self.request.draft
        return {
            "after": self.after,
            "sent": self.request.state == QuestionnaireRequest.State.SUBMITTED,
            "saved_at": draft.updated_at if draft.version > 1 else None,
            "emergency": worry_texts.in_an_emergency(self.country),
            "on_tablet": self.on_tablet,
            "asked_here": arriving.is_asked_here(self.request),
        }


# See views/link.py: without a referrer the check against forged requests has nothing to hold on to.
@policy.link(_LINK)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, token: str) -> HttpResponse:
    """Show the clinic's name and a button. Mail scanners open every link: only the button begins."""
    now = clock.now()
    found = querysets.check_in_of_token(token)
    if found is None:
        if guesses.count(current().address, now):
            return quiet(render(request, "intake/too_many.html", status=429))
        return quiet(render(request, "check_in/over.html", status=404))
    languages.speak(request, found.language)
    if found.state == QuestionnaireRequest.State.REVOKED or _is_over(found, _after(found, now), now):
        return quiet(render(request, "check_in/over.html", status=404))
    if request.method == "POST" and tongues.was_chosen(request, found, now):
        return quiet(redirect("intake:check_in_begin", token))
    if request.method == "POST":
        services.begin(request=found, now=now)
        mine = key.Key(found.public_id, found.version, known=True, used_at=now)
        return quiet(key.give(redirect("intake:check_in"), mine, now))
    sent = found.state == QuestionnaireRequest.State.SUBMITTED
    shown = {"first_name": found.patient.given_name, "sent": sent, "choice": tongues.choice(request, found)}
    return quiet(render(request, "check_in/begin.html", shown))


@policy.link(_COOKIE)
@require_http_methods(["GET", "HEAD", "POST"])
def fill_in(request: HttpRequest) -> HttpResponse:
    """Show the one screen; keep what comes by itself, hand in what the button sends."""
    entry = _enter(request)
    if entry is None:
        return _closed(request)
    response = _answered(request, entry)
    # Every answer keeps the form open: it rests only when nobody does anything.
    return response if key.NAME in response.cookies else key.give(response, entry.key, entry.now)


def _answered(request: HttpRequest, entry: Entry) -> HttpResponse:
    if request.method != "POST":
        initial = {**entry.stored, "version": entry.request.draft.version}
        return _page(request, entry, CheckInForm(facts=entry.facts, **entry.asks, initial=initial))
    form = CheckInForm(request.POST, facts=entry.facts, **entry.asks)
    is_whole = form.is_valid()
    if request.headers.get("X-Deqi-Autosave") == "1":
        return _kept_by_itself(entry, form)
    try:
        return _sent(request, entry, form) if is_whole else _kept(request, entry, form)
    except services.Stale as stale:
        return _beaten(request, entry, stale)
    except services.Closed:
        return _closed(request)


@policy.link(_COOKIE)
@require_safe
def please_read(request: HttpRequest) -> HttpResponse:
    """Show the clinic's own words after a worrying answer, calm and alone on the page."""
    entry = _enter(request)
    texts = worry_texts.for_flags(entry.request.draft.flags, entry.request.language) if entry else []
    if entry is None or not texts:
        return redirect("intake:check_in")
    return render(request, "check_in/please_read.html", {"texts": texts, **entry.context})


@policy.link(_COOKIE)
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Say thank you, who reads it and when, and how to change it."""
    entry = _enter(request)
    if entry is None:
        return _closed(request)
    response = render(request, "check_in/sent.html", entry.context)
    # On a device of the clinic nothing can be read or changed after this page: the next patient holds it.
    return key.give_back(response, entry.now) if entry.on_tablet else response


@policy("intake-answers", "read")
@require_safe
def reading(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show the newest check-in of a patient, also one that was not sent. The look leaves a trace."""
    now = clock.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    audit.open_record(by=request.user, now=now, resource="intake-answers", patient_id=patient.pk)
    context = {
        "patient": patient,
        "reading": reading_for(patient.pk, user=request.user),
        "today": timezone.localdate(now),
    }
    return render(request, "check_in/reading.html", context)


def _after(found: QuestionnaireRequest, now: datetime) -> visits.After:
    return visits.after(found.appointment_id, since=found.issued_at, now=now)


def _is_over(found: QuestionnaireRequest, after: visits.After, now: datetime) -> bool:
    """Tell whether nothing can be changed any more: the patient has arrived, or the week is over."""
    return after.arrived or found.expires_at <= now


def _enter(request: HttpRequest) -> Entry | None:
    """Return the check-in this browser has open, None when there is none or its time is over."""
    now = clock.now()
    mine = key.read(request, now)
    found = querysets.check_in_in_work(mine.request, mine.version, now) if mine else None
    if mine is None or found is None or (mine.tablet and mine.idle(now) and request.method != "POST"):
        return None
    languages.speak(request, found.language)
    after = _after(found, now)
    if _is_over(found, after, now):
        return None
    request.on_tablet = mine.tablet  # type: ignore[attr-defined]
    return Entry(found, after, now, getattr(getattr(request, "practice", None), "country", ""), mine)


def _closed(request: HttpRequest) -> HttpResponse:
    """Answer somebody whose check-in is not open here: its time is over, or no link was opened on this device."""
    known = key.read(request, clock.now()) is not None
    return render(request, "check_in/over.html" if known else "intake/closed.html", status=404)


def _page(request: HttpRequest, entry: Entry, form: CheckInForm, **more: object) -> HttpResponse:
    return render(request, "check_in/form.html", {"form": form, **entry.context, **more})


def _sent(request: HttpRequest, entry: Entry, form: CheckInForm) -> HttpResponse:
    saved = services.send_check_in(request=entry.request, now=entry.now, **form.page)
    worrying = any(worry.text for worry in saved.new)
    return redirect("intake:check_in_please_read" if worrying else "intake:check_in_sent")


def _kept(request: HttpRequest, entry: Entry, form: CheckInForm) -> HttpResponse:
    """Keep what could be read of a page that is not whole, and say what is missing; what worries counts at once."""
    if "version" not in form.cleaned_data:
        return _page(request, entry, form)
    saved = services.keep_check_in(request=entry.request, now=entry.now, **form.page)
    texts = worry_texts.for_flags([worry.id for worry in saved.new], entry.request.language)
    return _page(request, entry, _at_version(request, entry, saved.draft.version), worries=texts)


def _beaten(request: HttpRequest, entry: Entry, stale: services.Stale) -> HttpResponse:
    """Show what was typed here again, and say that other answers were saved meanwhile."""
    return _page(request, entry, _at_version(request, entry, stale.version), beaten=kept.BEATEN)


def _at_version(request: HttpRequest, entry: Entry, version: int) -> CheckInForm:
    """Return the page as it was sent, on top of what is stored now."""
    data = request.POST.copy()
    data["version"] = str(version)
    return CheckInForm(data, facts=entry.facts, **entry.asks)


def _kept_by_itself(entry: Entry, form: CheckInForm) -> JsonResponse:
    """Answer the page's script: when it was saved, the next version, and the clinic's words if something worries."""
    if "version" not in form.cleaned_data:
        return kept.refused(" ".join(str(said) for said in form.non_field_errors()), 422)
    try:
        saved = services.keep_check_in(request=entry.request, now=entry.now, **form.page)
    except services.Stale:
        return kept.refused(kept.BEATEN, 409)
    except services.Closed:
        return kept.refused(kept.CLOSED, 410)
    return kept.stored(saved, entry.request.language)
