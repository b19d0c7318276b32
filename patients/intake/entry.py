"""The way into the pages of a form: the cookie, the request it names, and whether this device may read on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from clinic.kernel import clock
from clinic.practice import languages
from patients.intake import key, querysets, steps
from patients.intake.forms import StepFacts
from patients.intake.models import QuestionnaireRequest

Args = ParamSpec("Args")


@dataclass(frozen=True)
class Entry:
    """A form that may be filled in now. ``resting``: it lay still so long that nothing saved may be shown."""

    request: QuestionnaireRequest
    key: key.Key
    now: datetime
    country: str
    resting: bool

    @property
    def today(self) -> date:
        """The clinic's day."""
        return timezone.localdate(self.now)

    @property
    def facts(self) -> StepFacts:
        """What the forms must know."""
        return StepFacts(request=self.request, country=self.country, today=self.today)


def enter(request: HttpRequest, now: datetime, *, step: int = 0) -> Entry | None:
    """Return the form this browser has open, None when there is none or it can no longer be filled in.

    ``step`` is the page that is asked for: one page asks for the clinic's own measures, in the same statement.
    """
    mine = key.read(request, now)
    if mine is None or mine.is_over or (mine.tablet and mine.idle(now) and request.method != "POST"):
        return None
    found = querysets.in_work(mine.request, mine.version, now, with_measures=step == steps.FEELINGS)
    if found is None:
        return None
    languages.speak(request, found.language)
    country = getattr(getattr(request, "practice", None), "country", "")
    return Entry(found, mine, now, country, resting=not mine.known or mine.idle(now))


def in_form(view: Callable[Concatenate[HttpRequest, Entry, Args], HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a view the open form of this browser, and keep the form open.

    A device that is not known, or rested for an hour, is asked for the birth date before anything is shown. What was
    typed meanwhile is still taken: it could be lost otherwise, and taking shows nothing.
    """

    @wraps(view)
    def entered(request: HttpRequest, *args: Args.args, **options: Args.kwargs) -> HttpResponse:
        now = clock.now()
        entry = enter(request, now, step=int(options.get("step", 0)))  # type: ignore[call-overload]
        if entry is None:
            return closed(request, now)
        if not entry.key.known or (entry.resting and request.method != "POST"):
            return redirect("intake:birth_date")
        request.on_tablet = entry.key.tablet  # type: ignore[attr-defined]
        response = view(request, entry, *args, **options)
        if key.NAME not in response.cookies and not entry.resting:
            key.give(response, entry.key, now)
        return response

    return entered


def closed(request: HttpRequest, now: datetime) -> HttpResponse:
    """Answer somebody whose form is not open here: handed in already, or no link was opened on this device."""
    mine = key.read(request, now)
    if mine is not None and mine.tablet:
        return key.give_back(render(request, "intake/rest.html"), now)
    if mine is not None and mine.sent:
        return redirect("intake:sent")
    return render(request, "intake/closed.html", status=404)


def handed_in(response: HttpResponse, entry: Entry) -> HttpResponse:
    """Leave a cookie that only knows that the form was sent; on a device of the clinic not even whose."""
    if entry.key.tablet:
        return key.give_back(redirect("intake:rest"), entry.now)
    return key.give(response, replace(entry.key, sent=True), entry.now)


def context(entry: Entry, **more: Any) -> dict[str, Any]:
    """Return what every page of the form shows: when it was saved, who it is for."""
    draft = entry.request.draft
    return {"saved_at": draft.updated_at if draft.version > 1 else None, **more}
