"""Times, days, ages, phones and addresses as the house says them. In the clinic's zone: the active one of Django.

Staff read English; on a patient's page or mail the active language brings its own customs.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

import phonenumbers
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import get_language

Moment = datetime | date | time | None

#: How a language writes a day (CLDR): short, short with its year, as a title, a birth date, in a sentence.
_DAYS = {
    "en": ("D j M", "D j M Y", "l j F", "j M Y", "j F Y"),
    "es": ("D j b", "D j b Y", r"l j \d\e F", "j b Y", r"j \d\e F \d\e Y"),
    "zh": ("n月j日 D", "Y年n月j日 D", "n月j日l", "Y年n月j日", "Y年n月j日"),
}
_SHORT, _YEAR, _TITLE, _BORN, _WHOLE = range(5)
#: Before noon, after noon, where the clock has twelve hours (es-US): "9:35 a. m.", the blank not to be broken.
_HALVES = {"es-us": ("a.\u00a0m.", "p.\u00a0m.")}


def _local(value: Moment) -> Moment:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def time_of_day(value: Moment) -> str:
    """Say a time as "9:35" or "14:00", in the clinic's zone; "" for nothing."""
    local = _local(value)
    if not isinstance(local, datetime | time):
        return ""
    halves = _HALVES.get(get_language() or "")
    if halves:
        return f"{local.hour % 12 or 12}:{local.minute:02d}\u00a0{halves[local.hour >= 12]}"
    return f"{local.hour}:{local.minute:02d}"


def day(value: Moment) -> str:
    """Say a day as "Mon 16 Nov"; "" for nothing."""
    return _day(value, _SHORT)


def day_year(value: Moment) -> str:
    """Say a day with its year, for notes and print: "Mon 16 Nov 2026"; "" for nothing."""
    return _day(value, _YEAR)


def day_long(value: Moment) -> str:
    """Say a day as a title or to a patient: "Monday 16 November"; "" for nothing."""
    return _day(value, _TITLE)


def birth_day(value: Moment) -> str:
    """Say a birth date as "12 Mar 1961"; "" for nothing."""
    return _day(value, _BORN)


def whole_day(value: Moment) -> str:
    """Say a day in a sentence: "12 March 1961"; "" for nothing."""
    return _day(value, _WHOLE)


def _day(value: Moment, style: int) -> str:
    local = _local(value)
    if not isinstance(local, date):
        return ""
    return _written(date(local.year, local.month, local.day), style, get_language() or "en")


@lru_cache(maxsize=4096)
def _written(day: date, style: int, language: str) -> str:
    """Write a day in the active language, once: a page says the same few days many times."""
    patterns = _DAYS.get(language.partition("-")[0], _DAYS["en"])
    return date_format(day, patterns[style])


def age(born: Moment, today: Moment) -> str:
    """Say an age as "65 years"; for children "7 months" under two years and "9 days" under two months.

    ``today`` is the day in the clinic's zone. "" when either is missing or the birth lies ahead.
    """
    first, last = _local(born), _local(today)
    first = first.date() if isinstance(first, datetime) else first
    last = last.date() if isinstance(last, datetime) else last
    if not isinstance(first, date) or not isinstance(last, date) or first > last:
        return ""
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    if months >= 24:
        return f"{months // 12} years"
    if months >= 2:
        return f"{months} months"
    days = (last - first).days
    return "1 day" if days == 1 else f"{days} days"


def minutes(value: int | None) -> str:
    """Say a length as "50 min"; "" for nothing."""
    return "" if value is None else f"{value} min"


def phone(value: object, country: str = "") -> str:
    """Say a phone number as people of ``country`` (ISO code) write it; what cannot be read is left as it is."""
    text = str(value or "")
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return text
    if not phonenumbers.is_possible_number(number):
        return text
    at_home = bool(country) and number.country_code == phonenumbers.country_code_for_region(country)
    style = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


def tel(value: object) -> str:
    """Return what may stand behind ``tel:``: digits and a leading plus."""
    text = str(value or "").strip()
    return ("+" if text.startswith("+") else "") + "".join(c for c in text if c in "0123456789*#")


def masked(value: object) -> str:
    """Say an e-mail address so that only its owner knows it: ``s***@okonkwo.example``; "" for nothing."""
    local, at, domain = str(value or "").partition("@")
    return f"{local[:1]}***@{domain}" if at else ""


def at_class(value: Moment) -> str:
    """Return the place of a start on the board, ``at-0935``, rounded down to five minutes."""
    local = _local(value)
    return f"at-{local.hour:02d}{local.minute // 5 * 5:02d}" if isinstance(local, datetime | time) else ""


def min_class(value: int | None) -> str:
    """Return the length of a visit on the board, ``min-50``, rounded up to five minutes, at most twelve hours."""
    return "" if not value or value <= 0 else f"min-{min(-(-int(value) // 5) * 5, 720)}"


FILTERS: dict[str, Callable[..., Any]] = {
    "clinic_time": time_of_day,
    "clinic_day": day,
    "clinic_day_year": day_year,
    "clinic_day_long": day_long,
    "birth_day": birth_day,
    "age": age,
    "minutes": minutes,
    "phone": phone,
    "tel": tel,
    "masked": masked,
    "at_class": at_class,
    "min_class": min_class,
}
