"""The pages of point sets, the side that is left unsaid, and the look-up behind "Find a point"."""

from __future__ import annotations

import uuid
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.kernel import clock
from clinic.kernel.words import say
from clinic.policy import policy
from clinic.staff.models import Practitioner
from clinic.staff.requests import StaffRequest
from sessions.point_sets import services
from sessions.point_sets.forms import PointSetForm, SideUnsaidForm
from sessions.point_sets.models import PointSet
from sessions.point_sets.querysets import PointSetQuerySet
from sessions.points.catalogue import Side
from sessions.points.names import LONGEST_NAME, starting_with
from sessions.shelf.pages import brought_back, is_kept, retired

#: As many as a thumb looks through.
MOST_FOUND = 8
READ_AND_WRITE = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@policy("points", "find")
def find(request: StaffRequest) -> HttpResponse:
    """The points whose names begin like ``q``, as options of a list box."""
    typed = request.GET.get("q", "")[:LONGEST_NAME]
    return render(request, "point_sets/_options.html", {"points": starting_with(typed, MOST_FOUND), "typed": typed})


@require_safe
@policy("point-set", "read")
def listed(request: StaffRequest) -> HttpResponse:
    """The sets of this practitioner and the shared ones; then those out of use, and what a missing side means."""
    sets = list(PointSet.objects.seen_by(request.user.pk).select_related("made_by").order_by("name", "id"))
    practitioner = _practitioner(request)
    habit = SideUnsaidForm(initial={"side_unsaid": practitioner.side_unsaid or "ask"}) if practitioner else None
    context = {
        "here": "notes",
        "sets": [one for one in sets if one.retired_at is None],
        "retired": [one for one in sets if one.retired_at is not None],
        "form": habit,
    }
    return render(request, "point_sets/list.html", context)


@READ_AND_WRITE
@policy("point-set", "edit")
def edit(request: StaffRequest, public_id: uuid.UUID | None = None) -> HttpResponse:
    """Make a set, or change one."""
    stored = get_object_or_404(_seen(request), public_id=public_id) if public_id else None
    form = PointSetForm(request.POST or None, initial=_initial(stored) if stored else {})
    if request.method == "POST":
        form.default_side = _side(_practitioner(request))
        if form.is_valid() and is_kept(form, lambda: _keep(request, form, stored)):
            say(request, f"{form.cleaned_data['name']} is kept.")
            return redirect("point_sets:list")
    return render(request, "point_sets/set.html", {"here": "notes", "form": form, "stored": stored})


@require_POST
@policy("point-set", "edit")
def retire(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Offer a set no more."""
    found = get_object_or_404(_seen(request), public_id=public_id)
    act = partial(services.retire_set, point_set=found, by=request.user, now=clock.now())
    return retired(request, found, act, place="point_sets")


@require_POST
@policy("point-set", "edit")
def bring_back(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Offer a set again."""
    found = get_object_or_404(_seen(request), public_id=public_id)
    act = partial(services.bring_back_set, point_set=found, by=request.user, now=clock.now())
    return brought_back(request, found, act, place="point_sets")


@require_POST
@policy("point-set", "edit")
def side(request: StaffRequest) -> HttpResponse:
    """Keep what a point without a side means."""
    form, practitioner = SideUnsaidForm(request.POST), _practitioner(request)
    if practitioner is None or not form.is_valid():
        messages.error(request, "Please choose one of the two.")
        return redirect("point_sets:list")
    chosen = "" if form.cleaned_data["side_unsaid"] == "ask" else form.cleaned_data["side_unsaid"]
    services.set_side_unsaid(practitioner=practitioner, side=chosen, by=request.user, now=clock.now())
    say(request, "A point without a side now means both sides." if chosen else "A point without a side asks.")
    return redirect("point_sets:list")


def _initial(stored: PointSet) -> dict[str, object]:
    return {"name": stored.name, "line": stored.line, "shared": stored.shared, "version": stored.version}


def _seen(request: StaffRequest) -> PointSetQuerySet:
    return PointSet.objects.seen_by(request.user.pk)


def _practitioner(request: StaffRequest) -> Practitioner | None:
    return Practitioner.objects.filter(user_id=request.user.pk).first()


def _side(practitioner: Practitioner | None) -> Side | None:
    return "both" if practitioner is not None and practitioner.side_unsaid == "both" else None


def _keep(request: StaffRequest, form: PointSetForm, stored: PointSet | None) -> None:
    said, now = form.cleaned_data, clock.now()
    name, line, shared = said["name"], said["line"], said["shared"]
    if stored is None:
        services.make_set(name=name, line=line, shared=shared, by=request.user, now=now)
    else:
        services.change_set(
            point_set=stored, seen=said["version"] or 0, name=name, line=line, shared=shared, by=request.user, now=now
        )
