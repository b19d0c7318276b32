"""Your agreement: each text is agreed to apart, then one signature, drawn or typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.kernel.fields import CleanText
from clinic.practice.models import ConsentText
from patients.intake.forms.base import StepForm
from patients.intake.signature import NotASignature, png_of
from patients.intake.signers import signer_of
from patients.services.record import Signature


class AgreementForm(StepForm):
    """One tick for each text of the practice; the required ones must be ticked."""

    drawing = forms.CharField(widget=forms.HiddenInput, required=False)
    signed_name = CleanText(
        label=_("Your typed name counts as a signature too"), required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name", "class": "signature-typed"}),
    )  # fmt: skip

    def __init__(self, *args: Any, texts: Sequence[ConsentText], **options: Any) -> None:
        super().__init__(*args, **options)
        self.texts = list(texts)
        for text in self.texts:
            self.fields[_name(text)] = forms.BooleanField(
                label=gettext("I have read “%(title)s” and agree") % {"title": text.title},
                required=text.required,
                error_messages={"required": gettext("Please tick this, or call us and we talk about it first.")},
            )
        self.signer = signer_of(self.facts)
        if self.signer.says:
            self.fields["signer"] = forms.BooleanField(
                label=self.signer.says,
                error_messages={
                    "required": gettext("Please let the person who signs tick this. If they cannot, please call us.")
                },
            )
        self.order_fields([*(_name(text) for text in self.texts), "signer", "signed_name"])

    @property
    def agreements(self) -> list[tuple[ConsentText, BoundField]]:
        """Each text with its tick."""
        return [(text, self[_name(text)]) for text in self.texts]

    @property
    def whose_hand(self) -> list[BoundField]:
        """The tick of who signs, when somebody has to say so."""
        return [self["signer"]] if "signer" in self.fields else []

    def clean_drawing(self) -> bytes | None:
        """Return the picture. Raises ValidationError in words for anything but a small plain PNG."""
        sent = self.cleaned_data["drawing"]
        try:
            return png_of(sent) if sent else None
        except NotASignature as problem:
            # Not given back: the next drawing starts on an empty sheet.
            self.data = {**self.data, "drawing": ""}
            raise ValidationError(str(problem), code="drawing") from None

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError when nobody signed."""
        cleaned = super().clean() or self.cleaned_data
        signed = cleaned.get("drawing") or cleaned.get("signed_name") or {"drawing", "signed_name"} & set(self.errors)
        if not signed:
            said = gettext("Please sign above, or type your name here.")
            self.add_error("signed_name", ValidationError(said, "unsigned"))
        return cleaned

    def agreed(self) -> list[ConsentText]:
        """Return the texts that were ticked."""
        return [text for text in self.texts if self.cleaned_data.get(_name(text))]

    def signature(self) -> Signature:
        """Return how the form was signed."""
        return Signature(name=self.cleaned_data["signed_name"], png=self.cleaned_data["drawing"])

    def answers(self) -> dict[str, Any]:
        raise NotImplementedError("The agreement is handed in, never kept as a draft.")


def _name(text: ConsentText) -> str:
    return f"agree_{text.kind}"
