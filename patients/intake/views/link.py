"""The link from the mail: a page that changes nothing, a button that opens the form, a way to a new link."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from clinic.audit.context import current
from clinic.kernel import clock
from clinic.policy import policy
from clinic.practice import languages
from patients.intake import entry, guesses, key, querysets, services, tongues
from patients.intake.forms import BirthDateForm
from patients.intake.models import QuestionnaireRequest

_LINK = "a link's token, checked inside, opens one form of one patient"
_COOKIE = "the cookie that a link's token was swapped for, checked inside"


# Without a referrer browsers send "Origin: null", which the check against forged requests refuses. The token in the
# address is that check here: who knows it may open the form anyway.
@policy.link(_LINK)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, token: str) -> HttpResponse:
    """Show the clinic's name and a button. Mail scanners open every link: only the button begins."""
    now = clock.now()
    found = querysets.of_token(token)
    if found is None or not querysets.alive(found, now):
        return quiet(_stale(request, token, now))
    if request.method == "POST" and tongues.was_chosen(request, found, now):
        return quiet(redirect("intake:begin", token))
    languages.speak(request, found.language)
    if request.method == "POST":
        return quiet(_open(request, found, now))
    shown = {"first_name": found.patient.given_name, "choice": tongues.choice(request, found)}
    return quiet(render(request, "intake/begin.html", shown))


@policy.link("it answers the same to everybody; a mail goes only to an address on file")
@csrf_exempt
@require_POST
def new_link(request: HttpRequest) -> HttpResponse:
    """Send a fresh link to the address on file, when there is one, and say the same in any case."""
    now = clock.now()
    if guesses.count(current().address, now):
        return quiet(render(request, "intake/too_many.html", status=429))
    services.ask_for_new_link(token=request.POST.get("token", "")[:200], now=now)
    return quiet(render(request, "intake/new_link.html"))


@policy.link(_COOKIE)
@require_http_methods(["GET", "HEAD", "POST"])
def birth_date(request: HttpRequest) -> HttpResponse:
    """Ask a new device, or one that rested for an hour, for the birth date; five tries."""
    now = clock.now()
    entered = entry.enter(request, now)
    if entered is None or entered.key.tablet:
        return entry.closed(request, now)
    if not entered.resting:
        return redirect("intake:resume")
    tries = entered.request.birth_date_tries
    form = BirthDateForm(
        request.POST if request.method == "POST" else None, country=entered.country, today=entered.today
    )
    if tries < querysets.BIRTH_DATE_TRIES and request.method == "POST" and form.is_valid():
        if services.confirm_birth_date(request=entered.request, birth_date=form.cleaned_data["birth_date"], now=now):
            return key.give(redirect("intake:resume"), replace(entered.key, known=True), now)
        tries += 1
        left = querysets.BIRTH_DATE_TRIES - tries
        again = ngettext("You can try {left} more time.", "You can try {left} more times.", left).format(left=left)
        form.add_error("birth_date", _("This is not the birth date we have on file.") + " " + again)
    if tries >= querysets.BIRTH_DATE_TRIES:
        return render(request, "intake/locked.html", status=403)
    return render(request, "intake/birth_date.html", {"form": form})


def _open(request: HttpRequest, found: QuestionnaireRequest, now: datetime) -> HttpResponse:
    """Begin the form, or go on with it; leave the token behind."""
    first = services.begin(request=found, now=now)
    mine = key.read(request, now)
    same = mine is not None and (mine.request, mine.version) == (found.public_id, found.version)
    known = first or (same and mine is not None and mine.known and not mine.idle(now))
    place = "intake:resume" if known else "intake:birth_date"
    return key.give(redirect(place), key.Key(found.public_id, found.version, known, now), now)


def _stale(request: HttpRequest, token: str, now: datetime) -> HttpResponse:
    """Say the same for every link that opens nothing: unknown, too old, called back, used, cut off."""
    if guesses.count(current().address, now):
        return render(request, "intake/too_many.html", status=429)
    return render(request, "intake/stale.html", {"token": token}, status=404)


def quiet(response: HttpResponse) -> HttpResponse:
    """Let no browser tell anybody the address of this page, nor keep it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
