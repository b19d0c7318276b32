"""The one screen for a visit: who, when, the course, the mail. It parses; what is booked is decided by the service."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from clinic.kernel.fields import BirthDateField, CleanText, DayField, EmailField, PhoneField, showable
from clinic.kernel.forms import GuardedForm
from clinic.practice import languages
from clinic.practice.models import Room, Service
from clinic.staff.models import Practitioner
from sessions.appointments import walltime
from sessions.courses.models import Course

#: Nobody books further ahead than this; a year typed wrong is caught here.
HORIZON = timedelta(days=2 * 366)
TIME_WORDS = "Please write the time as 9:35 or 14:00."
_TIME = re.compile(r"([0-9]{1,2})(?:[:.h]?([0-9]{2}))?\s*(am|pm)?", re.IGNORECASE)
_OFFERED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")


def read_time(text: str) -> clock_time:
    """Return a time as people type it: 9:35, 9.35, 0935, 14, 2:15 pm. Raises ValidationError in words."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise ValidationError(TIME_WORDS, code="time")
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half and not 1 <= hour <= 12:
        raise ValidationError(TIME_WORDS, code="time")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23 or minute > 59:
        raise ValidationError(TIME_WORDS, code="time")
    return clock_time(hour, minute)


class _Count(forms.IntegerField):
    """A number of something; what was typed instead of one stays to be seen."""

    def bound_data(self, data: Any, initial: Any) -> Any:
        return showable(super().bound_data(data, initial))


class WhenForm(GuardedForm):
    """Service, practitioner, room, day and time, and what goes with them, for somebody who is known already."""

    mark_optional = False  # few fields; what may stay open is said beside them

    service = forms.ChoiceField(label="Service")
    practitioner = forms.ChoiceField(label="Practitioner")
    day = DayField(label="Day")
    #: Drawn by templates/desk/_times.html, again by htmx whenever service, practitioner or day change.
    start = forms.CharField(label="Free times", required=False)
    time = CleanText(
        label="Or another time", required=False, max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    room = forms.ChoiceField(label="Room", required=False)
    open_course = forms.BooleanField(label="Open a course", required=False, initial=True)
    sessions = _Count(
        label="Sessions", required=False, min_value=1, max_value=200,
        error_messages={
            "invalid": "Please write a number, such as 8.",
            "min_value": "A course has at least 1 session.",
            "max_value": "A course has at most 200 sessions.",
        },
    )  # fmt: skip
    send_now = forms.BooleanField(label="Send the mail now", required=False)

    def __init__(
        self,
        *args: Any,
        services: Sequence[Service],
        practitioners: Sequence[Practitioner],
        rooms: Sequence[Room],
        zone: ZoneInfo,
        today: date,
        course: Course | None = None,
        asks_course: bool = True,
        usual: int = 8,
        **options: Any,
    ) -> None:
        super().__init__(*args, today=today, **options)
        self.zone = zone
        self.course = course  # the one that runs: a second one is not offered
        self.today = today
        self.usual = usual  # sessions of a course when the box is left empty
        self.services = {str(one.public_id): one for one in services}
        self.practitioners = {str(one.public_id): one for one in practitioners}
        self.rooms = {str(one.public_id): one for one in rooms}
        self._choices("service", [(key, f"{one} · {one.total_minutes} min") for key, one in self.services.items()])
        self._choices("practitioner", [(key, str(one)) for key, one in self.practitioners.items()])
        self._choices("room", [("", "The first free one"), *((key, str(one)) for key, one in self.rooms.items())])
        days = self.fields["day"]
        assert isinstance(days, DayField)
        days.earliest, days.latest = today, today + HORIZON
        days.widget.attrs |= {"min": today.isoformat(), "max": days.latest.isoformat()}
        if course is not None or not asks_course:
            del self.fields["open_course"], self.fields["sessions"]

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        field.error_messages |= {"invalid_choice": "Please choose one of these.", "required": "Please choose one."}

    def clean_service(self) -> Service:
        """Return the service itself."""
        return self.services[self.cleaned_data["service"]]

    def clean_practitioner(self) -> Practitioner:
        """Return the practitioner."""
        return self.practitioners[self.cleaned_data["practitioner"]]

    def clean_room(self) -> Room | None:
        """Return the room, None for the first free one."""
        return self.rooms.get(self.cleaned_data["room"])

    def clean_time(self) -> clock_time | None:
        """Return the time that was typed, None when one of the offered is meant."""
        typed = self.cleaned_data["time"]
        return read_time(typed) if typed else None

    def clean_start(self) -> datetime | None:
        """Return the offered time that was chosen, in wall-clock time; None for what was not offered by us."""
        chosen = self.cleaned_data["start"]
        if not _OFFERED.fullmatch(chosen):
            return None
        try:
            return datetime.fromisoformat(chosen)
        except ValueError:
            return None

    def clean(self) -> dict[str, Any]:
        """Add ``starts_at``, the moment, and ``planned`` (sessions of the course to open, or None)."""
        data = super().clean() or self.cleaned_data
        data["starts_at"] = self._moment(data)
        data["planned"] = (data.get("sessions") or self.usual) if data.get("open_course") else None
        return data

    def _moment(self, data: dict[str, Any]) -> datetime | None:
        if self.errors.get("day") or self.errors.get("time"):
            return None
        typed, chosen = data.get("time"), data.get("start")
        day = data.get("day") if typed else chosen and chosen.date()
        at = typed or (chosen and chosen.time())
        if not day or at is None:
            self.add_error("time", "Please choose one of the free times, or type one.")
            return None
        try:
            return walltime.moment(day, at, self.zone)
        except walltime.NoSuchTime as jump:
            self.add_error("time", str(jump))
            return None


class FirstVisitForm(WhenForm):
    """The same for somebody new: name, birth date, and a way to reach them."""

    given_name = CleanText(label="Given name", error_messages={"required": "Please write a name."})
    family_name = CleanText(label="Family name", required=False)
    birth_date = BirthDateField(label="Birth date")
    email = EmailField(label="E-mail", required=False)
    phone = PhoneField(label="Phone", required=False)

    #: Asked where patients may choose among several; what the desk hears is the best guess, the patient may change it.
    language = forms.ChoiceField(label="Language of mails and forms", required=False)

    # Who books the first visit stands or phones: the mail goes at once unless the desk says otherwise.
    send_now = forms.BooleanField(label="Send the mail now", required=False, initial=True)

    field_order = ["given_name", "family_name", "birth_date", "email", "phone", "language"]

    def __init__(self, *args: Any, tongues: Sequence[str] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        if len(tongues) > 1:
            self._choices("language", [(tag, languages.ENGLISH_NAMES[tag]) for tag in tongues])
        else:
            del self.fields["language"]

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError, beside the e-mail, when there is no way to reach the patient."""
        data = super().clean()
        data["language"] = data.get("language") or languages.ENGLISH
        reachable = data.get("email") or data.get("phone") or self.errors.get("email") or self.errors.get("phone")
        if not reachable:
            self.add_error("email", "Please write an e-mail address or a phone number.")
        return data


class MoveForm(WhenForm):
    """Another time for a visit: its service stays, the rest may change."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, asks_course=False, **options)
        self.fields["service"].widget = forms.HiddenInput()
