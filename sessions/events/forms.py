"""What comes from the pages of an event. Forms parse; they never save."""

from __future__ import annotations

from typing import Any

from django import forms

from clinic.kernel.fields import CleanText
from clinic.kernel.forms import GuardedForm
from sessions.events.services import Said
from sessions.points.names import find
from sessions.vocabularies import adverse_event_kinds, choices, grades

_SIDES = [("", "not said"), ("left", "left"), ("right", "right"), ("both", "both"), ("midline", "midline")]


def _grouped() -> list[tuple[str, Any]]:
    """The kinds by their groups, in the order of the vocabulary."""
    found: dict[str, list[tuple[str, str]]] = {}
    for kind in adverse_event_kinds():
        found.setdefault(kind.group.capitalize(), []).append((kind.code, kind.label))
    return [("", "Choose one"), *found.items()]


def _lines(label: str, *, required: bool = False, rows: int = 3) -> CleanText:
    return CleanText(label=label, required=required, lines=True, widget=forms.Textarea(attrs={"rows": rows}))


class EventForm(GuardedForm):
    """What happened. Kind, grade, onset and outcome are needed; the rest is written when it is known."""

    code = forms.ChoiceField(label="What happened", choices=_grouped)
    grade = forms.TypedChoiceField(
        label="How bad",
        coerce=int,
        choices=lambda: [("", "Choose one")] + [(g.grade, f"{g.grade} {g.label}: {g.text}") for g in grades()],
    )
    onset = forms.ChoiceField(
        label="When it began", choices=lambda: [("", "Choose one"), *choices("adverse_events.onset")]
    )
    outcome = forms.ChoiceField(
        label="How it stands now", choices=lambda: [("", "Choose one"), *choices("adverse_events.outcome")]
    )
    words = _lines("In words")
    action_taken = _lines("What was done", rows=2)
    causality = forms.ChoiceField(
        label="Did the treatment cause it",
        required=False,
        choices=lambda: [("", "not judged yet"), *choices("adverse_events.causality")],
    )
    point_code = CleanText(label="At which point", max_length=40, required=False)
    side = forms.ChoiceField(label="Side", required=False, choices=_SIDES)
    reported_to = CleanText(
        label="Reported to", max_length=200, required=False, help_text="Insurer, authority, physician, and when."
    )

    def clean_point_code(self) -> str:
        """Return the code of the catalogue; what is no point is asked again, never guessed."""
        typed = str(self.cleaned_data["point_code"])
        if not typed:
            return ""
        found = find(typed)
        if len(found) != 1:
            raise forms.ValidationError("Please write one point by its code, such as ST36.", code="point")
        return found[0].code

    @property
    def said(self) -> Said:
        """What a valid form says."""
        cleaned = self.cleaned_data
        return Said(**{name: cleaned[name] for name in Said.__dataclass_fields__})


class FollowUpForm(GuardedForm):
    """What was learned or done later."""

    words = _lines("What is new", required=True)
    outcome = forms.ChoiceField(
        label="How it stands now",
        required=False,
        choices=lambda: [("", "as before"), *choices("adverse_events.outcome")],
    )
    reported_to = CleanText(label="Reported to", max_length=200, required=False)
    reviewed = forms.BooleanField(label="I have gone through the whole event", required=False)
