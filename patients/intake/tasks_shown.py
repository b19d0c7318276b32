"""How a practitioner's list names the tasks of this room: whom they are about, never what was answered."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from clinic.attention.kinds import Kind, Line
from clinic.attention.models import Task
from patients.intake.services.filling import INTERPRETER, WORRYING, WORRYING_CHECK_IN
from patients.models import Patient


def lines(tasks: Sequence[Task]) -> dict[int, Line]:
    """Return name and the page of the intake for each task whose patient exists."""
    return _lines(tasks, "intake:reading")


def check_in_lines(tasks: Sequence[Task]) -> dict[int, Line]:
    """Return name and the page of the check-in for each task whose patient exists."""
    return _lines(tasks, "intake:check_in_reading")


def _lines(tasks: Sequence[Task], page: str) -> dict[int, Line]:
    patients = Patient.objects.only("public_id", "given_name", "family_name").in_bulk(
        [task.patient_id for task in tasks]
    )
    return {
        task.pk: Line(patient.full_name, reverse(page, args=[patient.public_id]))
        for task in tasks
        if (patient := patients.get(task.patient_id)) is not None
    }


KINDS = (
    Kind(code=WORRYING, title="An answer to look at", lines=lines),
    Kind(code=WORRYING_CHECK_IN, title="An answer of a check-in to look at", lines=check_in_lines),
    Kind(code=INTERPRETER, title="Questions to ask with an interpreter, not family", lines=lines),
)
