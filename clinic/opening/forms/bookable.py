"""What can be booked, and where: services in minutes, rooms by name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clinic.kernel.fields import CleanText, showable
from clinic.kernel.forms import GuardedForm
from clinic.practice.models import Room, Service
from clinic.practice.services import FIRST_VISIT, FOLLOW_UP, MINUTES

#: (field, words, least, most): the limits are those of the database.
STRETCHES = (
    ("settling_minutes", "Settling", 0, 60),
    ("hands_on_start_minutes", "Hands on", 1, 240),
    ("resting_minutes", "Resting", 0, 120),
    ("hands_on_end_minutes", "Ending", 0, 120),
    ("turnover_minutes", "Turnover", 0, 60),
)
MOST_ROOMS = 40

Minutes = tuple[int, int, int, int, int]


class MinutesField(forms.IntegerField):
    """Whole minutes between two limits."""

    def __init__(self, *, least: int, most: int, **options: Any) -> None:
        said = f"Minutes, a number from {least} to {most}."
        messages = dict.fromkeys(("required", "invalid", "min_value", "max_value"), said)
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(widget=widget, error_messages=messages, **options)
        self.least, self.most, self.said = least, most, said

    def validate(self, value: Any) -> None:
        """Raises ValidationError when the number is missing or out of the limits."""
        super().validate(value)
        if value is not None and not self.least <= value <= self.most:
            raise ValidationError(self.said, code="limits")

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return what was typed, fit to be shown again."""
        return showable(super().bound_data(data, initial))


def _minutes_field(number: int) -> MinutesField:
    _, words, least, most = STRETCHES[number]
    return MinutesField(label=words, least=least, most=most)


class ServiceForm(GuardedForm):
    """One service: its name and its five stretches."""

    name = CleanText(label="Name", max_length=60)
    settling_minutes = _minutes_field(0)
    hands_on_start_minutes = _minutes_field(1)
    resting_minutes = _minutes_field(2)
    hands_on_end_minutes = _minutes_field(3)
    turnover_minutes = _minutes_field(4)
    first_visit = forms.BooleanField(label="For first visits", required=False)
    active = forms.BooleanField(label="Can be booked", required=False, initial=True)

    def minutes(self) -> Minutes:
        """Return the five numbers in the order they pass."""
        a, b, c, d, e = (self.cleaned_data[name] for name in MINUTES)
        return a, b, c, d, e

    def stretches(self) -> list[forms.BoundField]:
        """Return the five boxes in the order they pass."""
        return [self[name] for name in MINUTES]

    @staticmethod
    def initial_of(service: Service) -> dict[str, Any]:
        """Return what stands in the form for a stored service."""
        return {name: getattr(service, name) for name in ("name", "first_visit", "active", *MINUTES)}


class RoomForm(GuardedForm):
    """A room, or a chair in a community room."""

    name = CleanText(label="Name", max_length=40, help_text="Short: it stands on the day board.")
    active = forms.BooleanField(label="Can be booked", required=False, initial=True)

    @staticmethod
    def initial_of(room: Room) -> dict[str, Any]:
        """Return what stands in the form for a stored room."""
        return {"name": room.name, "active": room.active}


class RoomLinesField(CleanText):
    """Names of rooms, one a line."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("error_messages", {"required": "Please name at least one room."})
        super().__init__(lines=True, max_length=MOST_ROOMS * 45, **options)

    def clean(self, value: Any) -> list[str]:
        """Return the names in order. Raises ValidationError in words."""
        names = [" ".join(line.split()) for line in super().clean(value).splitlines() if line.strip()]
        if len(names) > MOST_ROOMS:
            raise ValidationError(f"At most {MOST_ROOMS} rooms fit on the board.", code="many")
        too_long = next((name for name in names if len(name) > 40), "")
        if too_long:
            raise ValidationError(f"“{too_long[:50]}” is longer than 40 characters.", code="long")
        twice = next((name for name in names if [n.lower() for n in names].count(name.lower()) > 1), "")
        if twice:
            raise ValidationError(f"“{twice}” stands there twice.", code="twice")
        return names


class FirstBookableForm(GuardedForm):
    """The two services of a clinic that opens, and its rooms."""

    rooms = RoomLinesField(label="Rooms or chairs, one a line", help_text="Each holds one person.")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        rooms = self.fields.pop("rooms")
        for which in ("first", "follow"):
            self.fields[f"{which}_name"] = CleanText(label="Name", max_length=60)
            for number, name in enumerate(MINUTES):
                self.fields[f"{which}_{name}"] = _minutes_field(number)
        self.fields["rooms"] = rooms
        self.settle_fields()

    @staticmethod
    def initial_of(first: Service | None, follow: Service | None, rooms: list[str]) -> dict[str, Any]:
        """Return what is stored, or the proposal: a first visit of 90 minutes, a follow-up of 60, one room."""
        initial: dict[str, Any] = {"rooms": "\n".join(rooms) or "Room 1"}
        for which, stored, (name, minutes) in (("first", first, FIRST_VISIT), ("follow", follow, FOLLOW_UP)):
            initial[f"{which}_name"] = stored.name if stored else name
            for field, value in zip(MINUTES, minutes, strict=True):
                initial[f"{which}_{field}"] = getattr(stored, field) if stored else value
        return initial

    def clean(self) -> dict[str, Any]:
        """Puts a sentence beside the second name when it is the first once more."""
        cleaned = super().clean() or self.cleaned_data
        first, follow = cleaned.get("first_name"), cleaned.get("follow_name")
        if first and follow and first.lower() == follow.lower():
            self.add_error("follow_name", "Both have the same name. Please tell them apart.")
        return cleaned

    def minutes(self, which: str) -> Minutes:
        """Return the five numbers of the ``first`` or the ``follow`` visit."""
        a, b, c, d, e = (self.cleaned_data[f"{which}_{name}"] for name in MINUTES)
        return a, b, c, d, e

    def groups(self) -> list[dict[str, Any]]:
        """Return both services for the page: title, name, five boxes."""
        return [
            {
                "title": title,
                "name": self[f"{which}_name"],
                "stretches": [self[f"{which}_{name}"] for name in MINUTES],
            }
            for which, title in (("first", "The first visit"), ("follow", "The visits after it"))
        ]
