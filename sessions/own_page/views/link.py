"""The link from a mail: a page that changes nothing, and its buttons. New links, birth dates, closing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from clinic.kernel import clock
from clinic.policy import policy
from patients.contact import services as contact
from patients.contact.models import PatientLink
from patients.intake import key
from patients.intake.views import doors
from patients.intake.views.doors import quiet
from sessions.own_page import changing, entry, services
from sessions.own_page.entry import OWN, Purpose
from sessions.own_page.views.mails import mails_page, one_click, save_mails


# Without a referrer browsers send "Origin: null", which the check against forged requests refuses. The token in the
# address is that check here: who knows it may press the button anyway.
@policy.link(doors.LINK)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a link is for, with its buttons. Mail scanners open every link: only a button changes anything."""
    now = clock.now()
    link = entry.of_token(request, token, now)
    if link is None:
        return doors.opens_nothing(request, "own_page/stale.html", now, token=token)
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


@policy.link(doors.SAME_FOR_ALL)
@csrf_exempt
@require_POST
def new_link(request: HttpRequest) -> HttpResponse:
    """Send a fresh link to the address on file, when there is one, and say the same in any case."""
    return doors.send_anew(
        request, "own_page/new_link.html", lambda token, now: services.ask_for_new_link(token=token, now=now)
    )


@policy.link(doors.COOKIE)
@require_http_methods(["GET", "HEAD", "POST"])
def birth_date(request: HttpRequest) -> HttpResponse:
    """Ask a new device, or one that rested for an hour, for the birth date; five tries."""
    now = clock.now()
    entered = entry.enter(request, now)
    if entered is None or entered.link.purpose != Purpose.OWN_PAGE:
        return entry.closed(request)
    if not entered.resting:
        return redirect("own_page:home")
    link = entered.link
    asked = doors.BirthDate(
        tries=link.birth_date_tries,
        confirm=lambda said: contact.confirm_birth_date(link=link, birth_date=said, now=now),
        country=entered.practice.country,
        template="own_page/birth_date.html",
        locked="own_page/locked.html",
    ).asked(request, now)
    return entry.unkept(
        asked or key.give(redirect("own_page:home"), replace(entered.key, known=True), now, OWN)
    )  # fmt: skip


@policy.link(doors.COOKIE)
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close the page on this device."""
    response = entry.unkept(render(request, "own_page/left.html"))
    response.delete_cookie(OWN.name, path=OWN.path, samesite="Lax")
    return response
