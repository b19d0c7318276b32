"""The patient's own pages: visits, course, how it goes, the card of all dates, the calendar file."""

from __future__ import annotations

import uuid

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from clinic.audit import services as audit
from clinic.policy import policy
from clinic.practice import languages
from sessions.appointments.calendar_file import calendar_of
from sessions.appointments.models import Appointment
from sessions.courses.models import Course
from sessions.own_page import changing
from sessions.own_page.card import address_of, card_of
from sessions.own_page.entry import Entry, Purpose, State, visits_of, with_link
from sessions.own_page.progress import progress_of

_COOKIE = "the cookie that a link's token was swapped for, checked inside"
MOST_VISITS = 40


@policy.link(_COOKIE)
@require_safe
@with_link(Purpose.OWN_PAGE)
def home(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Show the own page. The look is traced before anything of the record is read."""
    patient = entry.patient
    audit.open_record(by=None, now=entry.now, resource="own-page", patient_id=patient.pk, acting_as="link")
    course = Course.objects.filter(patient=patient).order_by(F("ended_at").desc(nulls_first=True), "-id").first()
    visits = list(visits_of(patient, entry.now)[:MOST_VISITS])
    ahead = [visit for visit in visits if visit.state not in changing.OFF]
    context = {
        "first_name": patient.address_as or patient.given_name,
        "visits": ahead,
        "cancelled": [visit for visit in visits if visit.state in changing.OFF],
        "course": course,
        "progress": progress_of(patient.pk, course, language=languages.active()),
        "practitioner": ahead[0].practitioner.display_name if ahead else "",
    }
    return render(request, "own_page/home.html", context)


@policy.link(_COOKIE)
@require_http_methods(["GET", "HEAD", "POST"])
@with_link(Purpose.VISIT)
def visit(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Show the one visit of a link after its token was left behind, and do what its buttons ask."""
    found = visits_of(entry.patient, entry.now).filter(pk=entry.link.subject_id).first()
    if found is None:
        raise Http404
    return _visit(request, entry, found, "own_page:visit", [])


@policy.link(_COOKIE)
@require_http_methods(["GET", "HEAD", "POST"])
@with_link(Purpose.OWN_PAGE)
def one_visit(request: HttpRequest, entry: Entry, visit_id: uuid.UUID) -> HttpResponse:
    """Show one of the patient's visits, and do what its buttons ask. Another patient's does not exist here."""
    found = visits_of(entry.patient, entry.now).filter(public_id=visit_id).first()
    if found is None:
        raise Http404
    return _visit(request, entry, found, "own_page:one_visit", [found.public_id])


def _visit(request: HttpRequest, entry: Entry, found: Appointment, place: str, ids: list[uuid.UUID]) -> HttpResponse:
    problem = changing.do(found, request.POST, entry.now) if request.method == "POST" else ""
    if request.method == "POST" and not problem:
        return redirect(place, *ids)
    if problem:
        found = visits_of(entry.patient, entry.now).get(pk=found.pk)
    after = request.GET.get("after", "")
    page = changing.page_of(found, practice=entry.practice, now=entry.now, after=after, problem=problem)
    context = {"page": page, "first_name": entry.patient.given_name, "whole": entry.link.purpose == Purpose.OWN_PAGE}
    return render(request, "own_page/visit.html", context, status=409 if problem else 200)


@policy.link(_COOKIE)
@require_safe
@with_link(Purpose.OWN_PAGE)
def card(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Show the card of all dates in large print."""
    return render(request, "own_page/card.html", {"card": card_of(entry.patient, entry.practice, entry.now)})


@policy.link(_COOKIE)
@require_safe
@with_link(Purpose.OWN_PAGE)
def calendar(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Give all visits ahead as one calendar file."""
    visits = visits_of(entry.patient, entry.now).filter(state__in=(State.BOOKED, State.CONFIRMED))
    content = calendar_of(
        visits=visits[:MOST_VISITS], place=", ".join(address_of(entry.practice, None)), now=entry.now,
        organizer=entry.practice.reply_to or entry.practice.mail_from,
    )  # fmt: skip
    headers = {"Content-Disposition": 'attachment; filename="appointments.ics"'}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)
