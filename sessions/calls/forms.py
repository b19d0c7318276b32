"""What comes from the phone list. Forms parse; they never save."""

from __future__ import annotations

from django import forms

from sessions.calls import again
from sessions.calls.models import CallAnswer


class AnswerForm(forms.Form):
    """What became of a call: one of four buttons. ``number`` is the answer's own, as the page saw it."""

    answer = forms.ChoiceField(
        choices=[(code, word) for code, word in CallAnswer.Answer.choices if code != CallAnswer.Answer.TAKEN_BACK]
    )
    number = forms.IntegerField(min_value=1, max_value=1000)
    again = forms.ChoiceField(
        choices=[(code, code) for code in (again.HOUR, again.THREE_HOURS, again.TOMORROW)], required=False
    )

    def clean_again(self) -> str:
        """Return when to try again; an hour from now where nothing was chosen."""
        return self.cleaned_data["again"] or again.HOUR
