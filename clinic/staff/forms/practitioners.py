"""Who treats, and in which hours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from clinic.kernel.fields import CleanText
from clinic.kernel.forms import GuardedForm
from clinic.staff import hours
from clinic.staff.models import Practitioner, WeeklyHours
from clinic.staff.services.practitioners import Stretch

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PROPOSED = "9:00–13:00, 14:00–18:00"


class PractitionerForm(GuardedForm):
    """The name on the board and the licence under each signed note."""

    display_name = CleanText(
        label="Name on the board and in mails", max_length=120, help_text="Such as Dr. Mei-Ling Chen."
    )
    hanzi_name = CleanText(label="Name in Chinese characters", max_length=40, required=False)
    licence = CleanText(
        label="Licence", max_length=80, help_text="Kind and number; it is copied into each signed note."
    )

    @staticmethod
    def initial_of(practitioner: Practitioner) -> dict[str, Any]:
        """Return what stands in the form for a stored practitioner."""
        return {name: getattr(practitioner, name) for name in ("display_name", "hanzi_name", "licence", "active")}


class KnownPractitionerForm(PractitionerForm):
    """The same, for one who stands already."""

    active = forms.BooleanField(label="Can be booked", required=False)


class DayHoursField(CleanText):
    """The stretches of one day, written in one line."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"placeholder": "closed", "autocomplete": "off"})
        super().__init__(required=False, max_length=100, widget=widget, **options)

    def clean(self, value: Any) -> list[hours.Stretch]:
        """Return the stretches in order, [] when the day is closed. Raises ValidationError in words."""
        try:
            return hours.read_day(super().clean(value))
        except hours.Unread as unread:
            raise forms.ValidationError(str(unread), code="unread") from unread


class WeekForm(GuardedForm):
    """A week, one line a day: as many stretches as there are, nothing when it is closed."""

    mark_optional = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for weekday, name in enumerate(WEEKDAYS):
            self.fields[f"day_{weekday}"] = DayHoursField(label=name)

    def days(self) -> list[forms.BoundField]:
        """Return the seven lines, Monday first."""
        return [self[f"day_{weekday}"] for weekday in range(len(WEEKDAYS))]

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError when no day is open."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not self.week():
            raise forms.ValidationError("Every day is closed. Please fill in at least one.", code="closed")
        return cleaned

    def week(self) -> list[Stretch]:
        """Return what was written, as (weekday, opens, closes)."""
        return [
            (weekday, opens, closes)
            for weekday in range(len(WEEKDAYS))
            for opens, closes in self.cleaned_data.get(f"day_{weekday}") or []
        ]

    @staticmethod
    def initial_of(rows: Iterable[WeeklyHours]) -> dict[str, str]:
        """Return what stands in the form for stored hours."""
        week: dict[int, list[hours.Stretch]] = {}
        for row in rows:
            week.setdefault(row.weekday, []).append((row.opens, row.closes))
        return {f"day_{weekday}": hours.say_day(stretches) for weekday, stretches in week.items()}

    @staticmethod
    def proposal() -> dict[str, str]:
        """Return a usual week, for the opening day."""
        return {f"day_{weekday}": PROPOSED for weekday in range(5)}
