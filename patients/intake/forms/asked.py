"""A questionnaire on one screen, one field a question named by its link id; and the practitioner's page that asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField, Field

from clinic.kernel.fields import CleanText, PickField, ScaleField, TickField
from clinic.kernel.forms import GuardedForm
from patients.intake import asking
from patients.intake.forms.answered import AnsweredForm
from patients.intake.forms.feelings import NumberPick
from patients.intake.instruments import catalogue
from patients.intake.instruments.form import notices
from patients.intake.instruments.model import Item


@dataclass(frozen=True)
class Group:
    """Questions of one questionnaire under their common sentence."""

    stem: str
    fields: list[BoundField]


class AskedForm(AnsweredForm):
    """The questions of one request. Nothing must be answered: an open question is an answer too."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        request = self.facts.request
        self.codes = list(request.instruments)
        self.questions = asking.questions(self.codes, request.language)
        for question in self.questions:
            self.fields[question.item.link_id] = _field(question.item)
        self.settle_fields(country=self.facts.country, today=self.facts.today)

    @property
    def groups(self) -> list[Group]:
        """The questions under the sentences of their questionnaires."""
        groups: dict[str, Group] = {}
        for question in self.questions:
            stem = question.instrument.stem or question.instrument.title
            groups.setdefault(question.instrument.code, Group(stem, [])).fields.append(self[question.item.link_id])
        return list(groups.values())

    @property
    def notices(self) -> list[str]:
        """What the holders of the questionnaires want to be shown with them."""
        return notices(question.instrument for question in self.questions)

    def answers(self) -> dict[str, Any]:
        """Return what was answered and makes sense together, and who said it, also of a page that is not whole yet."""
        link_ids = [question.item.link_id for question in self.questions]
        given = {link_id: self.cleaned_data.get(link_id) for link_id in link_ids}
        said = {name: answer for name, answer in given.items() if answer not in (None, "", [])}
        return asking.sensible(self.codes, said) | self.said_by


def _field(item: Item) -> Field:
    options: dict[str, Any] = {"label": item.text, "required": False}
    if item.type == "integer":
        return ScaleField(steps=item.maximum or 10, low=item.anchor_low, high=item.anchor_high, **options)
    if item.type == "text":
        return CleanText(max_length=item.max_length, lines=True, **options)
    choices = [(str(option.value), option.text) for option in item.options]
    if item.type == "multi":
        return TickField(choices=choices, none=next(iter(item.exclusive), ""), **options)
    return NumberPick(choices=choices, **options)


class AskForm(GuardedForm):
    """Which questionnaires, and where."""

    mark_optional = False

    def __init__(self, data: Mapping[str, Any] | None = None, *, places: Mapping[str, str], **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["instruments"] = TickField(
            label="Which",
            choices=[(code, catalogue.get(code).title) for code in asking.all_codes()],
            error_messages={"required": "Please choose at least one."},
            small=True,
        )
        self.fields["where"] = PickField(label="Where", choices=list(places.items()), small=True)
        self.settle_fields()
