"""The check-in: one screen, one field a question, each named by its link id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

from django.forms import BoundField, Field
from django.utils.translation import gettext as _

from clinic.kernel.fields import CleanText, ScaleField, TickField
from patients.intake import check_in
from patients.intake.forms.answered import AnsweredForm
from patients.intake.forms.feelings import NumberPick
from patients.intake.instruments.model import Item
from patients.measures.asked import MeasureQuestion, answers_of, form_fields

_DAYS_OF_A_WEEK = 7


class Asks(TypedDict):
    """What a check-in asks besides its own questions."""

    goal: str
    measures: Sequence[MeasureQuestion]


class CheckInForm(AnsweredForm):
    """``goal`` are the patient's own words; with them one more question stands right under the first.

    ``measures`` are numbers of the clinic's own, at the end.
    """

    mark_optional = True

    def __init__(self, *args: Any, goal: str = "", measures: Sequence[MeasureQuestion] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.goal, self.measures = goal, measures
        for item in check_in.questions(self.facts.request.language, goal=goal):
            self.fields[item.link_id] = field_of(item, required=item.required)
        if goal:
            self.fields[check_in.GOAL_SCORE].label = f"“{goal}” {self.fields[check_in.GOAL_SCORE].label}"
        self.fields.update(form_fields(measures))

    @property
    def asked(self) -> list[tuple[BoundField, str]]:
        """The visible fields in order, each with the name of the answer that makes it visible ("" for always)."""
        asked = [field for field in self.visible_fields() if field.name != check_in.WHO]
        return [(field, check_in.SHOWN_WHEN.get(field.name, "")) for field in asked]

    def answers(self) -> dict[str, Any]:
        """Return what was answered and makes sense together, and who said it, also of a page that is not whole yet."""
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [])}
        return check_in.sensible(given, goal=self.goal) | answers_of(self.measures, self.cleaned_data) | self.said_by


def field_of(item: Item, *, required: bool) -> Field:
    """Return the form field of one question."""
    options: dict[str, Any] = {"label": item.text, "required": required}
    if item.type == "integer":
        days = item.maximum == _DAYS_OF_A_WEEK
        return ScaleField(
            steps=item.maximum or 10, low=_("days") if days else item.anchor_low, high=item.anchor_high, **options
        )
    if item.type == "text":
        return CleanText(max_length=item.max_length, lines=True, **options)
    choices = [(str(option.value), option.text) for option in item.options]
    if item.type == "multi":
        return TickField(choices=choices, none=next(iter(item.exclusive), ""), **options)
    return NumberPick(choices=choices, row=len(choices) <= len(("no", "yes")), **options)
