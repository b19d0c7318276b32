"""What comes from the pages of point sets."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError

from clinic.kernel.fields import CleanText, PickField
from clinic.kernel.forms import GuardedForm
from clinic.staff.models import Practitioner
from sessions.points.catalogue import Side
from sessions.points.readback import sentence
from sessions.points.reading import to_text
from sessions.points.shorthand import parse

LONGEST_SET = 600


class PointSetForm(GuardedForm):
    """A name and a line of points in which nothing asks. ``default_side`` is what the practitioner leaves unsaid."""

    mark_optional = False

    version = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=2_147_483_646)
    name = CleanText(
        label="Name",
        max_length=60,
        error_messages={"required": "Please give it a name, such as “Low back, face down”."},
    )
    line = CleanText(
        label="Points",
        max_length=LONGEST_SET,
        help_text="As in the note: bl23 b, bl31-34 b, gv4, ki3 l +. Each point with its side.",
        error_messages={"required": "Please type at least one point."},
    )
    shared = forms.BooleanField(label="Share it with all practitioners", required=False)

    default_side: Side | None = None

    def clean_line(self) -> str:
        """The line as it is kept: codes and sides written out. Raises ValidationError for the first part that asks."""
        readings = parse(self.cleaned_data["line"], self.default_side)
        for reading in readings:
            if reading.kind not in ("understood", "pair"):
                raise ValidationError(sentence(reading), code="asks")
            if reading.removal:
                raise ValidationError(f"“{reading.text}” takes a point out. A set only puts points in.", code="removal")
            if reading.do_not_needle:
                raise ValidationError(f"{reading.text} is a landmark and is not needled.", code="landmark")
        return to_text(dict.fromkeys(readings))


class SideUnsaidForm(GuardedForm):
    """What a point without a side means."""

    mark_optional = False

    side_unsaid = PickField(
        label="When I type no side",
        choices=[("ask", Practitioner.SideUnsaid.ASK.label), ("both", Practitioner.SideUnsaid.BOTH.label)],
        row=True,
        small=True,
    )
