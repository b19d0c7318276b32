"""A number that a practitioner enters for a patient, and the word that one was wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from clinic.kernel.fields import CleanText, DayField
from clinic.kernel.forms import GuardedForm
from patients.measures.fields import NumberField
from patients.measures.models import FARTHEST, MOST_DECIMALS, MeasureVersion
from patients.measures.numbers import plain

NOON = time(12)


class ValueForm(GuardedForm):
    """Which measure, which number, which day. ``versions`` are those in use, with their measures."""

    mark_optional = False

    measure = forms.ChoiceField(label="Measure", error_messages={"required": "Please choose what was measured."})
    value = CleanText(
        label="Number", max_length=20, error_messages={"required": "Please write the number."},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "number"}),
    )  # fmt: skip
    day = DayField(label="Measured on", error_messages={"required": "Please choose the day."})
    answered_by = CleanText(
        label="Answered by somebody else", required=False, max_length=80,
        help_text="Who, when it was not the patient: stays out of the chart.",
    )  # fmt: skip

    def __init__(self, *args: Any, versions: Sequence[MeasureVersion], now: datetime, **options: Any) -> None:
        self.now, self.today = now, timezone.localdate(now)
        self.versions = {version.measure.code: version for version in versions}
        super().__init__(*args, **options)
        self.fields["measure"].choices = [  # type: ignore[attr-defined]
            ("", "Choose"), *((code, _said(version)) for code, version in self.versions.items()),
        ]  # fmt: skip
        self.fields["day"].latest = self.today  # type: ignore[attr-defined]
        self.fields["day"].initial = self.today

    @property
    def version(self) -> MeasureVersion:
        """The scale that was chosen, of a valid form."""
        return self.versions[self.cleaned_data["measure"]]

    @property
    def measured_at(self) -> datetime:
        """When it was measured: now for today, noon of an earlier day."""
        day: date = self.cleaned_data["day"]
        return self.now if day == self.today else timezone.make_aware(datetime.combine(day, NOON))

    def clean(self) -> dict[str, Any]:
        """Turn the number into an exact one on the chosen scale, or put a sentence beside it."""
        said = super().clean() or self.cleaned_data
        if said.get("measure") and said.get("value"):
            scale = self.versions[said["measure"]]
            box = NumberField(lowest=scale.lowest, highest=scale.highest, decimals=scale.decimals)
            try:
                said["value"] = box.clean(said["value"])
            except ValidationError as wrong:
                self.add_error("value", wrong)
        return said


class TakeBackForm(GuardedForm):
    """A value was wrong: why, and the right number where it is known."""

    mark_optional = False

    why = CleanText(label="What was wrong?", max_length=200, error_messages={"required": "Please say what was wrong."})
    value = NumberField(
        label="The right number", required=False, lowest=-FARTHEST, highest=FARTHEST, decimals=MOST_DECIMALS,
        help_text="Leave it open to take the value out without another.",
    )  # fmt: skip

    def __init__(self, *args: Any, version: MeasureVersion, was: Decimal, **options: Any) -> None:
        self.was = was
        super().__init__(*args, **options)
        box = self.fields["value"]
        assert isinstance(box, NumberField)
        box.lowest, box.highest, box.decimals = version.lowest, version.highest, version.decimals

    def clean(self) -> dict[str, Any]:
        """Refuse the number that stands there already."""
        said = super().clean() or self.cleaned_data
        if said.get("value") == self.was:
            self.add_error("value", "This is the number that stands there already.")
        return said


def _said(version: MeasureVersion) -> str:
    """ "Headache days, 0 to 28"."""
    words = version.words["en"]
    unit = f" {words['unit']}" if words.get("unit") else ""
    return f"{words['name']}, {plain(version.lowest)} to {plain(version.highest)}{unit}"
