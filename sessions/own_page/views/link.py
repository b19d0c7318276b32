"""The link from a mail: a page that changes nothing, and its buttons. New links, birth dates, closing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from clinic.audit.context import current
from clinic.kernel import clock
from clinic.policy import policy
from patients.contact import services as contact
from patients.contact.models import PatientLink
from patients.contact.querysets import BIRTH_DATE_TRIES
from patients.intake import guesses, key
from patients.intake.forms import BirthDateForm
from patients.intake.views.link import quiet
from sessions.own_page import changing, entry, services
from sessions.own_page.entry import OWN, Purpose
from sessions.own_page.views.mails import mails_page, one_click, save_mails

_LINK = "a link's token, checked inside, opens the visit, the page or the mails of one patient"
_COOKIE = "the cookie that a link's token was swapped for, checked inside"


# Without a referrer browsers send "Origin: null", which the check against forged requests refuses. The token in the
# address is that check here: who knows it may press the button anyway.
@policy.link(_LINK)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a link is for, with its buttons. Mail scanners open every link: only a button changes anything."""
    now = clock.now()
    link = entry.of_token(request, token, now)
    if link is None:
        return entry.stale(request, token, now)
    if link.purpose == Purpose.VISIT:
        return quiet(_visit(request, link, now))
    if link.purpose == Purpose.PREFERENCES:
        return quiet(_mails(request, link, now))
    if request.method == "POST":
        return quiet(_open(request, link, now))
    return quiet(render(request, "own_page/open.html", {"first_name": link.patient.given_name}))


def _visit(request: HttpRequest, link: PatientLink, now: datetime) -> HttpResponse:
    """Show the visit of a link, or do what one button asks and go on without the token."""
    visit = entry.visits_of(link.patient, now).get(pk=link.subject_id)
    practice = request.practice  # type: ignore[attr-defined]
    problem = changing.do(visit, request.POST, now) if request.method == "POST" else ""
    if request.method == "POST" and not problem:
        return entry.opened(redirect("own_page:visit"), link, known=True, now=now)
    if problem:
        visit = entry.visits_of(link.patient, now).get(pk=link.subject_id)
    page = changing.page_of(visit, practice=practice, now=now, after=request.GET.get("after", ""), problem=problem)
    context = {"page": page, "first_name": link.patient.given_name, "by_token": True}
    return render(request, "own_page/visit.html", context, status=409 if problem else 200)


def _mails(request: HttpRequest, link: PatientLink, now: datetime) -> HttpResponse:
    """Show which mails are wanted; stop the extras with one click (RFC 8058), or keep what the form says."""
    if request.method != "POST":
        return mails_page(request, link.patient, now)
    if one_click(request):
        contact.stop_extras(patient=link.patient, by=None, now=now)
        return render(request, "own_page/stopped.html")
    form = save_mails(request, link.patient, now)
    if form is not None:
        return mails_page(request, link.patient, now, form=form)
    return entry.opened(redirect("own_page:mails_kept"), link, known=True, now=now)


def _open(request: HttpRequest, link: PatientLink, now: datetime) -> HttpResponse:
    """Open the own page on this device; one that is not known is asked for the birth date first."""
    mine = key.read(request, now, OWN)
    same = mine is not None and (mine.request, mine.version) == (link.public_id, link.version)
    known = same and mine is not None and mine.known and not mine.idle(now)
    return entry.opened(
        redirect("own_page:home" if known else "own_page:birth_date"), link, known=known, now=now
    )  # fmt: skip


@policy.link("it answers the same to everybody; a mail goes only to an address on file")
@csrf_exempt
@require_POST
def new_link(request: HttpRequest) -> HttpResponse:
    """Send a fresh link to the address on file, when there is one, and say the same in any case."""
    now = clock.now()
    if guesses.count(current().address, now):
        return quiet(render(request, "intake/too_many.html", status=429))
    services.ask_for_new_link(token=request.POST.get("token", "")[:200], now=now)
    return quiet(render(request, "own_page/new_link.html"))


@policy.link(_COOKIE)
@require_http_methods(["GET", "HEAD", "POST"])
def birth_date(request: HttpRequest) -> HttpResponse:
    """Ask a new device, or one that rested for an hour, for the birth date; five tries."""
    now = clock.now()
    entered = entry.enter(request, now)
    if entered is None or entered.link.purpose != Purpose.OWN_PAGE:
        return entry.closed(request)
    if not entered.resting:
        return redirect("own_page:home")
    tries = entered.link.birth_date_tries
    form = BirthDateForm(
        request.POST if request.method == "POST" else None,
        country=entered.practice.country, today=timezone.localdate(now),
    )  # fmt: skip
    if tries < BIRTH_DATE_TRIES and request.method == "POST" and form.is_valid():
        if contact.confirm_birth_date(link=entered.link, birth_date=form.cleaned_data["birth_date"], now=now):
            return entry.unkept(key.give(redirect("own_page:home"), replace(entered.key, known=True), now, OWN))
        tries += 1
        left = BIRTH_DATE_TRIES - tries
        again = ngettext("You can try {left} more time.", "You can try {left} more times.", left).format(left=left)
        form.add_error("birth_date", _("This is not the birth date we have on file.") + " " + again)
    if tries >= BIRTH_DATE_TRIES:
        return entry.unkept(render(request, "own_page/locked.html", status=403))
    return entry.unkept(render(request, "own_page/birth_date.html", {"form": form}))


@policy.link(_COOKIE)
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close the page on this device."""
    response = entry.unkept(render(request, "own_page/left.html"))
    response.delete_cookie(OWN.name, path=OWN.path, samesite="Lax")
    return response
