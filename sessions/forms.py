"""What comes from the pages of the note. Forms parse; they never save."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from clinic.kernel.fields import CleanText, PickField, ScaleField
from clinic.kernel.forms import GuardedForm
from clinic.kernel.number_fields import WholeNumber
from clinic.kernel.twins import SharedFields
from sessions.content import WORDS, NoteContent
from sessions.models import Addendum
from sessions.rest_fields import RestFields, part_of

#: What every saving brings along.
ALWAYS = frozenset({"version", "form_token", "end", "proposed_words", "proposed_news"})
LONGEST_LINE = 2_000  # 200 points with side and technique


def _text(name: str, rows: int = 3, **attrs: Any) -> CleanText:
    widget = forms.Textarea(attrs={"rows": rows, "data-counted": "", **attrs})
    return CleanText(label=WORDS[name], required=False, lines=True, widget=widget)


class NoteForm(RestFields, GuardedForm):
    """The whole note. ``version`` is the one this page was made from, never a fresh one."""

    mark_optional = False

    version = WholeNumber(most=2_147_483_646, widget=forms.HiddenInput, error_messages={"required": "cut off"})
    changes = PickField(
        label=WORDS["changes"], choices=[("none", "no"), ("yes", "yes")], required=False, row=True, small=True
    )
    # An empty one waits folded until "yes" is chosen: note.css sees by the placeholder that nothing stands in it.
    changes_text = _text("changes_text", rows=2, placeholder=" ")
    subjective = _text("subjective")
    objective = _text("objective")
    assessment = _text("assessment", rows=2)
    plan = _text("plan", rows=2)
    pain_before = ScaleField(label="Pain before, on the table", required=False, small=True)
    pain_after = ScaleField(label="Pain after", required=False, small=True)
    points_line = CleanText(label="Type points", max_length=LONGEST_LINE, required=False)
    no_needles = forms.BooleanField(label=WORDS["no_needles"], required=False)
    retention_minutes = WholeNumber(label="Minutes with needles", most=120, required=False)
    needles_in = WholeNumber(label="Counted in", most=200, required=False)
    needles_out = WholeNumber(label="Counted out", most=200, required=False)
    difference_reason = _text("difference_reason", rows=2)
    difference_by = CleanText(label=WORDS["difference_by"], max_length=120, required=False)
    # What the page offered, as it was on the screen: the confirmation takes what was seen.
    proposed_words = CleanText(required=False, lines=True, widget=forms.HiddenInput)
    proposed_news = CleanText(required=False, lines=True, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """A text about changes says yes by itself; nothing that was typed is dropped."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("changes_text") and not cleaned.get("changes"):
            cleaned["changes"] = "yes"
        self.settle_rest()
        return cleaned

    @property
    def content(self) -> NoteContent:
        """What a valid form says."""
        return NoteContent.from_form(self.cleaned_data)


class PartsOfNote(NoteForm):
    """The parts that a page sends by itself; ``only`` names them, divided by blanks. The others are as they stand.

    It is read and never shown: its fields are those of the class, without a copy for each saving of each page.
    """

    def __init__(self, data: QueryDict, *, standing: NoteContent, day: date) -> None:
        self.parts = frozenset(str(data.get("only", "")).split())
        super().__init__(data)
        self.standing, self.day = standing, day
        self.fields = {
            name: field for name, field in self.fields.items() if name in ALWAYS or part_of(name) in self.parts
        }

    @classmethod
    def _ready(cls) -> None:
        if not isinstance(cls.base_fields, SharedFields):
            NoteForm._ready()
            cls.base_fields = SharedFields(NoteForm.base_fields)

    def clean(self) -> dict[str, Any]:
        """Put what stands beside what was sent."""
        stands = (self.standing or NoteContent()).as_columns()
        self.cleaned_data |= {name: value for name, value in stands.items() if part_of(name) not in self.parts}
        return super().clean()

    def brings(self, parts: Iterable[str]) -> bool:
        """Whether one of these parts was sent."""
        return not self.parts.isdisjoint(parts)


class AddendumForm(GuardedForm):
    """An addition to a signed note."""

    mark_optional = False

    kind = PickField(
        label="What is it",
        choices=Addendum.Kind.choices,
        initial=Addendum.Kind.ADDITION,
        small=True,
    )
    text = CleanText(
        label="Words",
        lines=True,
        widget=forms.Textarea(attrs={"rows": 3, "data-counted": ""}),
        error_messages={"required": "Please write what is added."},
    )
