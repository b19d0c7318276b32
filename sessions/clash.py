"""Two people wrote one draft: where they differ, part by part, with what each wrote and the values to put it back.

The parts are those of the page: each field by itself, but the lines of other parts together, and the herbs together.
``static/js/note-merge.js`` settles what only one of both wrote and offers ways for the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from clinic.kernel import clinic_words
from clinic.kernel.fields import CleanText
from clinic.kernel.number_fields import WholeNumber
from clinic.staff.models import User
from sessions.content import WORDS, NoteContent
from sessions.details import Needle, Unreadable
from sessions.forms import NoteForm
from sessions.models import TreatmentSession
from sessions.techniques import HERBS, read_techniques

NOTHING = "nothing"
#: What is said before the label of a field that stands under a heading of its own.
_UNDER = {
    "d_": "Needling",
    "x_tongue_": "Tongue",
    "a_": "Tongue",
    "p_": "Pulse",
    "x_element": "Five elements",
    "x_other_": "Pattern",
}
#: Columns that are many fields on the page, by how the names of these begin.
_FIELDS = {"details": ("d_",), "exam": ("x_", "a_", "p_")}
_LINES, _HERBS = "others", "herbs"


@dataclass(frozen=True, slots=True)
class Part:
    """One difference: ``mine`` and ``theirs`` in words, ``values`` theirs by field of the page.

    ``both`` says how both can stand: "lines" and "words" one after the other, "points" and "parts" without what is
    there already, "" not at all.
    """

    name: str
    words: str
    mine: str
    theirs: str
    both: str
    values: Mapping[str, Any]

    @property
    def sent(self) -> str:
        """Their values for the page's script, as JSON."""
        return json.dumps(self.values, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Clash:
    """What a window that is behind is told: whose text it is, since when, and where it differs."""

    theirs: TreatmentSession
    parts: Sequence[Part]
    by_me: bool
    when: str

    @property
    def who(self) -> str:
        """ "You", the name of who saved it, or "" where that was not kept."""
        return "You" if self.by_me else str(self.theirs.saved_by or "")


def clash_of(mine: NoteContent, theirs: TreatmentSession, *, me: User, now: datetime) -> Clash:
    """Set my content beside the row that stands."""
    saved, when = theirs.updated_at, clinic_words.time_of_day(theirs.updated_at)
    if timezone.localdate(saved) != timezone.localdate(now):
        when += f" on {clinic_words.day(saved)}"
    return Clash(theirs, differences(mine, NoteContent.of(theirs)), theirs.saved_by_id == me.pk, when)


def by_field(content: NoteContent) -> dict[str, Any]:
    """The content as the fields of the page hold it."""
    form = NoteForm(initial=content.as_columns())
    return {name: form.get_initial_for_field(form.fields[name], name) for name in _names(form)}


def differences(mine: NoteContent, theirs: NoteContent) -> list[Part]:
    """Where two contents differ, in the order of the page."""
    form, one, other = NoteForm(), by_field(mine), by_field(theirs)
    return [
        *(
            Part(
                name, _label(name, form.fields[name]), _said(form.fields[name], one[name]),
                _said(form.fields[name], other[name]), _both(name, form.fields[name]), {name: other[name]},
            )
            for name in one
            if not (_of_a_line(name) or name.startswith("h_")) and _held(one[name]) != _held(other[name])
        ),
        *_grouped(mine, theirs, other),
    ]  # fmt: skip


def _names(form: NoteForm) -> Iterator[str]:
    """The fields that hold the content, column by column: not the marks of the form, nor what the page offered."""
    for column in NoteContent().as_columns():
        if column == "others":
            yield from (name for name in form.fields if name.startswith("h_") or _of_a_line(name))
        elif column in _FIELDS:
            yield from (name for name in form.fields if name.startswith(_FIELDS[column]))
        else:
            yield column


def _held(value: Any) -> Any:
    """The value, or None for every kind of nothing; zero is a number."""
    return None if value in (None, "", []) else value


def _of_a_line(name: str) -> bool:
    return name.startswith("t") and name[1:2].isdigit()


def _grouped(mine: NoteContent, theirs: NoteContent, values: Mapping[str, Any]) -> Iterator[Part]:
    """The lines of other parts as one part, the herbs as another."""
    for name, words, both, are_herbs in (
        (_LINES, WORDS["others"], "parts", False),
        (_HERBS, "Herbs", "", True),
    ):
        one, other = _words(mine, herbs=are_herbs), _words(theirs, herbs=are_herbs)
        held = {field: value for field, value in values.items() if _belongs(field, herbs=are_herbs)}
        if one != other:
            yield Part(name, words, one or NOTHING, other or NOTHING, both, held)


def _belongs(field: str, *, herbs: bool) -> bool:
    return field.startswith("h_") if herbs else _of_a_line(field)


def _words(content: NoteContent, *, herbs: bool) -> str:
    parts = read_techniques(content.others)
    return "; ".join(part.words for part in parts if (part.kind == HERBS) is herbs)


def _label(name: str, field: forms.Field) -> str:
    label = WORDS.get(name) or str(field.label)
    under = next((words for begins, words in _UNDER.items() if name.startswith(begins)), "")
    return f"{under}: {label.lower()}" if under else label


def _both(name: str, field: forms.Field) -> str:
    """How two values of a field can stand together."""
    if isinstance(field.widget, forms.Textarea):
        return "lines"
    if name == "points_line":
        return "points"
    # Needle boxes are chosen, numbers are one, and what is found at a place of pulse or tongue is read again as a list.
    typed = isinstance(field, CleanText) and not isinstance(field, WholeNumber)
    return "words" if typed and name != "d_needle" and not name.startswith(("a_", "p_")) else ""


def _said(field: forms.Field, value: Any) -> str:
    """A value of a field in words."""
    if _held(value) is None:
        return NOTHING
    if isinstance(field, forms.ChoiceField):
        labels = {str(code): str(words) for code, words in field.choices}  # type: ignore[union-attr,misc]
        return ", ".join(labels.get(str(one), str(one)) for one in (value if isinstance(value, list) else [value]))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(field.widget, forms.Select):
        return _needle(str(value))
    return str(value)


def _needle(key: str) -> str:
    try:
        return Needle.of_key(key).words
    except Unreadable:
        return NOTHING
