"""What comes from the pages of a clock. Forms parse; they never save."""

from __future__ import annotations

from django import forms

from clinic.kernel.fields import CleanText
from clinic.kernel.forms import GuardedForm
from clinic.kernel.number_fields import WholeNumber


class CountInForm(GuardedForm):
    """How many needles are in, and for how long."""

    mark_optional = False

    needles = WholeNumber(label="Needles in", least=1, most=200)
    minutes = WholeNumber(label="Minutes with needles", most=120)


class CountOutForm(GuardedForm):
    """How many needles came out, counted by hand; why they differ from those that went in."""

    mark_optional = False

    needles = WholeNumber(label="Counted out", most=200)
    reason = CleanText(label="Why the counts differ", lines=True, required=False, widget=forms.Textarea({"rows": 2}))
    who = CleanText(label="Who says so", max_length=120, required=False)
