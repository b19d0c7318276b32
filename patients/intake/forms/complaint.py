"""Step 2: what brings you, in your own words or from the list, and what you would like to do again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from django import forms

from clinic.kernel.fields import CleanText, PickField
from patients.intake import conditions
from patients.intake.forms.base import StepFacts, StepForm

PATTERNS = (("constant", "It is always there"), ("comes-and-goes", "It comes and goes"))
WORDS = 5_000
"""Characters of one answer: about two printed pages."""
_BACK = re.compile(r"\b(back|backache|lumbago|spine|sciatica)\b", re.IGNORECASE)


class ComplaintForm(StepForm):
    """The complaint. ``concern`` is matched with the list of conditions; what is not on it stays as it was typed."""

    concern = CleanText(
        label="What troubles you most?",
        error_messages={"required": "Please write a word or two, such as: low back pain."},
        widget=forms.TextInput(attrs={"list": "conditions", "autocomplete": "off"}),
        help_text="Choose from the list while you type, or use your own words.",
    )
    story = CleanText(label="Tell us more, if you like", lines=True, required=False, max_length=WORDS)
    since = CleanText(label="Since when?", required=False, max_length=120, help_text="For example: since March.")
    pattern = PickField(label="Is it always there?", choices=PATTERNS, required=False, row=True)
    better = CleanText(label="What makes it better?", lines=True, required=False, max_length=WORDS)
    worse = CleanText(label="What makes it worse?", lines=True, required=False, max_length=WORDS)
    goal = CleanText(
        label="What would you like to do again?", lines=True, required=False, max_length=WORDS,
        help_text="For example: walk to the shop without stopping.",
    )  # fmt: skip

    @classmethod
    def initial_of(cls, facts: StepFacts, stored: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG003
        return dict(stored)

    def answers(self) -> dict[str, Any]:
        typed = {name: self.cleaned_data[name] for name in ("concern", "story", "since", "pattern", "better", "worse")}
        found = condition_of(typed["concern"])
        own = "" if found else typed["concern"]
        return typed | {
            "goal": self.cleaned_data["goal"],
            "condition_id": found.id if found else "",
            "words": "\n\n".join(part for part in (own, typed["story"]) if part),
            "back_pain": bool(found and found.is_back_pain) or bool(_BACK.search(f"{own} {typed['story']}")),
        }


def suggestions() -> list[str]:
    """Return the names that the page proposes while somebody types."""
    return [condition.name for condition in conditions.all_conditions()]


def condition_of(text: str) -> conditions.Condition | None:
    """Return the condition that was chosen from the list, by its name whatever its case; None for own words."""
    return _by_name().get(text.casefold())


@cache
def _by_name() -> dict[str, conditions.Condition]:
    return {condition.name.casefold(): condition for condition in conditions.all_conditions()}
