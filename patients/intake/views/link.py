"""The link from the mail: a page that changes nothing, a button that opens the form, a way to a new link."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from clinic.kernel import clock
from clinic.policy import policy
from clinic.practice import languages
from patients.intake import entry, key, querysets, services, tongues
from patients.intake.models import QuestionnaireRequest
from patients.intake.views import doors
from patients.intake.views.doors import quiet


# Without a referrer browsers send "Origin: null", which the check against forged requests refuses. The token in the
# address is that check here: who knows it may open the form anyway.
@policy.link(doors.LINK)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, token: str) -> HttpResponse:
    """Show the clinic's name and a button. Mail scanners open every link: only the button begins."""
    now = clock.now()
    found = querysets.of_token(token)
    if found is None or not querysets.alive(found, now):
        return doors.opens_nothing(request, "intake/stale.html", now, token=token)
    if request.method == "POST" and tongues.was_chosen(request, found, now):
        return quiet(redirect("intake:begin", token))
    languages.speak(request, found.language)
    if request.method == "POST":
        return quiet(_open(request, found, now))
    shown = {"first_name": found.patient.given_name, "choice": tongues.choice(request, found)}
    return quiet(render(request, "intake/begin.html", shown))


@policy.link(doors.SAME_FOR_ALL)
@csrf_exempt
@require_POST
def new_link(request: HttpRequest) -> HttpResponse:
    """Send a fresh link to the address on file, when there is one, and say the same in any case."""
    return doors.send_anew(
        request, "intake/new_link.html", lambda token, now: services.ask_for_new_link(token=token, now=now)
    )


@policy.link(doors.COOKIE)
@require_http_methods(["GET", "HEAD", "POST"])
def birth_date(request: HttpRequest) -> HttpResponse:
    """Ask a new device, or one that rested for an hour, for the birth date; five tries."""
    now = clock.now()
    entered = entry.enter(request, now)
    if entered is None or entered.key.tablet:
        return entry.closed(request, now)
    if not entered.resting:
        return redirect("intake:resume")
    form = entered.request
    asked = doors.BirthDate(
        tries=form.birth_date_tries,
        confirm=lambda said: services.confirm_birth_date(request=form, birth_date=said, now=now),
        country=entered.country,
        template="intake/birth_date.html",
        locked="intake/locked.html",
    ).asked(request, now)
    return asked or key.give(redirect("intake:resume"), replace(entered.key, known=True), now)


def _open(request: HttpRequest, found: QuestionnaireRequest, now: datetime) -> HttpResponse:
    """Begin the form, or go on with it; leave the token behind."""
    first = services.begin(request=found, now=now)
    mine = key.read(request, now)
    same = mine is not None and (mine.request, mine.version) == (found.public_id, found.version)
    known = first or (same and mine is not None and mine.known and not mine.idle(now))
    place = "intake:resume" if known else "intake:birth_date"
    return key.give(redirect(place), key.Key(found.public_id, found.version, known, now), now)
