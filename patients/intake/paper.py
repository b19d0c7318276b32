"""The intake on paper, drawn from the very forms that are filled in on a screen, so that the two never differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.forms import BoundField, MultipleChoiceField
from django.utils.functional import Promise

from clinic.kernel.choice_fields import ScaleInput
from clinic.kernel.date_fields import DateThreeBoxes
from clinic.practice.models import ConsentText
from patients.intake import steps
from patients.intake.forms import AgreementForm, FeelingsForm, StepFacts, StepForm
from patients.intake.models import Draft, QuestionnaireRequest
from patients.models import Patient

#: Everything that a page asks only under a condition is printed; the paper cannot look back.
_ASKS_ALL = {str(steps.COMPLAINT): {"back_pain": True}}


#: What cannot be done with a pen.
_NOT_ON_PAPER = ("photo", "photo_kept")


@dataclass(frozen=True)
class Option:
    """A box to tick: its words, what is known of it already, and what it asks for when it is ticked.

    ``of_ten``: a place that may hurt; how strong is written beside it.
    """

    words: str
    hint: str
    ticked: bool
    of_ten: bool
    details: list[BoundField]


@dataclass(frozen=True)
class Asked:
    """One question as it stands on paper. ``kind``: "scale", "choices", "tick", "dates", "lines" or "line".

    ``stem``: the sentence under which it and those after it are asked, "" for none.
    """

    kind: str
    field: BoundField
    options: list[Option]
    stem: str | Promise = ""


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
    return [Sheet(steps.TITLES[step], _asked(kind.opened(facts, {}))) for step, kind in forms.items()]


def _asked(form: StepForm) -> list[Asked]:
    """Return the questions of a page; what a tick asks for more stands under that tick."""
    fields = [field for field in form.visible_fields() if field.name not in _NOT_ON_PAPER]
    stems: dict[str, str | Promise] = {}
    if isinstance(form, FeelingsForm):
        fields = [field for group in form.groups for field in group.fields]
        stems = {group.fields[0].name: group.stem for group in form.groups}
    asked, beside = [], set()
    for field in fields:
        kind = _kind(field)
        options = _options(field, fields) if kind == "choices" else []
        beside |= {detail.name for option in options for detail in option.details}
        asked.append(Asked(kind, field, options, stems.get(field.name, "")))
    return [one for one in asked if one.field.name not in beside]


def _options(field: BoundField, fields: Sequence[BoundField]) -> list[Option]:
    several = isinstance(field.field, MultipleChoiceField)
    known = {str(value) for value in field.value() or []} if several else set()
    return [
        Option(
            words=str(words),
            hint=str(getattr(field.field.widget, "hints", {}).get(str(value), "")),
            ticked=str(value) in known,
            of_ten=field.name == "places" and value != getattr(field.field, "none", ""),
            details=[one for one in fields if value and one.name.endswith(f"_{value}") and one.name != field.name],
        )
        for value, words in field.field.choices  # type: ignore[attr-defined]
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
