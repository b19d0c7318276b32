"""How numbers and scales of measures read on a page."""

from __future__ import annotations

from decimal import Decimal

from django import template

from patients.measures.models import MeasureVersion
from patients.measures.numbers import plain

register = template.Library()


@register.filter
def number(value: Decimal | None) -> str:
    """Write a number without needless zeros; "" for none."""
    return "" if value is None else plain(value)


@register.filter
def scale(version: MeasureVersion) -> str:
    """Say a scale: "0 to 28 days, a higher number is worse"."""
    unit = version.words["en"].get("unit", "")
    ends = f"{plain(version.lowest)} to {plain(version.highest)}{f' {unit}' if unit else ''}"
    return f"{ends}, {version.get_worse_display()}"
