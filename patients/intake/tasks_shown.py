"""How a practitioner's list names the tasks of this room: whom they are about, never what was answered."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from clinic.attention.kinds import Kind, Line
from clinic.attention.models import Task
from patients.intake.services.filling import INTERPRETER, WORRYING
from patients.models import Patient


def lines(tasks: Sequence[Task]) -> dict[int, Line]:
    """Return name and page for each task whose patient exists."""
    patients = Patient.objects.only("public_id", "given_name", "family_name").in_bulk(
        [task.patient_id for task in tasks]
    )
    return {
        task.pk: Line(patient.full_name, reverse("intake:reading", args=[patient.public_id]))
        for task in tasks
        if (patient := patients.get(task.patient_id)) is not None
    }


KINDS = (
    Kind(code=WORRYING, title="An answer to look at", lines=lines),
    Kind(code=INTERPRETER, title="Questions to ask with an interpreter, not family", lines=lines),
)
