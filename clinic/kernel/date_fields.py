"""Days as people type them: a birth date in three boxes, a day of the diary in one."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from clinic.kernel import clinic_words, clock
from clinic.kernel.text_fields import showable

FIRST_BIRTH = date(1900, 1, 1)
FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2100, 12, 31)
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_BOXES = ("day", "month", "year")
_BOX_NAMES = {"day": gettext_lazy("Day"), "month": gettext_lazy("Month"), "year": gettext_lazy("Year")}
#: The boxes that were left empty, in whole sentences: languages join words in their own ways.
_MISSING = {
    ("day",): gettext_lazy("The day is missing."),
    ("month",): gettext_lazy("The month is missing."),
    ("year",): gettext_lazy("The year is missing."),
    ("day", "month"): gettext_lazy("The day and the month are missing."),
    ("day", "year"): gettext_lazy("The day and the year are missing."),
    ("month", "year"): gettext_lazy("The month and the year are missing."),
    _BOXES: gettext_lazy("The day and the month and the year are missing."),
}

#: Countries that do not write the day first (CLDR's short dates).
_MONTH_FIRST = frozenset({"US", "PH", "FM", "MH", "PW", "GU", "PR", "AS", "MP", "VI"})
_YEAR_FIRST = frozenset({"CN", "JP", "KR", "KP", "TW", "MN", "HU", "LT", "SE", "ZA", "CA", "IR", "BT"})


def date_order(country: str) -> str:
    """Return how ``country`` (ISO code) writes a date: "mdy", "ymd" or "dmy"."""
    code = country.upper()
    return "mdy" if code in _MONTH_FIRST else "ymd" if code in _YEAR_FIRST else "dmy"


def clinic_today() -> date:
    """Return today in the clinic's zone (the one the request activated)."""
    return timezone.localdate(clock.now())


def read_parts(day: str, month: str, year: str) -> date:
    """Return the day that three typed boxes name. Raises ValidationError with a sentence that says what to mend."""
    boxes = {"day": day.strip(), "month": month.strip(), "year": year.strip()}
    missing = [name for name, text in boxes.items() if not text]
    if missing:
        raise ValidationError(_MISSING[tuple(missing)], code="missing")
    for text in boxes.values():
        if not re.fullmatch(r"[0-9]+", text):
            if text.isnumeric():
                raise ValidationError(_("Please use the digits 0 to 9."), code="digits")
            raise ValidationError(_("Day, month and year are numbers, such as 12, 3 and 1961."), code="letters")
    if len(boxes["year"]) != 4:
        raise ValidationError(_("Please write the year with four digits, such as 1961."), code="year_digits")
    if len(boxes["month"]) > 2 or not 1 <= int(boxes["month"]) <= 12:
        turned = len(boxes["month"]) <= 2 and len(boxes["day"]) <= 2 and int(boxes["day"]) <= 12
        if turned:
            said = _("The month is a number from 1 to 12. Day and month may stand the other way round.")
        else:
            said = _("The month is a number from 1 to 12.")
        raise ValidationError(said, code="month")
    return _existing(int(boxes["year"]), int(boxes["month"]), boxes["day"])


def _existing(year: int, month: int, typed_day: str) -> date:
    if year < 1:
        raise ValidationError(_("There is no year 0. Please look at the year."), code="year")
    length = calendar.monthrange(year, month)[1]
    day = int(typed_day) if len(typed_day) <= 2 else 0
    if not 1 <= day <= 31:
        raise ValidationError(_("The day is a number from 1 to 31."), code="day")
    if day > length:
        said = _("{month} {year} has only {length} days.").format(month=MONTHS[month], year=year, length=length)
        raise ValidationError(said, code="no_such_day")
    return date(year, month, day)


def read_birth_date(day: str, month: str, year: str, today: date) -> date:
    """Return a birth date from 1900 until ``today``. Raises ValidationError in words."""
    born = read_parts(day, month, year)
    if born < FIRST_BIRTH:
        raise ValidationError(_("The year lies before 1900. Please look at it once more."), code="too_old")
    if born > today:
        raise ValidationError(_("This day has not come yet. Please look at the year."), code="future")
    return born


