"""How you are: pain, function, mood, worry and sleep in numbers, each once, in the words of the questionnaires."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.forms import BoundField, Field
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.kernel.fields import PickField, ScaleField
from clinic.kernel.twins import FieldSource
from patients.intake import asked_measures, steps
from patients.intake.forms.base import StepForm
from patients.intake.instruments.form import Question, notices
from patients.measures.asked import answers_of, form_fields


@dataclass(frozen=True)
class Group:
    """Questions of one questionnaire under their common sentence."""

    stem: str | Promise
    fields: list[BoundField]


class FeelingsForm(StepForm):
    """One field a question, named by its link id. Somebody who helps may leave them open for the patient."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.helped_by = steps.helper_of(self.facts.data)
        self.questions = steps.questions(self.facts.request.language)
        self.measures = asked_measures.questions(self.facts.request)
        self.fields.update(deepcopy(_made(self.facts.request.language, bool(self.helped_by))))
        self.fields.update(form_fields(self.measures))

    @property
    def groups(self) -> list[Group]:
        """The questions under the headings of the page."""
        groups: dict[str, Group] = {}
        for question in self.questions:
            code = "peg" if question.item.link_id in OF_PAIN else question.instrument.code
            stem = HEADINGS.get(code) or question.instrument.stem or question.instrument.title
            groups.setdefault(code, Group(stem, [])).fields.append(self[question.item.link_id])
        if self.measures:
            groups["measures"] = Group(gettext("What goes with your complaint"), [self[m.name] for m in self.measures])
        return list(groups.values())

    @property
    def notices(self) -> list[str]:
        """What the holders of the questionnaires want to be shown with them."""
        return notices(question.instrument for question in self.questions)

    def answers(self) -> dict[str, Any]:
        link_ids = [question.item.link_id for question in self.questions]
        given = {link_id: self.cleaned_data[link_id] for link_id in link_ids if self.cleaned_data[link_id] is not None}
        return given | answers_of(self.measures, self.cleaned_data)


#: Where the PEG has no words, the check-in's own questions on pain stand under its heading.
OF_PAIN = frozenset({"ci-pain", "ci-interference"})
#: Headings of our own where a questionnaire brings no sentence for a first visit.
HEADINGS = {"peg": _("Your pain in the last week"), "checkin": _("Mood, sleep and medicine in the last week")}


@lru_cache(maxsize=2 * steps.SPOKEN)
def _made(language: str, helped: bool) -> FieldSource:
    """The questions' fields, made once a language: each form takes twins of them."""
    asked = steps.questions(language)
    return FieldSource({one.item.link_id: _field(one, required=one.item.required and not helped) for one in asked})


def _field(question: Question, *, required: bool) -> Field:
    item = question.item
    if item.type == "integer":
        return ScaleField(
            label=item.text, steps=item.maximum or 10, low=item.anchor_low, high=item.anchor_high, required=required
        )
    return NumberPick(label=item.text, choices=[(str(o.value), o.text) for o in item.options], required=required)


class NumberPick(PickField):
    """A choice whose values are whole numbers; None when nothing was chosen."""

    def clean(self, value: Any) -> Any:
        chosen = super().clean(value)
        return int(chosen) if chosen != "" else None
