"""The agreement of a form that was signed on paper: the ticks as they stand there, and whose signature it is."""

from __future__ import annotations

from typing import Any

from patients.intake.forms.agreement import AgreementForm
from patients.services.record import Signature


class PaperAgreementForm(AgreementForm):
    """What the patient ticked and signed. The paper itself is kept by the clinic; its signature is not drawn again."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        name = self.fields["signed_name"]
        name.label = "Name under the signature on the paper"
        name.required = True
        name.error_messages["required"] = "Please write whose signature stands on the paper."
        name.widget.attrs["autocomplete"] = "off"
        del self.fields["drawing"]
        for _, tick in self.agreements:
            tick.field.label = f"Ticked on paper: {tick.field.label}"

    def signature(self) -> Signature:
        """Return whose signature the paper carries."""
        return Signature(name=self.cleaned_data["signed_name"])
