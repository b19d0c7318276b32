"""The measured values of one patient: enter one, correct one, read them all."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from clinic.audit.services import open_record
from clinic.kernel import clock
from clinic.kernel.words import say
from clinic.policy import policy
from clinic.staff.requests import StaffRequest
from patients.measures import services
from patients.measures.forms import TakeBackForm, ValueForm
from patients.measures.models import MeasureValue, MeasureVersion
from patients.measures.numbers import plain
from patients.models import Patient

READ_AND_WRITE = require_http_methods(["GET", "HEAD", "POST"])
#: Values shown on one page, newest first.
MOST_SHOWN = 500


@READ_AND_WRITE
@policy("measures", "enter")
def values(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Enter a number for a patient, above every number on record. The look is traced."""
    now = clock.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    open_record(by=request.user, now=now, resource="measures", patient_id=patient.pk)
    form = ValueForm(request.POST or None, versions=list(MeasureVersion.objects.current()), now=now)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            services.record_value(
                patient=patient, measure=form.version.measure, value=said["value"], measured_at=form.measured_at,
                by=request.user, now=now, answered_by=said["answered_by"], form_token=said["form_token"],
            )  # fmt: skip
        except (services.NotOnItsScale, services.AlreadyMeasured) as refused:
            form.add_error("value", str(refused))
        else:
            say(request, f"{form.version.words['en']['name']} {plain(said['value'])} is kept.")
            return redirect(f"{reverse('desk:patient', args=[patient.public_id])}#h-measures")
    return _page(request, patient, form)


@READ_AND_WRITE
@policy("measures", "enter")
def take_back(request: StaffRequest, public_id: uuid.UUID, value_id: uuid.UUID) -> HttpResponse:
    """Say that a value was wrong, with the right one where it is known. The wrong one stays on record."""
    now = clock.now()
    patient = get_object_or_404(Patient, public_id=public_id)
    open_record(by=request.user, now=now, resource="measures", patient_id=patient.pk)
    wrong = get_object_or_404(
        MeasureValue.objects.standing().select_related("measure", "version"), patient=patient, public_id=value_id
    )
    form = TakeBackForm(request.POST or None, version=wrong.version, was=wrong.value)
    if request.method == "POST" and form.is_valid():
        try:
            _correct(request, patient, wrong, form.cleaned_data["value"], form.cleaned_data)
        except services.AlreadyMeasured as refused:
            form.add_error(None, str(refused))
        else:
            say(request, "The value is corrected; the one before stays on record with its reason.")
            return redirect("measures:values", patient.public_id)
    context = {"here": "patients", "patient": patient, "value": wrong, "form": form}
    return render(request, "measures/take_back.html", context)


def _correct(
    request: StaffRequest, patient: Patient, wrong: MeasureValue, right: Decimal | None, said: dict[str, object]
) -> None:
    by, now, why = request.user, clock.now(), str(said["why"])
    if right is None:
        services.take_back(value=wrong, why=why, by=by, now=now)
        return
    services.record_value(
        patient=patient, measure=wrong.measure, value=right, measured_at=wrong.measured_at, by=by, now=now,
        answered_by=wrong.answered_by, form_token=uuid.UUID(str(said["form_token"])), corrects=wrong, why=why,
    )  # fmt: skip


def _page(request: StaffRequest, patient: Patient, form: ValueForm) -> HttpResponse:
    found = MeasureValue.objects.filter(patient=patient).select_related("version")
    listed = list(found.order_by("-measured_at", "-id")[:MOST_SHOWN])
    context = {"here": "patients", "patient": patient, "form": form, "values": listed, "most": MOST_SHOWN}
    return render(request, "measures/values.html", context, status=400 if form.errors else 200)
