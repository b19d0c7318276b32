"""Contact data as the desk types it."""

from __future__ import annotations

from typing import Any

from django import forms

from clinic.kernel.fields import BirthDateField, CleanText, EmailField, PhoneField, TickField
from clinic.kernel.forms import GuardedForm
from clinic.practice import languages
from patients.models import Patient
from patients.services.registration import CONTACT_FIELDS


class ContactForm(GuardedForm):
    """Who somebody is and how to reach them. ``version`` is the record as it was seen when the page was opened."""

    mark_optional = False  # nearly all may stay open

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    given_name = CleanText(label="Given name", error_messages={"required": "Please write a name."})
    family_name = CleanText(label="Family name", required=False)
    address_as = CleanText(
        label="How to address them", required=False, help_text="In their words, for example a short name or 李伟."
    )
    birth_date = BirthDateField(label="Birth date", required=False)
    email = EmailField(label="E-mail", required=False)
    phone = PhoneField(label="Phone", required=False)
    language = forms.ChoiceField(label="Language", choices=list(languages.ENGLISH_NAMES.items()))
    interpreter = forms.BooleanField(label="Wants an interpreter at the visits", required=False)
    emergency_contact = CleanText(label="Emergency contact", required=False)
    physician = CleanText(label="Physician", required=False)
    representative = CleanText(
        label="Who signs for them", required=False,
        help_text="Only when you have seen on paper that somebody may. Name and role; an adult else signs alone.",
    )  # fmt: skip
    desk_facts = TickField(
        label="What the desk must know", required=False, choices=Patient.DeskFact.choices, row=True, small=True
    )

    def __init__(self, *args: Any, patient: Patient, **options: Any) -> None:
        self.patient = patient
        known = {name: getattr(patient, name) for name in CONTACT_FIELDS}
        super().__init__(*args, initial=known | {"version": patient.version}, **options)
        if not languages.known(patient.language):
            # Read from an import, without words of ours: it stays until somebody chooses another one.
            other = [(patient.language, patient.language)]
            self.fields["language"].choices = [*languages.ENGLISH_NAMES.items(), *other]  # type: ignore[attr-defined]

    @property
    def changes(self) -> dict[str, Any]:
        """What the form says, by field of the record."""
        return {name: self.cleaned_data[name] for name in CONTACT_FIELDS}

    def clean(self) -> dict[str, Any]:
        """Keep the birth date of a record that has one, and a way to reach the patient where there was one."""
        data = super().clean() or self.cleaned_data
        if self.patient.birth_date and not data.get("birth_date") and "birth_date" not in self.errors:
            self.add_error("birth_date", "Please fill in the birth date; it was known before.")
        was_reachable = self.patient.email or self.patient.phone
        wrong = self.errors.get("email") or self.errors.get("phone")
        if was_reachable and not (data.get("email") or data.get("phone") or wrong):
            self.add_error("email", "Please leave an e-mail address or a phone number.")
        return data
