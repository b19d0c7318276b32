"""The form at a checkpoint: the check-in's page with other questions, under the sentences of their questionnaires."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.utils.functional import Promise

from patients.intake import check_in, checkpoint
from patients.intake.forms.answered import AnsweredForm
from patients.intake.forms.check_in import Asks, field_of
from patients.intake.forms.feelings import HEADINGS, OF_PAIN
from patients.intake.instruments import catalogue
from patients.intake.instruments.form import notices
from patients.measures.asked import answers_of, form_fields


@dataclass(frozen=True)
class Group:
    """Fields of one questionnaire under their common sentence."""

    stem: str | Promise
    fields: list[BoundField]


class CheckpointForm(AnsweredForm):
    """Ten questions at most, none of which must be answered: an open question is an answer too."""

    def __init__(self, *args: Any, asks: Asks, **options: Any) -> None:
        super().__init__(*args, **options)
        language = self.facts.request.language
        self.chosen = checkpoint.chosen(language, goal=bool(asks["goal"]), measures=len(asks["measures"]))
        self.measures = list(asks["measures"])[: self.chosen.measures]
        self.goal = asks["goal"] if self.chosen.goal else ""
        for group in self.chosen.groups:
            for item in group.items:
                self.fields[item.link_id] = field_of(item, required=False)
        if self.goal:
            item = catalogue.get(check_in.CONCERN, language).item(check_in.GOAL_SCORE)
            self.fields[item.link_id] = field_of(item, required=False)
            self.fields[item.link_id].label = f"“{self.goal}” {item.text}"
        self.fields.update(form_fields(self.measures))
        for item in checkpoint.folded(language):
            self.fields[item.link_id] = field_of(item, required=False)
        self.settle_fields(country=self.facts.country, today=self.facts.today)

    @property
    def groups(self) -> list[Group]:
        """The questions that stand open, under their headings; goal and measures follow the questions about pain."""
        groups = []
        for asked in self.chosen.groups:
            code = "peg" if {item.link_id for item in asked.items} <= OF_PAIN else asked.code
            stem = HEADINGS.get(code) or asked.stem
            groups.append(Group(stem, [self[item.link_id] for item in asked.items]))
        own = [check_in.GOAL_SCORE] if self.goal else []
        groups[1].fields.extend(self[name] for name in (*own, *(measure.name for measure in self.measures)))
        return groups

    @property
    def folded(self) -> list[tuple[BoundField, str]]:
        """What stands in the fold, each with the name of the answer that makes it visible ("" for always)."""
        return [(self[name], check_in.SHOWN_WHEN.get(name, "")) for name in checkpoint.FOLDED]

    @property
    def is_unfolded(self) -> bool:
        """Whether something stands in the fold already."""
        return any(field.errors or field.value() not in (None, "", []) for field, _ in self.folded)

    @property
    def notices(self) -> list[str]:
        """What the holders of the questionnaires want to be shown with them."""
        language = self.facts.request.language
        return notices(catalogue.get(group.code, language) for group in self.chosen.groups)

    def answers(self) -> dict[str, Any]:
        """Return what was answered and makes sense together, and who said it, also of a page that is not whole yet."""
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [])}
        return check_in.sensible(given, goal=self.goal) | answers_of(self.measures, self.cleaned_data) | self.said_by
