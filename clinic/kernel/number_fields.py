"""Whole numbers as people type them: plain digits, a range, no guessing."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clinic.kernel.text_fields import CleanText

_DIGITS = re.compile(r"[0-9]{1,9}")


class WholeNumber(CleanText):
    """A whole number from ``least`` to ``most``, typed in plain digits. None when left empty."""

    def __init__(self, *, least: int = 0, most: int, **options: Any) -> None:
        self.range = range(least, most + 1)
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(**options)

    def to_python(self, value: Any) -> int | None:  # type: ignore[override]
        """Return the number. Other digits than 0 to 9, signs and fractions are refused, not guessed."""
        text = super().to_python(value)
        if not text:
            return None
        if not _DIGITS.fullmatch(text) or int(text) not in self.range:
            raise ValidationError(
                f"Please write a whole number from {self.range[0]} to {self.range[-1]}, in plain digits.", code="number"
            )
        return int(text)

    def validate(self, value: Any) -> None:
        """Only a needed number that is missing is left to say."""
        if value is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """The range was judged in ``to_python``."""
