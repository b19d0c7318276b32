"""The settings of measures: the list, one measure with a look at it as the patient will see it."""

from __future__ import annotations

import uuid

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from clinic.kernel import clock
from clinic.kernel.words import say
from clinic.policy import policy
from clinic.practice import languages
from clinic.staff.requests import StaffRequest
from patients.intake.conditions import all_conditions
from patients.measures import services
from patients.measures.forms import MeasureForm
from patients.measures.forms.scale import previews
from patients.measures.models import MeasureVersion

READ_AND_WRITE = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@policy("measures", "read")
def measures(request: StaffRequest) -> HttpResponse:
    """List the measures, those in use first."""
    newest = MeasureVersion.objects.filter(version=F("measure__version")).select_related("measure")
    listed = list(newest.order_by("-measure__active", "measure__position", "measure_id"))
    names = {condition.id: condition.name for condition in all_conditions()}
    for version in listed:
        version.conditions = [names.get(one, one) for one in version.measure.condition_ids]  # type: ignore[attr-defined]
    offered = [tag for tag in languages.offered(request.practice) if tag != languages.ENGLISH]
    for version in listed:
        version.silent = [  # type: ignore[attr-defined]
            languages.ENGLISH_NAMES[tag] for tag in offered if tag not in version.words
        ]
    return render(request, "measures/list.html", {"here": "settings", "versions": listed})


@READ_AND_WRITE
@policy("measures", "edit")
def measure(request: StaffRequest, public_id: uuid.UUID | None = None) -> HttpResponse:
    """Add a measure, or change one. "Show it first" draws it and keeps nothing."""
    stored = _stored(public_id) if public_id else None
    form = MeasureForm(
        request.POST or None, languages=languages.offered(request.practice),
        initial=MeasureForm.initial_of(stored) if stored else {},
    )  # fmt: skip
    if stored is None:
        del form.fields["active"]
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        try:
            _keep(request, form, stored)
        except (services.NameTaken, services.TooMany) as refused:
            form.add_error("name", str(refused))
        except services.ChangedMeanwhile as changed:
            form.add_error(None, str(changed))
        else:
            say(request, f"{form.cleaned_data['name']} is kept.")
            return redirect("measures:list")
    scale = form.scale if form.is_bound and form.is_valid() else services.Scale.of(stored) if stored else None
    context = {"here": "settings", "form": form, "stored": stored, "previews": previews(scale) if scale else []}
    return render(request, "measures/measure.html", context)


def _stored(public_id: uuid.UUID) -> MeasureVersion:
    newest = MeasureVersion.objects.filter(version=F("measure__version")).select_related("measure")
    return get_object_or_404(newest, measure__public_id=public_id)


def _keep(request: StaffRequest, form: MeasureForm, stored: MeasureVersion | None) -> None:
    said, by, now = form.cleaned_data, request.user, clock.now()
    if stored is None:
        services.add_measure(
            scale=form.scale, asked=said["asked"], condition_ids=said["conditions"], by=by, now=now
        )  # fmt: skip
        return
    services.amend_measure(
        measure=stored.measure, seen=said["version"], scale=form.keeping(form.scale, stored), asked=said["asked"],
        condition_ids=said["conditions"], active=said["active"], by=by, now=now,
    )  # fmt: skip
