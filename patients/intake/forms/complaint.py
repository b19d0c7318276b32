"""What brings you, in your own words or from the list, and what you would like to do again."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from clinic.kernel.fields import CleanText, PickField
from patients.intake import conditions
from patients.intake.forms.base import StepFacts, StepForm

PATTERNS = (("constant", _("It is always there")), ("comes-and-goes", _("It comes and goes")))
WORDS = 5_000
"""Characters of one answer: about two printed pages."""


class ComplaintForm(StepForm):
    """The complaint. ``concern`` is matched with the list of conditions; what is not on it stays as it was typed."""

    concern = CleanText(
        label=_("What troubles you most?"),
        error_messages={"required": _("Please write a word or two, such as: low back pain.")},
        widget=forms.TextInput(attrs={"list": "conditions", "autocomplete": "off"}),
        help_text=_("Choose from the list while you type, or use your own words."),
    )
    story = CleanText(label=_("Tell us more, if you like"), lines=True, required=False, max_length=WORDS)
    since = CleanText(label=_("Since when?"), required=False, max_length=120, help_text=_("For example: since March."))
    pattern = PickField(label=_("Is it always there?"), choices=PATTERNS, required=False, row=True)
    better = CleanText(label=_("What makes it better?"), lines=True, required=False, max_length=WORDS)
    worse = CleanText(label=_("What makes it worse?"), lines=True, required=False, max_length=WORDS)
    goal = CleanText(
        label=_("What would you like to do again?"), lines=True, required=False, max_length=WORDS,
        help_text=_("For example: walk to the shop without stopping."),
    )  # fmt: skip

    @classmethod
    def initial_of(cls, facts: StepFacts, stored: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG003
        return dict(stored)

    def answers(self) -> dict[str, Any]:
        typed = {name: self.cleaned_data[name] for name in ("concern", "story", "since", "pattern", "better", "worse")}
        found = condition_of(typed["concern"])
        own = "" if found else typed["concern"]
        told = f"{own} {typed['story']}"
        return typed | {
            "goal": self.cleaned_data["goal"],
            "condition_id": found.id if found else "",
            "condition_guesses": [] if found else list(conditions.meant_by(told)),
            "words": "\n\n".join(part for part in (own, typed["story"]) if part),
            "back_pain": bool(found and found.is_back_pain) or conditions.speaks_of_the_back(told),
        }


def suggestions() -> list[str]:
    """Return the names that the page proposes while somebody types, in the language of the page."""
    return [gettext(condition.name) for condition in conditions.all_conditions()]


def condition_of(text: str) -> conditions.Condition | None:
    """Return the condition that was chosen from the list, by its name whatever its case; None for own words.

    The name counts in English and in the language of the page.
    """
    return _by_name(get_language() or "en").get(text.casefold())


@cache
def _by_name(language: str) -> dict[str, conditions.Condition]:
    known = {condition.name.casefold(): condition for condition in conditions.all_conditions()}
    return {gettext(condition.name).casefold(): condition for condition in conditions.all_conditions()} | known
