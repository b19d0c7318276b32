"""Other treatments that a patient may have beside ours, and the months between which they lay."""

from __future__ import annotations

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: code -> the words of patients. The codes stand in the record.
KINDS: dict[str, str | Promise] = {
    "physiotherapy": _("Physiotherapy or exercises"),
    "manual": _("Massage, chiropractic or osteopathy"),
    "injections": _("Injections or nerve blocks"),
    "operation": _("An operation"),
    "psychotherapy": _("Psychotherapy or counselling"),
    "acupuncture": _("Acupuncture somewhere else"),
    "other": _("Something else"),
}
FIRST_YEAR = 1900
_YEAR = re.compile(r"([0-9]{4})")
_MONTH_YEAR = re.compile(r"([0-9]{1,2})\s*[./ -]\s*([0-9]{4})")
_YEAR_MONTH = re.compile(r"([0-9]{4})\s*[./年 -]\s*([0-9]{1,2})\s*月?")


class Unread(ValueError):
    """The text names no month and no year."""


def read_month(text: str) -> str:
    """Return "2025" or "2025-03" for what somebody typed ("3/2025", "03.2025", "2025-3", "2025"), "" for nothing.

    Raises Unread for everything else.
    """
    typed = text.strip()
    if not typed:
        return ""
    if found := _YEAR.fullmatch(typed):
        return _checked(int(found[1]), None)
    if found := _MONTH_YEAR.fullmatch(typed):
        return _checked(int(found[2]), int(found[1]))
    if found := _YEAR_MONTH.fullmatch(typed):
        return _checked(int(found[1]), int(found[2]))
    raise Unread(typed)


def _checked(year: int, month: int | None) -> str:
    if year < FIRST_YEAR or (month is not None and not 1 <= month <= 12):
        raise Unread(f"{month}/{year}")
    return f"{year:04d}" if month is None else f"{year:04d}-{month:02d}"


def is_before(one: str, other: str) -> bool:
    """Tell whether a month or year lies wholly before another: "2024" before "2025-03", not "2025" before it."""
    shorter = min(len(one), len(other))
    return one[:shorter] < other[:shorter]
