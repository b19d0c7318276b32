"""What the pages of the intake have in common."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.kernel.forms import GuardedForm
from patients.intake import steps
from patients.intake.models import QuestionnaireRequest

MOST_FIELDS = 1_000
"""Values of one page; no page of ours comes near it."""


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
        error_messages=dict.fromkeys(
            ("required", "invalid"), _("This page arrived cut off. Please send it again; your text is kept.")
        ),
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
    def reopened(cls, facts: StepFacts, step: int) -> Self:
        """Return the page as it was left: as it was typed, half a page without a word of blame, else as saved."""
        fields = steps.fields_of(facts.data, step)
        if not fields:
            return cls.opened(facts, steps.answers_of(facts.data, step))
        data = QueryDict(mutable=True)
        for name, values in fields.items():
            data.setlist(name, values)
        data["version"] = str(facts.request.draft.version)
        form = cls(data, facts=facts)
        form._errors = ErrorDict()  # type: ignore[attr-defined]
        form.cleaned_data = {}
        return form

    @classmethod
    def initial_of(cls, facts: StepFacts, stored: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG003
        """Return the values to show first for the answers ``stored`` in the draft (empty on the first visit)."""
        return dict(stored)

    def answers(self) -> dict[str, Any]:
        """Return what the draft keeps of this valid page, as plain JSON."""
        raise NotImplementedError

    def so_far(self) -> dict[str, Any]:
        """Return the answers of a page that is being filled in: what cannot be read yet counts as open."""
        for name, field in self.fields.items():
            if name not in self.cleaned_data:
                open_field = copy(field)
                open_field.required = False
                self.cleaned_data[name] = open_field.clean(None)
        return self.answers()

    def typed(self) -> dict[str, list[str]]:
        """Return the fields as they were typed, those of this page alone."""
        sent = {name: self.data.getlist(name) for name in self.data} if isinstance(self.data, QueryDict) else {}
        own = {name for name, field in self.fields.items() if name not in ("version", "form_token", "end")}
        return {name: values for name, values in sent.items() if name in own or name.rpartition("_")[0] in own}

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError when far more arrived than the page holds."""
        cleaned = super().clean() or self.cleaned_data
        if isinstance(self.data, QueryDict) and sum(len(values) for _, values in self.data.lists()) > MOST_FIELDS:
            raise ValidationError(
                gettext("More arrived than this page holds. Please send it again; your text is kept."), code="too_many"
            )
        return cleaned

    @property
    def seen(self) -> int:
        """The draft's version when the page was opened."""
        return int(self.cleaned_data["version"])

    @property
    def was_cut_off(self) -> bool:
        """Whether the page did not arrive whole: its end, its version or its number is missing."""
        hidden = {"version", "form_token"} <= self.cleaned_data.keys()
        return not hidden or self.data.get("end") != "1"

    @property
    def window(self) -> str:
        """The number of the opened page: the same for every sending from one window."""
        return str(self.cleaned_data["form_token"])

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
        return gettext("yes") if value else gettext("no")
    values = value if isinstance(value, list) else [value]
    said = [labels.get(str(one), str(one)) for one in values if one not in (None, "")]
    return ", ".join(said) or gettext("nothing")
