"""A questionnaire behind its link or on a device of the clinic: one screen, kept at every answer; thank you."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from clinic.audit.context import current
from clinic.kernel import clock
from clinic.policy import policy
from clinic.practice import languages
from patients.intake import asking, guesses, key, presence, querysets, services, steps, tongues, worry_texts
from patients.intake.forms import StepFacts
from patients.intake.forms.asked import AskedForm
from patients.intake.models import QuestionnaireRequest
from patients.intake.services import asking as acts
from patients.intake.views import kept
from patients.intake.views.link import quiet

_LINK = "a link's token, checked inside, opens one questionnaire of one patient"
_COOKIE = "the cookie that a link's token was swapped for, checked inside"


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
@policy.link(_LINK)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, token: str) -> HttpResponse:
    """Show the clinic's name and a button. Mail scanners open every link: only the button begins."""
    now = clock.now()
    found = querysets.asked_of_token(token)
    if found is None:
        if guesses.count(current().address, now):
            return quiet(render(request, "intake/too_many.html", status=429))
        return quiet(render(request, "asked/over.html", status=404))
    languages.speak(request, found.language)
    if not querysets.alive(found, now):
        return quiet(render(request, "asked/over.html", status=404))
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


@policy.link(_COOKIE)
@require_http_methods(["GET", "HEAD", "POST"])
def fill_in(request: HttpRequest) -> HttpResponse:
    """Show the one screen; keep what comes by itself, hand in what the button sends."""
    entry = _enter(request)
    if entry is None:
        # Sent a second time, because the first answer was lost: the clinic's words after a worry come all the same.
        was_sent = request.method == "POST" and _enter(request, sent=True) is not None
        return redirect("intake:asked_please_read") if was_sent else _closed(request)
    response = _answered(request, entry)
    # Every answer keeps the form open: it rests only when nobody does anything.
    return response if key.NAME in response.cookies else key.give(response, entry.key, entry.now)


def _answered(request: HttpRequest, entry: Entry) -> HttpResponse:
    if request.method != "POST":
        if not _somebody_near(entry):
            return render(request, "asked/later.html", status=403)
        stored = steps.answers_of(entry.request.draft.data, asking.STEP)
        form = AskedForm(facts=entry.facts, initial=stored | {"version": entry.request.draft.version})
        return _page(request, entry, form)
    form = AskedForm(request.POST, facts=entry.facts)
    is_whole = form.is_valid()
    if request.headers.get("X-Deqi-Autosave") == "1":
        return _kept_by_itself(entry, form)
    if not is_whole:
        return _half(request, entry, form)
    try:
        saved = acts.send(request=entry.request, now=entry.now, **form.page)
    except services.Stale as stale:
        return _page(request, entry, _at_version(request, entry, stale.version), beaten=kept.BEATEN)
    except services.Closed:
        return redirect("intake:asked_please_read")  # it goes on to the thanks when nothing worries
    return redirect("intake:asked_please_read" if any(worry.text for worry in saved.new) else "intake:asked_sent")


@policy.link(_COOKIE)
@require_safe
def please_read(request: HttpRequest) -> HttpResponse:
    """Show the clinic's own words after a worrying answer, calm and alone on the page."""
    entry = _enter(request, sent=True)
    texts = worry_texts.for_flags(entry.request.draft.flags, entry.request.language) if entry else []
    if entry is None or not texts:
        return redirect("intake:asked_sent")
    return render(request, "asked/please_read.html", {"texts": texts, **entry.context})


@policy.link(_COOKIE)
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Say thank you. Nothing that was answered can be read again."""
    entry = _enter(request, sent=True)
    if entry is None:
        return _closed(request)
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


def _closed(request: HttpRequest) -> HttpResponse:
    """Answer somebody whose questionnaire is not open here: its time is over, or no link was opened on this device."""
    known = key.read(request, clock.now()) is not None
    return render(request, "asked/over.html" if known else "intake/closed.html", status=404)


def _page(request: HttpRequest, entry: Entry, form: AskedForm, **more: object) -> HttpResponse:
    return render(request, "asked/form.html", {"form": form, **entry.context, **more})


def _at_version(request: HttpRequest, entry: Entry, version: int) -> AskedForm:
    """Return the page as it was sent, on top of what is stored now."""
    data = request.POST.copy()
    data["version"] = str(version)
    return AskedForm(data, facts=entry.facts)


def _kept(entry: Entry, form: AskedForm) -> services.Saved:
    return acts.keep(request=entry.request, now=entry.now, **form.page)


def _half(request: HttpRequest, entry: Entry, form: AskedForm) -> HttpResponse:
    """Keep what could be read of a page that is not right, and say what is wrong; what worries counts at once."""
    if "version" not in form.cleaned_data:
        return _page(request, entry, form)
    try:
        saved = _kept(entry, form)
    except (services.Stale, services.Closed):
        return _page(request, entry, form)
    texts = worry_texts.for_flags([worry.id for worry in saved.new], entry.request.language)
    return _page(request, entry, _at_version(request, entry, saved.draft.version), worries=texts)


def _kept_by_itself(entry: Entry, form: AskedForm) -> JsonResponse:
    """Answer the page's script: when it was saved, the next version, and the clinic's words if something worries."""
    if "version" not in form.cleaned_data:
        return kept.refused(" ".join(str(said) for said in form.non_field_errors()), 422)
    try:
        saved = _kept(entry, form)
    except services.Stale:
        return kept.refused(kept.BEATEN, 409)
    except services.Closed:
        return kept.refused(kept.CLOSED, 410)
    return kept.stored(saved, entry.request.language)
