"""What the pages of the intake have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django import forms

from clinic.kernel.forms import GuardedForm
from patients.intake.models import QuestionnaireRequest


@dataclass(frozen=True)
class StepFacts:
    """What a page must know before it can be drawn: whose form, which country, which day."""

    request: QuestionnaireRequest
    country: str
    today: date

    @property
    def data(self) -> Mapping[str, Any]:
        """What the draft holds so far."""
        data: Mapping[str, Any] = self.request.draft.data
        return data


class StepForm(GuardedForm):
    """One page. ``version`` is the draft's when the page was opened, so that two windows never overwrite silently."""

    mark_optional = False  # most may stay open; each page says so once, in a sentence

    version = forms.IntegerField(
        min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput,
        error_messages={"required": "This page arrived cut off. Please send it again; your text is kept."},
    )  # fmt: skip

    def __init__(self, *args: Any, facts: StepFacts, **options: Any) -> None:
        self.facts = facts
        super().__init__(*args, country=facts.country, today=facts.today, **options)

    @classmethod
    def opened(cls, facts: StepFacts, stored: Mapping[str, Any]) -> Self:
        """Return the page as it is first shown: with what was saved, or what is known already."""
        initial = cls.initial_of(facts, stored) | {"version": facts.request.draft.version}
        return cls(facts=facts, initial=initial)

    @classmethod
    def initial_of(cls, facts: StepFacts, stored: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG003
        """Return the values to show first for the answers ``stored`` in the draft (empty on the first visit)."""
        return dict(stored)

    def answers(self) -> dict[str, Any]:
        """Return what the draft keeps of this valid page, as plain JSON."""
        raise NotImplementedError

    @property
    def seen(self) -> int:
        """The draft's version when the page was opened."""
        return int(self.cleaned_data["version"])

    def beside(self, stored: Mapping[str, Any]) -> list[tuple[str, str, str]]:
        """Return label, stored and typed words of each field in which the two differ."""
        saved = type(self).initial_of(self.facts, stored)
        pairs = []
        for field in self.visible_fields():
            there = words_of(field, saved.get(field.name))
            here = words_of(field, self.cleaned_data.get(field.name))
            if there != here:
                pairs.append((str(field.label), there, here))
        return pairs


def words_of(field: forms.BoundField, value: Any) -> str:
    """Return an answer as people read it: labels in place of codes, "nothing" for an empty one."""
    labels = {str(code): str(label) for code, label in getattr(field.field, "choices", [])}
    if isinstance(value, bool):
        return "yes" if value else "no"
    values = value if isinstance(value, list) else [value]
    said = [labels.get(str(one), str(one)) for one in values if one not in (None, "")]
    return ", ".join(said) or "nothing"
