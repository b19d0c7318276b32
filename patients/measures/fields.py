"""Boxes for numbers: they take a decimal point or comma and refuse in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from clinic.kernel.fields import ScaleField, showable
from patients.measures.numbers import Unread, plain, read_number


class NumberField(forms.Field):
    """An exact number from ``lowest`` to ``highest`` with at most so many ``decimals``; None when it may stay open."""

    default_error_messages = {"required": _("Please write a number.")}

    def __init__(self, *, lowest: Decimal, highest: Decimal, decimals: int, **options: Any) -> None:
        self.lowest, self.highest, self.decimals = lowest, highest, decimals
        mode = "decimal" if decimals else "numeric"
        box = forms.TextInput(
            attrs={"inputmode": "text" if lowest < 0 else mode, "autocomplete": "off", "class": "number"}
        )
        options.setdefault("widget", box)
        super().__init__(**options)

    def to_python(self, value: Any) -> Decimal | None:
        """Return the number. Raises ValidationError in words."""
        text = showable(str(value if value is not None else "")).strip()  # type: ignore[attr-defined]
        if not text:
            return None
        try:
            number = read_number(text, decimals=self.decimals)
        except Unread as unread:
            raise ValidationError(self._unread(unread.code), code=unread.code) from None
        if not self.lowest <= number <= self.highest:
            ends = {"low": plain(self.lowest), "high": plain(self.highest)}
            raise ValidationError(gettext("Please write a number from %(low)s to %(high)s.") % ends, code="range")
        return number

    def _unread(self, code: str) -> str:
        if code == "thousands":
            return gettext("Please write the number without a sign for thousands.")
        if code == "letters":
            if self.decimals:
                return gettext("Please write one number in digits, such as 3.5 or 3,5.")
            return gettext("Please write one whole number in digits.")
        if self.decimals == 0:
            return gettext("Please write a whole number, without a part behind a point or comma.")
        sentence = ngettext(
            "At most %(count)d digit fits behind the point or comma.",
            "At most %(count)d digits fit behind the point or comma.",
            self.decimals,
        )
        return sentence % {"count": self.decimals}

    def prepare_value(self, value: Any) -> Any:
        """Return the number without needless zeros; what was typed stays as it was."""
        return plain(value) if isinstance(value, Decimal) else value

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return what was typed, fit to be shown again."""
        return showable(super().bound_data(data, initial))


class ScaleOfMeasure(ScaleField):
    """A scale that is tapped, its answer a Decimal like that of every other measure."""

    def clean(self, value: Any) -> Decimal | None:
        chosen = super().clean(value)
        return None if chosen is None else Decimal(chosen)
