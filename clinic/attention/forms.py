"""Whom the owner names for a worrying answer, and who is away."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clinic.attention.models import Duty
from clinic.attention.services import Chosen
from clinic.kernel.date_fields import DayField
from clinic.kernel.fields import EmailField, showable
from clinic.kernel.forms import GuardedForm
from clinic.staff.models import User

_RINGS = "A mail to this address makes a telephone ring: an SMS or alarm service. Leave it open if you have none."


class PersonField(forms.ChoiceField):
    """One of the practitioners; what was sent and is none of them is not shown again as it came."""

    def __init__(self, *, people: Sequence[User], empty: str, **options: Any) -> None:
        self.people = {str(user.public_id): user for user in people}
        listed = [("", empty), *((key, str(user)) for key, user in self.people.items())]
        super().__init__(choices=listed, **options)

    def clean(self, value: Any) -> User | None:
        """Return the user, None when nobody was chosen. Raises ValidationError."""
        return self.people.get(str(super().clean(value)))

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return what was sent, fit to be shown again."""
        return showable(super().bound_data(data, initial))


class DutyForm(GuardedForm):
    """Who is told first and second, who steps in, and what rings."""

    mark_optional = False

    def __init__(self, data: Mapping[str, Any] | None = None, *, people: Sequence[User], **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["first"] = PersonField(
            people=people, empty="The patient’s own practitioner", required=False, label="Is told at once"
        )
        self.fields["second"] = PersonField(
            people=people, empty="Any other practitioner", required=False, label="Is told after 30 minutes",
            help_text="Only minutes of the opening hours count.",
        )  # fmt: skip
        self.fields["cover"] = PersonField(
            people=people, empty="Nobody by name", required=False, label="Steps in when one of them is away"
        )
        for name, who in (("first_rings", "first"), ("second_rings", "second")):
            self.fields[name] = EmailField(
                required=False, label=f"Address that rings for the {who} person", help_text=_RINGS
            )
        self.fields["tried"] = forms.BooleanField(required=False, label="I have tried both, and they rang")
        self.settle_fields()
        # The fields that every form has come last.
        self.order_fields(["first", "second", "cover", "first_rings", "second_rings", "tried"])

    @staticmethod
    def initial_of(duty: Duty) -> dict[str, Any]:
        """Return what stands in the form for what is stored."""

        def key(user: User | None) -> str:
            return str(user.public_id) if user else ""

        return {
            "first": key(duty.first), "second": key(duty.second), "cover": key(duty.cover),
            "first_rings": duty.first_rings, "second_rings": duty.second_rings, "tried": duty.rang_at is not None,
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Refuse the same person twice, a second one without a first, and a try of nothing."""
        said = super().clean() or self.cleaned_data
        first, second, cover = (said.get(name) for name in ("first", "second", "cover"))
        if first is None and (second or cover):
            self.add_error("first", "Please name who is told at once, or leave all three open.")
        if second is not None and second == first:
            self.add_error("second", "This is the person who is told at once. Please choose another one.")
        if cover is not None and cover in (first, second):
            self.add_error("cover", "Who steps in must be a third person.")
        if said.get("tried") and not (said.get("first_rings") and said.get("second_rings")):
            self.add_error("tried", "Please fill in both addresses that ring first.")
        return said

    def chosen(self) -> Chosen:
        """Return what this valid form says."""
        names = ("first", "second", "cover", "first_rings", "second_rings", "tried")
        return Chosen(**{name: self.cleaned_data[name] for name in names})


class AbsenceForm(GuardedForm):
    """Who is away, from when until when."""

    mark_optional = False

    def __init__(self, data: Mapping[str, Any] | None = None, *, people: Sequence[User], today: date) -> None:
        super().__init__(data)
        self.fields["user"] = PersonField(people=people, empty="Choose", label="Who is away")
        self.fields["first_day"] = DayField(label="From")
        self.fields["last_day"] = DayField(label="Until, that day too", earliest=today)
        self.settle_fields()
        self.order_fields(["user", "first_day", "last_day"])

    def clean(self) -> dict[str, Any]:
        """Refuse an absence that ends before it begins."""
        said = super().clean() or self.cleaned_data
        first, last = said.get("first_day"), said.get("last_day")
        if first and last and last < first:
            raise ValidationError({"last_day": "This day is before the first one."}, code="turned")
        return said


def id_of(text: str) -> uuid.UUID:
    """Return the id a button names; one that names nothing when it was tampered with."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)