class DateThreeBoxes(forms.MultiWidget):
    """Three boxes named NAME_day, NAME_month, NAME_year, in the order of the practice's country; in Chinese the year
    comes first everywhere."""

    house = "components/fields/dates.html"
    order = "dmy"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {
            name: forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": f"bday-{name}"}) for name in _BOXES
        }
        super().__init__(boxes, attrs)

    def decompress(self, value: Any) -> list[str]:
        """Return what stands in the three boxes for a date; a list passes as it is."""
        if isinstance(value, date):
            return [str(value.day), str(value.month), f"{value.year:04d}"]
        return list(value) if isinstance(value, list | tuple) else ["", "", ""]

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        """Return the three texts as typed. One value under the plain name counts too, when it is an ISO date."""
        texts = [str(data.get(f"{name}_{box}") or "") for box in _BOXES]
        whole = str(data.get(name) or "")
        if any(texts) or not whole:
            return texts
        iso = _ISO.fullmatch(whole.strip())
        return [iso[3], iso[2], iso[1]] if iso else [whole, "", ""]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and all(f"{name}_{box}" not in data for box in _BOXES)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        boxes = dict(zip(_BOXES, context["widget"]["subwidgets"], strict=True))
        for box, subwidget in boxes.items():
            subwidget["says"] = _BOX_NAMES[box]
        names = {"d": "day", "m": "month", "y": "year"}
        order = "ymd" if (get_language() or "").startswith("zh") else self.order
        context["widget"]["subwidgets"] = [boxes[names[letter]] for letter in order]
        context["widget"]["order"] = order
        return context


class BirthDateField(forms.Field):
    """A birth date from 1 January 1900 until today. ``today`` and ``order`` are set on the form's own copy."""

    widget: Any = DateThreeBoxes
    today: date | None = None

    def clean(self, value: Any) -> date | None:
        """Return the date, None when it may stay open and does. Raises ValidationError in words."""
        texts = self.widget.decompress(value) if isinstance(value, date) else [str(v) for v in value or ("", "", "")]
        if not any(text.strip() for text in texts):
            if self.required:
                raise ValidationError(_("Please fill in the birth date."), code="required")
            return None
        day, month, year = texts
        born = read_birth_date(day, month, year, self.today or clinic_today())
        self.run_validators(born)
        return born

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return the three texts as they were typed, fit to be shown again."""
        return [showable(text) for text in data] if isinstance(data, Sequence) else data

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.widget.decompress(initial) != list(data or ["", "", ""]))


class DayInput(forms.DateInput):
    """The browser's own calendar; a plain box when what was typed is no date, so that it stays to be seen."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        if shown and not _ISO.fullmatch(shown):
            context["widget"]["type"] = "text"
            context["widget"]["attrs"]["placeholder"] = "2026-11-16"
        return context


class DayField(forms.Field):
    """A day of the diary as year-month-day, between ``earliest`` and ``latest`` (both included)."""

    widget = DayInput

    def __init__(self, *, earliest: date = FIRST_DAY, latest: date = LAST_DAY, **options: Any) -> None:
        self.earliest = earliest
        self.latest = latest
        super().__init__(**options)

    def to_python(self, value: Any) -> date | None:
        """Return the day, or None. Raises ValidationError in words."""
        if isinstance(value, date):
            return value.date() if isinstance(value, datetime) else value
        text = str(value or "").strip()
        if not text:
            return None
        iso = _ISO.fullmatch(text)
        if not iso:
            raise ValidationError(_("Please write the day as year-month-day, such as 2026-11-16."), code="not_iso")
        day = read_parts(iso[3], iso[2], iso[1])
        if day < self.earliest:
            raise ValidationError(
                _("The first day that fits here is {day}.").format(day=_said(self.earliest)), code="too_early"
            )
        if day > self.latest:
            raise ValidationError(
                _("The last day that fits here is {day}.").format(day=_said(self.latest)), code="too_late"
            )
        return day

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return what was typed, fit to be shown again."""
        return showable(super().bound_data(data, initial))


def _said(day: date) -> str:
    return clinic_words.whole_day(day)
