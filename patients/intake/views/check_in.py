"""The check-in: the page behind its link, one screen, thank you; and what practitioners read of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from clinic.audit import services as audit
from clinic.kernel import clock
from clinic.policy import policy
from clinic.practice import languages
from clinic.staff.requests import StaffRequest
from patients.intake import (
    asked_measures,
    check_in,
    key,
    querysets,
    services,
    steps,
    tongues,
    visits,
    worry_texts,
)
from patients.intake.forms import CheckInForm, CheckpointForm, StepFacts
from patients.intake.forms.check_in import Asks
from patients.intake.models import QuestionnaireRequest
from patients.intake.reading_check_in import reading_for
from patients.intake.services import arriving
from patients.intake.views import doors
from patients.intake.views.doors import quiet
from patients.intake.views.one_screen import Screen
from patients.models import Patient

_OVER = "check_in/over.html"


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
        ten = self.after.checkpoint or self.at_end
        return {"goal": self.goal, "measures": asked_measures.between(self.request, checkpoint=ten)}

    @property
    def at_end(self) -> bool:
        """Whether it asks about the end of a course."""
        return _is_end(self.request)

    @property
    def asks_ten(self) -> bool:
        """Whether the ten questions of a checkpoint take the place of the check-in's."""
        return _asks_ten(self.request, self.after)

    def form(self, *args: Any, **options: Any) -> CheckInForm | CheckpointForm:
        """Return the page to fill in: at a checkpoint and at the end ten questions take the place of the check-in's."""
        if self.asks_ten:
            return CheckpointForm(*args, facts=self.facts, asks=self.asks, **options)
        return CheckInForm(*args, facts=self.facts, **self.asks, **options)

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
            "checkpoint": self.asks_ten,
            "at_end": self.at_end,
            "asked_here": arriving.is_asked_here(self.request),
        }


# See views/link.py: without a referrer the check against forged requests has nothing to hold on to.
@policy.link(doors.LINK)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, token: str) -> HttpResponse:
    """Show the clinic's name and a button. Mail scanners open every link: only the button begins."""
    now = clock.now()
    found = querysets.check_in_of_token(token)
    if found is None:
        return doors.opens_nothing(request, _OVER, now)
    languages.speak(request, found.language)
    after = _after(found, now)
    if found.state == QuestionnaireRequest.State.REVOKED or _is_over(found, after, now):
        return doors.opens_nothing(request, _OVER, now, is_known=True)
    if request.method == "POST" and tongues.was_chosen(request, found, now):
        return quiet(redirect("intake:check_in_begin", token))
    if request.method == "POST":
        services.begin(request=found, now=now)
        mine = key.Key(found.public_id, found.version, known=True, used_at=now)
        return quiet(key.give(redirect("intake:check_in"), mine, now))
    sent = found.state == QuestionnaireRequest.State.SUBMITTED
    shown = {
        "first_name": found.patient.given_name,
        "sent": sent,
        "choice": tongues.choice(request, found),
        "checkpoint": _asks_ten(found, after),
        "at_end": _is_end(found),
    }
    return quiet(render(request, "check_in/begin.html", shown))


@policy.link(doors.COOKIE)
@require_http_methods(["GET", "HEAD", "POST"])
def fill_in(request: HttpRequest) -> HttpResponse:
    """Show the one screen; keep what comes by itself, hand in what the button sends."""
    entry = _enter(request)
    if entry is None:
        return doors.closed(request, _OVER)
    response = _answered(request, entry)
    # Every answer keeps the form open: it rests only when nobody does anything.
    return response if key.NAME in response.cookies else key.give(response, entry.key, entry.now)


def _answered(request: HttpRequest, entry: Entry) -> HttpResponse:
    screen = _screen(entry)
    if request.method != "POST":
        initial = {**entry.stored, "version": entry.request.draft.version}
        return screen.shown(request, entry.form(initial=initial))
    return screen.answered(request, closed=lambda: doors.closed(request, _OVER))


def _screen(entry: Entry) -> Screen:
    return Screen(
        template="check_in/form.html",
        language=entry.request.language,
        context=entry.context,
        read=entry.form,
        keep=partial(services.keep_check_in, request=entry.request, now=entry.now),
        send=partial(services.send_check_in, request=entry.request, now=entry.now, ten=entry.asks_ten),
        please_read="intake:check_in_please_read",
        sent="intake:check_in_sent",
    )


@policy.link(doors.COOKIE)
@require_safe
def please_read(request: HttpRequest) -> HttpResponse:
    """Show the clinic's own words after a worrying answer, calm and alone on the page."""
    entry = _enter(request)
    texts = worry_texts.for_flags(entry.request.draft.flags, entry.request.language) if entry else []
    if entry is None or not texts:
        return redirect("intake:check_in")
    return render(request, "check_in/please_read.html", {"texts": texts, **entry.context})


@policy.link(doors.COOKIE)
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Say thank you, who reads it and when, and how to change it."""
    entry = _enter(request)
    if entry is None:
        return doors.closed(request, _OVER)
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


def _is_end(found: QuestionnaireRequest) -> bool:
    return found.form == QuestionnaireRequest.Form.COURSE_END


def _asks_ten(found: QuestionnaireRequest, after: visits.After) -> bool:
    """Tell whether ten questions take the place of this check-in: at the end, and before the checkpoint's session."""
    return _is_end(found) or (found.before_visit and after.checkpoint)


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
