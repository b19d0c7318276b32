"""Step 1: is what we know of you still right, and who fills this in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clinic.kernel.fields import CleanText, EmailField, PhoneField, PickField, TickField
from patients.intake.forms.base import StepFacts, StepForm

SELF, HELPER = "self", "helper"
#: The desk's fixed list in the words of the person it is about.
DESK_FACTS = (
    ("stairs", "Stairs are hard for me"),
    ("hearing", "I do not hear well"),
    ("prone", "I cannot lie on my front"),
    ("quiet", "I would like a quiet room"),
    ("no-email", "Please phone me, no e-mails"),
)
_FIELDS = ("given_name", "family_name", "address_as", "email", "phone", "emergency_contact", "physician")


class ContactForm(StepForm):
    """Contact data as the desk has them, to be mended by the patient."""

    filled_by = PickField(
        label="Who fills this in?",
        choices=[(SELF, "I do, for myself"), (HELPER, "I help somebody")],
        hints={HELPER: "You are welcome to: history and medicines. Pain and feelings are best answered by themselves."},
        initial=SELF,
    )
    helper = CleanText(label="If you help: who are you to them?", required=False, max_length=80)
    given_name = CleanText(
        label="Given name", error_messages={"required": "Please write a given name."},
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )  # fmt: skip
    family_name = CleanText(
        label="Family name", required=False, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    address_as = CleanText(
        label="How may we address you?", required=False, help_text="For example: Mrs Haas, or Maria, or she."
    )
    email = EmailField(label="E-mail", required=False)
    phone = PhoneField(label="Phone", required=False)
    emergency_contact = CleanText(
        label="Whom may we call if something happens?", required=False, help_text="A name and a phone number."
    )
    physician = CleanText(label="Your family doctor", required=False, help_text="A name, and the town if you like.")
    desk_facts = TickField(label="What should we know when you come?", choices=DESK_FACTS, required=False)

    @classmethod
    def initial_of(cls, facts: StepFacts, stored: Mapping[str, Any]) -> dict[str, Any]:
        if stored:
            return dict(stored)
        patient = facts.request.patient
        return {name: getattr(patient, name) for name in (*_FIELDS, "desk_facts")} | {"filled_by": SELF}

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError when nobody could be reached, or a helper stays unnamed."""
        cleaned = super().clean() or self.cleaned_data
        reachable = cleaned.get("email") or cleaned.get("phone") or {"email", "phone"} & set(self.errors)
        if not reachable:
            self.add_error("phone", ValidationError("Please leave us an e-mail address or a phone number.", "reach"))
        if cleaned.get("filled_by") == HELPER and not cleaned.get("helper") and "helper" not in self.errors:
            self.add_error("helper", ValidationError("Please write who you are, such as: her sister.", "helper"))
        return cleaned

    def answers(self) -> dict[str, Any]:
        kept = {name: self.cleaned_data[name] for name in (*_FIELDS, "desk_facts", "filled_by")}
        helps = self.cleaned_data["filled_by"] == HELPER
        return kept | {"helper": self.cleaned_data["helper"] if helps else ""}
