"""The way into a patient's own pages: the link, the cookie that stands for it, how long each purpose lasts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from clinic.kernel import clock
from clinic.practice import languages
from clinic.practice.models import Practice
from patients.contact import querysets
from patients.contact.models import PatientLink
from patients.intake import key
from patients.models import Patient
from sessions.appointments.models import Appointment
from sessions.courses.models import Course

Args = ParamSpec("Args")
Purpose = PatientLink.Purpose
State = Appointment.State

PATH = "/p/"
# Browsers keep a name with this prefix only when it came with Secure.
OWN = key.Place("__Secure-own" if settings.BASE_IS_HTTPS else "own", PATH, "sessions.own_page.key")
#: So long after the course the own page can be opened.
AFTER_THE_COURSE = timedelta(days=365)
#: States in which a visit has a page of its own: the others have begun, or are for the clinic alone.
SHOWN = (State.BOOKED, State.CONFIRMED, State.CANCELLED, State.LATE_CANCELLED)


@dataclass(frozen=True)
class Entry:
    """A link that was opened on this device. ``resting``: it lay still so long that nothing may be shown."""

    link: PatientLink
    key: key.Key
    now: datetime
    practice: Practice
    resting: bool

    @property
    def patient(self) -> Patient:
        """Whose link it is."""
        return self.link.patient

    @property
    def today(self) -> date:
        """The clinic's day."""
        return timezone.localdate(self.now)


_Inner = Callable[Concatenate[HttpRequest, Entry, Args], HttpResponse]


def visits_of(patient: Patient, now: datetime) -> Any:
    """Return what a patient may see and change: visits ahead, the next first, also those that were cancelled."""
    ahead = Appointment.objects.filter(patient=patient, starts_at__gt=now, state__in=SHOWN)
    return ahead.select_related("service", "practitioner", "room__location").order_by("starts_at", "id")


def lasts(link: PatientLink, now: datetime) -> bool:
    """Tell whether the purpose of a link has not ended: with its visit, a year after the course, or never."""
    if link.purpose == Purpose.VISIT:
        return bool(visits_of(link.patient, now).filter(pk=link.subject_id).exists())
    if link.purpose == Purpose.OWN_PAGE:
        since = now - AFTER_THE_COURSE
        in_care = Course.objects.filter(Q(state="active") | Q(ended_at__gt=since), patient=link.patient)
        came = Appointment.objects.filter(patient=link.patient, starts_at__gt=since).exclude(state="entered-in-error")
        return link.made_at > since or in_care.exists() or came.exists()
    return True


def of_token(request: HttpRequest, token: str, now: datetime) -> PatientLink | None:
    """Return the link that a token opens now, and answer in its patient's language; None for every bad one."""
    link = querysets.of_token(token)
    if link is None or not lasts(link, now):
        return None
    languages.speak(request, link.patient.language)
    return link


def enter(request: HttpRequest, now: datetime) -> Entry | None:
    """Return the link this browser has open, None when there is none or it has ended."""
    mine = key.read(request, now, OWN)
    link = querysets.of_key(mine.request, mine.version) if mine else None
    practice: Practice | None = getattr(request, "practice", None)
    if mine is None or link is None or practice is None or not lasts(link, now):
        return None
    languages.speak(request, link.patient.language)
    return Entry(link, mine, now, practice, resting=not mine.known or mine.idle(now))


def opened(response: HttpResponse, link: PatientLink, *, known: bool, now: datetime) -> HttpResponse:
    """Leave the key of a link in the browser; the token stays behind."""
    return key.give(response, key.Key(link.public_id, link.version, known, now), now, OWN)


def closed(request: HttpRequest) -> HttpResponse:
    """Answer somebody who has no link open on this device."""
    return unkept(render(request, "own_page/closed.html", status=404))


def unkept(response: HttpResponse) -> HttpResponse:
    """Let no browser keep the page. Its address holds no token, so that forms on it can be checked by their origin."""
    response.headers["Cache-Control"] = "no-store"
    return response


def with_link(*purposes: str) -> Callable[[_Inner[Args]], Callable[..., HttpResponse]]:
    """Give a view the open link of this browser when it serves one of ``purposes``, and keep it open.

    The own page shows nothing on a device that did not give the birth date, or rested for an hour.
    """

    def decorated(view: _Inner[Args]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def entered(request: HttpRequest, *args: Args.args, **options: Args.kwargs) -> HttpResponse:
            now = clock.now()
            entry = enter(request, now)
            if entry is None or entry.link.purpose not in purposes:
                return closed(request)
            if entry.resting and entry.link.purpose == Purpose.OWN_PAGE:
                return unkept(redirect("own_page:birth_date"))
            response = view(request, entry, *args, **options)
            if OWN.name not in response.cookies:
                key.give(response, entry.key, now, OWN)
            return unkept(response)

        return entered

    return decorated
