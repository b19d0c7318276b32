"""Other treatments: a tick for each kind, with its start and its stop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.kernel.date_fields import clinic_today
from clinic.kernel.fields import CleanText
from patients.therapies import KINDS, Unread, is_before, read_month

_PARTS = ("words", "started", "stopped")
OTHER = "other"


class MonthField(CleanText):
    """A month or a year as people write it, kept as "2025-03" or "2025"; "" when it stays open."""

    def __init__(self, **options: Any) -> None:
        box = forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"})
        super().__init__(required=False, max_length=20, widget=box, **options)

    def to_python(self, value: Any) -> str:
        """Return the month or year. Raises ValidationError in words."""
        text = super().to_python(value)
        try:
            month = read_month(text)
        except Unread:
            raise ValidationError(gettext("Please write it like 3/2025, or only the year."), code="unread") from None
        if month and is_before(f"{clinic_today():%Y-%m}", month):
            raise ValidationError(gettext("This has not come yet. Please look at the year."), code="future")
        return month


def therapy_fields(kind: str) -> dict[str, forms.Field]:
    """Return what is asked of a ticked kind, by field name."""
    asked: dict[str, forms.Field] = {
        f"started_{kind}": MonthField(label=_("Since when?"), help_text=_("Such as 3/2025, or only the year.")),
        f"stopped_{kind}": MonthField(label=_("Until when?"), help_text=_("Leave it open while it goes on.")),
    }
    if kind == OTHER:
        asked = {f"words_{kind}": CleanText(label=_("What is it?"), required=False)} | asked
    return asked


def therapies_told(cleaned: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the ticked kinds with what was said of them, as plain JSON for a draft."""
    ticked = [kind for kind in KINDS if kind in (cleaned.get("therapies") or [])]
    return [{"kind": kind} | {part: cleaned.get(f"{part}_{kind}") or "" for part in _PARTS} for kind in ticked]


def therapies_typed(told: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    """Return what the fields show for what a draft holds."""
    typed: dict[str, Any] = {"therapies": [one["kind"] for one in told]}
    for one in told:
        typed |= {f"{part}_{one['kind']}": _shown(one.get(part, "")) for part in _PARTS}
    return typed


def _shown(text: str) -> str:
    year, dash, month = text.partition("-")
    return f"{int(month)}/{year}" if dash and year.isdigit() and month.isdigit() else text
