"""What comes from the pages of texts for notes."""

from __future__ import annotations

from typing import Any

from django import forms

from clinic.kernel.fields import CleanText, PickField
from clinic.kernel.forms import GuardedForm
from sessions.shelf.models import LONGEST_NAME
from sessions.text_blocks.models import LONGEST, TextBlock


class TextBlockForm(GuardedForm):
    """A name, the words, the part of the note. Who keeps no text of their own (``own`` is False) shares each."""

    mark_optional = False

    version = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=2_147_483_646)
    name = CleanText(
        label="Short name",
        max_length=LONGEST_NAME,
        help_text="What you type to find it, such as “rest after”.",
        error_messages={"required": "Please give it a short name."},
    )
    words = CleanText(
        label="Words",
        lines=True,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Nothing of a patient: no name, no date, no finding of one person. Type ___ for what you fill in.",
        error_messages={"required": "Please write the words."},
    )
    part = PickField(
        label="For which part of the note",
        choices=TextBlock.Part.choices,
        initial=TextBlock.Part.ANY,
        row=True,
        small=True,
    )
    shared = forms.BooleanField(label="Share it with all practitioners", required=False)

    def __init__(self, *args: Any, own: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not own:
            del self.fields["shared"]

    @property
    def said(self) -> dict[str, Any]:
        """The columns that a valid form says."""
        said = self.cleaned_data
        return {name: said.get(name, True) for name in ("name", "words", "part", "shared")}
