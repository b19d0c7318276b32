"""The practice's own words after a worrying answer, with its numbers as links that a thumb can press."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.kernel.clinic_words import tel
from clinic.practice import data, languages
from clinic.practice.models import WorryText
from patients.intake import flags, glossary

# Two digits or more, with the signs people write between them: 112, 0800 111 0 111, +1 (555) 014-2000.
_NUMBER = re.compile(r"\+?\d(?:[\d()/ \-]{0,18}\d)")

#: Said when a practice wrote nothing of its own; without numbers, since those belong to a country.
_INSTEAD = {flags.EMERGENCY: "emergency", flags.SELF_HARM: "crisis_help", flags.CALL_TODAY: "call_us_today"}
HEADINGS = {
    flags.EMERGENCY: gettext_lazy("Please get help now"),
    flags.SELF_HARM: gettext_lazy("You are not alone with this"),
    flags.CALL_TODAY: gettext_lazy("Please call today"),
}


@dataclass(frozen=True)
class Said:
    """One text as the page shows it."""

    kind: str
    heading: str
    body: SafeString


def for_flags(flag_ids: Iterable[str], language: str) -> list[Said]:
    """Return the texts that belong to these answers, the most pressing first, in ``language`` or the clinic's own.

    One statement; none when no text belongs to them.
    """
    wanted = {flags.describe(flag_id).text for flag_id in flag_ids} - {""}
    if not wanted:
        return []
    written: dict[str, str] = {}
    rows = list(WorryText.objects.filter(kind__in=wanted).order_by("id"))
    for row in sorted(rows, key=lambda row: (row.language == language, row.language == "en")):
        written[row.kind] = row.body
    return [
        Said(kind, str(HEADINGS[kind]), with_numbers(written.get(kind) or _instead(kind, language)))
        for kind in flags.TEXTS
        if kind in wanted
    ]


def with_numbers(text: str) -> SafeString:
    """Return paragraphs in which phone numbers can be pressed; everything else is escaped."""
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if part.strip()]
    return mark_safe("".join(f"<p>{_linked(part)}</p>" for part in paragraphs))  # noqa: S308


def in_an_emergency(country: str) -> SafeString:
    """Return the sentence with the emergency number of ``country`` (ISO code); "" where it is not known."""
    number = emergency_number(country)
    return with_numbers(_("In an emergency call {number}.").format(number=number)) if number else SafeString()


def emergency_number(country: str) -> str:
    """Return the number for emergencies in ``country`` (ISO code), in the language spoken now; "" where not known."""
    return data.emergency_number(country, languages.active())


def _linked(text: str) -> str:
    parts, at = [], 0
    for number in _NUMBER.finditer(text):
        parts.append(str(escape(text[at : number.start()])))
        parts.append(str(format_html('<a href="tel:{}">{}</a>', tel(number[0]), number[0])))
        at = number.end()
    parts.append(str(escape(text[at:])))
    return "".join(parts).replace("\n", "<br>")


def _instead(kind: str, language: str) -> str:
    try:
        words = glossary.text(_INSTEAD[kind], language)
    except glossary.UnknownTerm:
        words = glossary.text(_INSTEAD[kind])
    return words[:1].upper() + words[1:] + "."
