"""What comes from the page of places: one place, how strongly, how it feels."""

from __future__ import annotations

from django import forms

from clinic.kernel.forms import GuardedForm
from patients import body


class PlaceForm(GuardedForm):
    """A place that a practitioner found."""

    place = forms.ChoiceField(
        label="Place",
        choices=[("", "Choose a place"), *((place.code, place.name) for place in body.all_places())],
        error_messages={"required": "Please choose a place."},
    )
    strength = forms.TypedChoiceField(
        label="How tender, 0 to 10",
        choices=[("", "not said"), *((str(value), str(value)) for value in range(11))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    kind = forms.ChoiceField(label="How it feels", choices=[("", "not said"), *body.KINDS.items()], required=False)
