"""Which mails a patient wants. It parses; what follows is decided by the service."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.kernel.forms import GuardedForm
from patients.contact.services import GROUPS, Group, Wish


class MailsForm(GuardedForm):
    """All that is ticked, what concerns the visits alone (a word on the day after is among it), or no mail at all."""

    mark_optional = False  # whether nothing is ticked is said by the first question

    wish = forms.ChoiceField(
        label=_("Which mails would you like?"),
        widget=forms.RadioSelect,
        choices=[
            (Wish.ALL.value, _("My visits, and what is ticked below")),
            (Wish.DATES.value, _("Only what concerns my visits")),
            (Wish.NOTHING.value, _("No mail at all: please phone me")),
        ],
        error_messages={"required": _("Please choose one."), "invalid_choice": _("Please choose one of these.")},
    )
    kinds = forms.MultipleChoiceField(
        label=_("Besides my visits"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            (Group.CHECK_INS.value, _("Short questions about how I am")),
            (Group.GUIDANCE.value, _("Advice, and how things go later")),
        ],
        error_messages={"invalid_choice": _("Please choose one of these.")},
    )

    def clean(self) -> dict[str, Any]:
        """Add ``stopped``, the groups that are not ticked."""
        data = super().clean() or self.cleaned_data
        data["stopped"] = GROUPS - set(data.get("kinds") or ())
        return data
