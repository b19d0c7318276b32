"""The languages that patients may choose, and the texts they agree to, language by language."""

from __future__ import annotations

from typing import Any

from django import forms

from clinic.kernel.fields import CleanText, TickField
from clinic.kernel.forms import GuardedForm
from clinic.practice import data, languages
from clinic.practice.models import ConsentText, Practice
from clinic.practice.readiness import Readiness


class LanguagesForm(GuardedForm):
    """Which languages patients may choose beside English; one that lacks a text is refused by the service."""

    mark_optional = False

    def __init__(self, *args: Any, known: list[Readiness], practice: Practice, **options: Any) -> None:
        super().__init__(*args, **options)
        others = [one for one in known if one.language != languages.ENGLISH]
        self.fields["offered"] = TickField(
            label="Patients may also choose",
            required=False,
            choices=[(one.language, f"{one.name} ({languages.NAMES[one.language]})") for one in others],
            initial=practice.languages,
        )
        self.settle_fields()


class ConsentForm(GuardedForm):
    """One text that patients agree to, in one language."""

    title = CleanText(label="Title", max_length=120)
    body = CleanText(label="Text", lines=True, max_length=10_000, widget=forms.Textarea(attrs={"rows": 18}))

    @staticmethod
    def initial_of(kind: str, language: str, stands: ConsentText | None) -> dict[str, str]:
        """Return the newest version, or our proposal where there is none."""
        text = stands or data.consent_text(kind, language)
        return {"title": text.title, "body": text.body}
