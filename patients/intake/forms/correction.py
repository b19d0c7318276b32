"""A dated correction beside a part of a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from clinic.kernel.fields import CleanText, showable
from clinic.kernel.forms import GuardedForm

MOST_CHARACTERS = 2_000


class _PartField(forms.ChoiceField):
    def bound_data(self, data: Any, initial: Any) -> Any:
        return showable(super().bound_data(data, initial))


class CorrectionForm(GuardedForm):
    """Which part, and what is right. ``parts``: code -> its heading on the page."""

    mark_optional = False

    def __init__(self, data: Mapping[str, Any] | None = None, *, parts: Mapping[str, str]) -> None:
        super().__init__(data)
        self.fields["field"] = _PartField(choices=[("", "Choose"), *parts.items()], label="What it is about")
        self.fields["words"] = CleanText(
            label="What is right", lines=True, max_length=MOST_CHARACTERS,
            help_text="It stands beside the answer with your name and today’s date. The answer stays as it was sent.",
        )  # fmt: skip
        self.settle_fields()
