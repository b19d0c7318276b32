"""What is on record of a patient's safety: read, recorded, ended. For practitioners."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from clinic.audit.services import open_record
from clinic.kernel import clock
from clinic.kernel.words import say
from clinic.policy import policy
from clinic.staff.requests import StaffRequest
from patients.fact_forms import EndFactForm, FactForm, note_named
from patients.models import Patient, SafetyFact
from patients.safety import rules
from patients.safety.recordable import PLACES
from patients.services.facts import end_fact, record_fact

#: Facts shown on one page, the open ones first.
MOST_SHOWN = 200


@policy("safety-fact", "record")
@require_http_methods(["GET", "HEAD", "POST"])
def facts(request: StaffRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Record a fact above all that is on record. The look is traced."""
    now = clock.now()
    patient = get_object_or_404(Patient, public_id=patient_id)
    open_record(by=request.user, now=now, resource="safety-fact", patient_id=patient.pk)
    today = timezone.localdate(now)
    if request.method != "POST":
        asked = {"note": note_named(request.GET.get("note")), "rule": request.GET.get("rule", "")}
        return _page(request, patient, FactForm(initial=asked, today=today))
    form = FactForm(request.POST, today=today)
    if not form.is_valid():
        return _page(request, patient, form, status=422)
    record_fact(patient=patient, said=form.said, by=request.user, now=now)
    say(request, f"On record: {rules.header(form.said.rule_id)}.")
    return _back(patient, form.cleaned_data["note"])


@policy("safety-fact", "record")
@require_POST
def end(request: StaffRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Say that a fact holds no longer. It stays on record with its end."""
    now = clock.now()
    patient = get_object_or_404(Patient, public_id=patient_id)
    form = EndFactForm(request.POST)
    ended = form.is_valid() and end_fact(patient=patient, rule_id=form.cleaned_data["rule"], by=request.user, now=now)
    say(request, "It holds no longer; it stays on record." if ended else "Nothing was changed.")
    address = reverse("patients:facts", args=[patient.public_id])
    note = note_named(request.POST.get("note"))
    return redirect(f"{address}?note={note}" if note else address)


def _back(patient: Patient, note: uuid.UUID | None) -> HttpResponse:
    if note is not None:
        return redirect(f"{reverse('treatments:note', args=[note])}#warnings")
    return redirect("patients:facts", patient.public_id)


def _page(request: StaffRequest, patient: Patient, form: FactForm, status: int = 200) -> HttpResponse:
    rows = SafetyFact.objects.filter(patient=patient).order_by("ended_at", "-recorded_at", "-id")
    held = [_shown(fact) for fact in rows.filter(ended_at=None)[:MOST_SHOWN]]
    over = [_shown(fact) for fact in rows.exclude(ended_at=None).order_by("-ended_at", "-id")[:MOST_SHOWN]]
    context = {"patient": patient, "form": form, "held": held, "over": over, "note": note_named(form["note"].value())}
    return render(request, "patients/facts.html", context, status=status)


def _shown(fact: SafetyFact) -> dict[str, object]:
    try:
        says = rules.header(fact.rule_id)
    except LookupError:  # a rule that left the list stays on record by its id
        says = fact.rule_id
    return {"fact": fact, "says": says, "where": ", ".join(PLACES.get(place, place) for place in fact.places)}
