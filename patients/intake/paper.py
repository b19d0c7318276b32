"""The intake on paper, drawn from the very forms that are filled in on a screen, so that the two never differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.forms import BoundField
from django.utils.functional import Promise

from clinic.kernel.choice_fields import ScaleInput
from clinic.kernel.date_fields import DateThreeBoxes
from clinic.practice.models import ConsentText
from patients.intake import steps
from patients.intake.forms import AgreementForm, StepFacts, StepForm
from patients.intake.models import Draft, QuestionnaireRequest
from patients.models import Patient

#: Everything that a page asks only under a condition is printed; the paper cannot look back.
_ASKS_ALL = {str(steps.COMPLAINT): {"back_pain": True}}


@dataclass(frozen=True)
class Asked:
    """One question as it stands on paper. ``kind``: "scale", "choices", "tick", "dates", "lines" or "line"."""

    kind: str
    field: BoundField


@dataclass(frozen=True)
class Sheet:
    """One step on paper."""

    title: str | Promise
    asked: list[Asked]


def facts_of(patient: Patient, *, country: str, today: date, language: str) -> StepFacts:
    """Return what the forms must know, without a word of what was answered so far."""
    request = QuestionnaireRequest(patient=patient, form=QuestionnaireRequest.Form.INTAKE, language=language)
    request.draft = Draft(request=request, data=dict(_ASKS_ALL))
    return StepFacts(request=request, country=country, today=today)


def sheets(facts: StepFacts, forms: Mapping[int, type[StepForm]]) -> list[Sheet]:
    """Return the steps before the agreement, ``forms`` being those of the screen, with what the desk knows already."""
    return [
        Sheet(steps.TITLES[step], [Asked(_kind(field), field) for field in kind.opened(facts, {}).visible_fields()])
        for step, kind in forms.items()
    ]


def agreements(facts: StepFacts, texts: Sequence[ConsentText]) -> list[tuple[ConsentText, BoundField]]:
    """Return each text to agree to, with its tick."""
    return AgreementForm(facts=facts, texts=texts).agreements


def _kind(field: BoundField) -> str:
    widget = field.field.widget
    if isinstance(widget, ScaleInput):
        return "scale"
    if isinstance(widget, DateThreeBoxes):
        return "dates"
    if getattr(field.field, "choices", None) is not None:
        return "choices"
    if getattr(widget, "input_type", "") == "checkbox":
        return "tick"
    return "lines" if getattr(field.field, "lines", False) else "line"
