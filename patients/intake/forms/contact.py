"""Who you are: is what we know of you still right, and who fills this in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.kernel.fields import CleanText, EmailField, PhoneField, PickField, TickField
from patients.intake.forms.base import StepFacts, StepForm

SELF, HELPER = "self", "helper"
#: The desk's fixed list in the words of the person it is about.
DESK_FACTS = (
    ("stairs", _("Stairs are hard for me")),
    ("hearing", _("I do not hear well")),
    ("prone", _("I cannot lie on my front")),
    ("quiet", _("I would like a quiet room")),
    ("no-email", _("Please phone me, no e-mails")),
)
HEARD_FROM = (
    ("", _("I would rather not say")),
    ("physician", _("From a physician")),
    ("friends", _("From family or friends")),
    ("internet", _("On the internet")),
    ("insurer", _("From my insurer")),
    ("passing", _("I was passing by")),
    ("before", _("I was here before")),
    ("other", _("In another way")),
)
_TEXTS = ("given_name", "family_name", "address_as", "email", "phone", "emergency_contact", "physician")
_FIELDS = (*_TEXTS, "desk_facts", "interpreter", "heard_from")


class ContactForm(StepForm):
    """Contact data as the desk has them, to be mended by the patient."""

    filled_by = PickField(
        label=_("Who fills this in?"),
        choices=[(SELF, _("I do, for myself")), (HELPER, _("I help somebody"))],
        hints={
            HELPER: _("You are welcome to: history and medicines. Pain and feelings are best answered by themselves.")
        },
        initial=SELF,
    )
    helper = CleanText(label=_("If you help: who are you to them?"), required=False, max_length=80)
    given_name = CleanText(
        label=_("Given name"), error_messages={"required": _("Please write a given name.")},
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )  # fmt: skip
    family_name = CleanText(
        label=_("Family name"), required=False, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    address_as = CleanText(
        label=_("How may we address you?"), required=False, help_text=_("For example: Mrs Haas, or Maria, or she.")
    )
    email = EmailField(label=_("E-mail"), required=False)
    phone = PhoneField(label=_("Phone"), required=False)
    emergency_contact = CleanText(
        label=_("Whom may we call if something happens?"), required=False, help_text=_("A name and a phone number."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    physician = CleanText(
        label=_("Your family doctor"), required=False, help_text=_("A name, and the town if you like."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    interpreter = forms.BooleanField(label=_("Please have an interpreter there"), required=False)
    desk_facts = TickField(label=_("What should we know when you come?"), choices=DESK_FACTS, required=False)
    heard_from = forms.ChoiceField(label=_("How did you hear of us?"), choices=HEARD_FROM, required=False)

    @classmethod
    def initial_of(cls, facts: StepFacts, stored: Mapping[str, Any]) -> dict[str, Any]:
        if stored:
            return dict(stored)
        patient = facts.request.patient
        return {name: getattr(patient, name) for name in _FIELDS} | {"filled_by": SELF}

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError when nobody could be reached, or a helper stays unnamed."""
        cleaned = super().clean() or self.cleaned_data
        reachable = cleaned.get("email") or cleaned.get("phone") or {"email", "phone"} & set(self.errors)
        if not reachable:
            said = gettext("Please leave us an e-mail address or a phone number.")
            self.add_error("phone", ValidationError(said, "reach"))
        if cleaned.get("filled_by") == HELPER and not cleaned.get("helper") and "helper" not in self.errors:
            said = gettext("Please write who you are, such as: her sister.")
            self.add_error("helper", ValidationError(said, "helper"))
        return cleaned

    def answers(self) -> dict[str, Any]:
        kept = {name: self.cleaned_data[name] for name in (*_FIELDS, "filled_by")}
        helps = self.cleaned_data["filled_by"] == HELPER
        return kept | {"helper": self.cleaned_data["helper"] if helps else ""}
