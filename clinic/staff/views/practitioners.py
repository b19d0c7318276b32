"""Practitioners and their weeks, as the owner keeps them."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from clinic.kernel import clock
from clinic.kernel.words import say
from clinic.policy.tags import policy
from clinic.staff import hours
from clinic.staff.forms.practitioners import WEEKDAYS, KnownPractitionerForm, WeekForm
from clinic.staff.models import Practitioner
from clinic.staff.requests import StaffRequest
from clinic.staff.services import practitioners
from clinic.staff.views.users import pop_shown_link


@require_safe
@policy("settings", "edit")
def listed(request: StaffRequest) -> HttpResponse:
    """Who treats, under which licence, in which hours. Two statements."""
    everybody = Practitioner.objects.select_related("user").prefetch_related("hours").order_by("-active", "id")
    rows = [{"practitioner": person, "week": say_week(person)} for person in everybody]
    return render(request, "staff/practitioners.html", {"rows": rows, "shown_link": pop_shown_link(request)})


def say_week(practitioner: Practitioner) -> list[tuple[str, str]]:
    """Return the open days of a practitioner as (days, hours), equal days in a row together: ("Mon–Wed", ...)."""
    week: dict[int, list[hours.Stretch]] = {}
    for row in practitioner.hours.all():
        week.setdefault(row.weekday, []).append((row.opens, row.closes))
    said: list[tuple[int, int, str]] = []
    for weekday, stretches in sorted(week.items()):
        words = hours.say_day(stretches)
        if said and said[-1][1] == weekday - 1 and said[-1][2] == words:
            said[-1] = (said[-1][0], weekday, words)
        else:
            said.append((weekday, weekday, words))
    return [(_days(first, last), words) for first, last, words in said]


def _days(first: int, last: int) -> str:
    names = [WEEKDAYS[first][:3], WEEKDAYS[last][:3]]
    return names[0] if first == last else "–".join(names)


@require_http_methods(["GET", "HEAD", "POST"])
@policy("settings", "edit")
def change(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """The name on the board, the licence, whether one can book."""
    stored = get_object_or_404(Practitioner.objects.select_related("user"), public_id=public_id)
    form = KnownPractitionerForm(request.POST or None, initial=KnownPractitionerForm.initial_of(stored))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        practitioners.amend_practitioner(
            practitioner=stored, display_name=said["display_name"], hanzi_name=said["hanzi_name"],
            licence=said["licence"], active=said["active"], by=request.user, now=clock.now(),
        )  # fmt: skip
        say(request, f"{said['display_name']} is kept.")
        return redirect("staff:practitioners")
    facts = {"form": form, "practitioner": stored, "shown_link": pop_shown_link(request)}
    return render(request, "staff/practitioner.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@policy("settings", "edit")
def week(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """A practitioner's week."""
    stored = get_object_or_404(Practitioner.objects.prefetch_related("hours"), public_id=public_id)
    form = WeekForm(request.POST or None, initial=WeekForm.initial_of(stored.hours.all()))
    if request.method == "POST" and form.is_valid():
        practitioners.set_hours(practitioner=stored, hours=form.week(), by=request.user, now=clock.now())
        say(request, f"The week of {stored.display_name} is kept. Visits that are booked stay.")
        return redirect("staff:practitioners")
    return render(request, "staff/week.html", {"form": form, "practitioner": stored})
