"""Finding a patient, with what the desk wants to know of each: the next visit and how far the intake is."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.audit.services import open_list
from clinic.kernel import clock
from clinic.policy import policy
from clinic.staff.requests import StaffRequest
from patients.finding import find, readable
from patients.intake.querysets import intake_state
from patients.models import Patient
from patients.querysets import PatientQuerySet

#: More are not shown: somebody who finds fifty types another letter.
MOST_SHOWN = 50


@require_safe
@policy("patient", "list")
def search(request: StaffRequest) -> HttpResponse:
    """List the patients that ``?q=`` fits: parts of names, digits of a phone, a birth date, a code."""
    now = clock.now()
    asked = readable(request.GET.get("q", ""))
    found: list[Patient] = []
    if asked:
        found = find(asked, now=now, most=MOST_SHOWN + 1, also=with_intake)
        open_list(by=request.user, now=now, resource="patient", patient_ids=[one.pk for one in found[:MOST_SHOWN]])
    context = {
        "q": asked, "found": found[:MOST_SHOWN], "more": len(found) > MOST_SHOWN, "most": MOST_SHOWN,
        "here": "patients",
    }  # fmt: skip
    return render(request, "desk/search.html", context)


def with_intake(patients: PatientQuerySet, now: Any) -> PatientQuerySet:
    """Add ``intake_words``: not sent, sent, begun, step 3 of 6, done. No answer is read."""
    return patients.annotate(intake_words=intake_state(now, "pk"))
