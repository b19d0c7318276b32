"""How a practitioner's list names the tasks of this room: whom they are about, never what was answered."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from clinic.attention.kinds import Kind, Line, ToRead
from clinic.attention.models import Task
from patients.intake.models import QuestionnaireRequest
from patients.intake.services.filling import INTERPRETER, WORRYING, WORRYING_ASKED, WORRYING_CHECK_IN
from patients.models import Patient

#: Who has more unread forms than this reads the oldest first.
MOST_UNREAD = 100
_TITLES = {
    QuestionnaireRequest.Form.INTAKE: ("An intake that came in", "intake:reading"),
    QuestionnaireRequest.Form.QUESTIONNAIRE: ("A questionnaire that came in", "intake:asked_reading"),
}


def lines(tasks: Sequence[Task]) -> dict[int, Line]:
    """Return name and the page of the intake for each task whose patient exists."""
    return _lines(tasks, "intake:reading")


def check_in_lines(tasks: Sequence[Task]) -> dict[int, Line]:
    """Return name and the page of the check-in for each task whose patient exists."""
    return _lines(tasks, "intake:check_in_reading")


def asked_lines(tasks: Sequence[Task]) -> dict[int, Line]:
    """Return name and the page of the questionnaire for each task whose patient exists."""
    return _lines(tasks, "intake:asked_reading")


def unread() -> list[ToRead]:
    """Return the forms that were handed in and that no practitioner has read yet. One statement."""
    waiting = QuestionnaireRequest.objects.filter(
        form__in=list(_TITLES), state=QuestionnaireRequest.State.SUBMITTED, read_at__isnull=True
    )
    columns = ("form", "submitted_at", "patient__public_id", "patient__given_name", "patient__family_name")
    found = waiting.select_related("patient").only(*columns).order_by("submitted_at", "id")
    return [_to_read(one) for one in found[:MOST_UNREAD] if one.submitted_at is not None]


def _to_read(request: QuestionnaireRequest) -> ToRead:
    title, page = _TITLES[QuestionnaireRequest.Form(request.form)]
    patient = request.patient
    assert request.submitted_at is not None, "only forms that were handed in are to be read"
    return ToRead(
        patient.pk, Line(patient.full_name, reverse(page, args=[patient.public_id])), title, request.submitted_at
    )


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
    Kind(code=WORRYING_ASKED, title="An answer of a questionnaire to look at", lines=asked_lines),
    Kind(code=INTERPRETER, title="Questions to ask with an interpreter, not family", lines=lines),
)
