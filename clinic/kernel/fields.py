"""The fields of the house, in one place to import from. Each refuses in words and keeps what was typed."""

from __future__ import annotations

from clinic.kernel.choice_fields import PickField, ScaleField, TickField
from clinic.kernel.date_fields import BirthDateField, DateThreeBoxes, DayField, DayInput, date_order
from clinic.kernel.text_fields import LINE, TEXT, CleanText, EmailField, PhoneField, showable, tidy

__all__ = [
    "LINE",
    "TEXT",
    "BirthDateField",
    "CleanText",
    "DateThreeBoxes",
    "DayField",
    "DayInput",
    "EmailField",
    "PhoneField",
    "PickField",
    "ScaleField",
    "TickField",
    "date_order",
    "showable",
    "tidy",
]
