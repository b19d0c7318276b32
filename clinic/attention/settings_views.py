"""Who is told of a worrying answer, as the owner sets it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from clinic.attention import querysets, services
from clinic.attention.forms import AbsenceForm, DutyForm, id_of
from clinic.attention.models import Absence
from clinic.kernel import clock
from clinic.kernel.words import say
from clinic.policy import policy
from clinic.staff.requests import StaffRequest


@policy("duty", "edit")
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: StaffRequest) -> HttpResponse:
    """Name who is told first and second, and who steps in."""
    treating = list(querysets.practitioners())
    form = DutyForm(request.POST or None, people=treating, initial=DutyForm.initial_of(querysets.duty()))
    if request.method == "POST" and form.is_valid():
        services.keep_duty(chosen=form.chosen(), by=request.user, now=clock.now())
        say(request, "Kept. It holds for every answer from now on.")
        return redirect("attention:people")
    return _page(request, form, AbsenceForm(people=treating, today=timezone.localdate(clock.now())))


@policy("duty", "edit")
@require_POST
def away(request: StaffRequest) -> HttpResponse:
    """Keep that somebody is away, or take it back."""
    now = clock.now()
    if "drop" in request.POST:
        absence = get_object_or_404(Absence, public_id=id_of(request.POST.get("drop", "")))
        services.drop_absence(absence=absence, by=request.user, now=now)
        say(request, "Taken back.")
        return redirect("attention:people")
    treating = list(querysets.practitioners())
    form = AbsenceForm(request.POST, people=treating, today=timezone.localdate(now))
    if form.is_valid():
        said = form.cleaned_data
        services.add_absence(
            user=said["user"], first_day=said["first_day"], last_day=said["last_day"], by=request.user, now=now
        )
        say(request, f"Kept. While {said['user']} is away, somebody else is told.")
        return redirect("attention:people")
    return _page(request, DutyForm(people=treating, initial=DutyForm.initial_of(querysets.duty())), form)


def _page(request: StaffRequest, form: DutyForm, absence_form: AbsenceForm) -> HttpResponse:
    context = {
        "form": form,
        "absence_form": absence_form,
        "absences": querysets.absences_from(timezone.localdate(clock.now())),
        "here": "attention",
    }
    return render(request, "attention/people.html", context)
