"""A questionnaire behind its link or on a device of the clinic: one screen, kept at every answer; thank you."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from clinic.kernel import clock
from clinic.policy import policy
from clinic.practice import languages
from patients.intake import asking, key, presence, querysets, services, steps, tongues, worry_texts
from patients.intake.forms import StepFacts
from patients.intake.forms.asked import AskedForm
from patients.intake.models import QuestionnaireRequest
from patients.intake.services import asking as acts
from patients.intake.views import doors
from patients.intake.views.doors import quiet
from patients.intake.views.one_screen import Screen

_OVER = "asked/over.html"


@dataclass(frozen=True)
class Entry:
    """A questionnaire that may be filled in now."""

    request: QuestionnaireRequest
    key: key.Key
    now: datetime
    country: str

    @property
    def facts(self) -> StepFacts:
        """What the form must know."""
        return StepFacts(request=self.request, country=self.country, today=timezone.localdate(self.now))

    @property
    def context(self) -> dict[str, object]:
        """What each page shows: when it was saved, the number for emergencies, whether the device is the clinic's."""
        draft = self.request.draft
        return {
            "saved_at": draft.updated_at if draft.version > 1 else None,
            "emergency": worry_texts.in_an_emergency(self.country),
            "tablet": self.key.tablet,
        }


# See views/link.py: without a referrer the check against forged requests has nothing to hold on to.
@policy.link(doors.LINK)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, token: str) -> HttpResponse:
    """Show the clinic's name and a button. Mail scanners open every link: only the button begins."""
    now = clock.now()
    found = querysets.asked_of_token(token)
    if found is None:
        return doors.opens_nothing(request, _OVER, now)
    languages.speak(request, found.language)
    if not querysets.alive(found, now):
        return doors.opens_nothing(request, _OVER, now, is_known=True)
    if found.in_clinic and asking.needs_somebody(found.instruments):
        return quiet(render(request, "asked/later.html", status=403))
    if request.method == "POST" and tongues.was_chosen(request, found, now):
        return quiet(redirect("intake:asked_begin", token))
    if request.method == "POST":
        services.begin(request=found, now=now)
        mine = key.Key(found.public_id, found.version, known=True, used_at=now)
        return quiet(key.give(redirect("intake:asked"), mine, now))
    shown = {"first_name": found.patient.given_name, "choice": tongues.choice(request, found)}
    return quiet(render(request, "asked/begin.html", shown))


@policy.link(doors.COOKIE)
@require_http_methods(["GET", "HEAD", "POST"])
def fill_in(request: HttpRequest) -> HttpResponse:
    """Show the one screen; keep what comes by itself, hand in what the button sends."""
    entry = _enter(request)
    if entry is None:
        # Sent a second time, because the first answer was lost: the clinic's words after a worry come all the same.
        was_sent = request.method == "POST" and _enter(request, sent=True) is not None
        return redirect("intake:asked_please_read") if was_sent else doors.closed(request, _OVER)
    response = _answered(request, entry)
    # Every answer keeps the form open: it rests only when nobody does anything.
    return response if key.NAME in response.cookies else key.give(response, entry.key, entry.now)


def _answered(request: HttpRequest, entry: Entry) -> HttpResponse:
    screen = _screen(entry)
    if request.method == "POST":
        # Sent meanwhile: the words after a worry come again, or the thanks when nothing worries.
        return screen.answered(request, closed=lambda: redirect("intake:asked_please_read"))
    if not _somebody_near(entry):
        return render(request, "asked/later.html", status=403)
    stored = steps.answers_of(entry.request.draft.data, asking.STEP)
    initial = stored | {"version": entry.request.draft.version}
    return screen.shown(request, AskedForm(facts=entry.facts, initial=initial))


def _screen(entry: Entry) -> Screen:
    return Screen(
        template="asked/form.html",
        language=entry.request.language,
        context=entry.context,
        read=lambda posted: AskedForm(posted, facts=entry.facts),
        keep=partial(acts.keep, request=entry.request, now=entry.now),
        send=partial(acts.send, request=entry.request, now=entry.now),
        please_read="intake:asked_please_read",
        sent="intake:asked_sent",
    )


@policy.link(doors.COOKIE)
@require_safe
def please_read(request: HttpRequest) -> HttpResponse:
    """Show the clinic's own words after a worrying answer, calm and alone on the page."""
    entry = _enter(request, sent=True)
    texts = worry_texts.for_flags(entry.request.draft.flags, entry.request.language) if entry else []
    if entry is None or not texts:
        return redirect("intake:asked_sent")
    return render(request, "asked/please_read.html", {"texts": texts, **entry.context})


@policy.link(doors.COOKIE)
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Say thank you. Nothing that was answered can be read again."""
    entry = _enter(request, sent=True)
    if entry is None:
        return doors.closed(request, _OVER)
    response = render(request, "asked/sent.html", entry.context)
    return key.give_back(response, entry.now) if entry.key.tablet else response


def _enter(request: HttpRequest, *, sent: bool = False) -> Entry | None:
    """Return the questionnaire this browser has open, in its language; None when there is none, or its time is over."""
    now = clock.now()
    mine = key.read(request, now)
    found = querysets.asked_in_work(mine.request, mine.version) if mine else None
    rests = mine is not None and mine.idle(now) and request.method != "POST"
    if mine is None or found is None or rests or found.expires_at <= now:
        return None
    if not sent and found.state != QuestionnaireRequest.State.BEGUN:
        return None
    languages.speak(request, found.language)
    request.on_tablet = mine.tablet  # type: ignore[attr-defined]
    return Entry(found, mine, now, getattr(getattr(request, "practice", None), "country", ""))


def _somebody_near(entry: Entry) -> bool:
    """Tell whether the questions may be shown now: some want a device of the clinic, and a practitioner in it."""
    asked = entry.request
    if not asked.in_clinic or not asking.needs_somebody(asked.instruments):
        return True
    return entry.key.tablet and presence.somebody_is_in(entry.now)
