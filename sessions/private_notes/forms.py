"""What comes from the page of a private note."""

from __future__ import annotations

from django import forms

from clinic.kernel.fields import CleanText
from clinic.kernel.forms import GuardedForm


class PrivateNoteForm(GuardedForm):
    """The whole text. ``seen`` is the version that the page was made from."""

    mark_optional = False

    seen = forms.IntegerField(min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput)
    text = CleanText(
        label="Between practitioners",
        lines=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "data-counted": ""}),
        help_text="Left empty, it leaves the pages; the earlier versions stay.",
    )
