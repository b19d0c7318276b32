"""Questions that the patient answers, or somebody else for them."""

from __future__ import annotations

from typing import Any, TypedDict

from django.utils.translation import gettext_lazy as _

from clinic.kernel.fields import CleanText
from patients.intake import check_in
from patients.intake.forms.base import StepForm


class Page(TypedDict):
    """What the services take of a page: its answers, the draft's version when it was opened, its own number."""

    answers: dict[str, Any]
    seen: int
    window: str


class AnsweredForm(StepForm):
    """``who`` names somebody who answers for the patient: what they say stays out of baseline and chart."""

    who = CleanText(
        label=_("If you help: who are you to them?"),
        required=False,
        max_length=80,
        help_text=_("Such as: her sister. Pain and feelings are best answered by the person who comes."),
    )

    @property
    def said_by(self) -> dict[str, Any]:
        """What the draft keeps beside the answers: who gives them, nothing when the patient does."""
        who = self.cleaned_data.get(check_in.WHO)
        return {check_in.WHO: who} if who else {}

    @property
    def page(self) -> Page:
        """The page as it is kept or sent, also one that is not whole; its version must have arrived."""
        token = self.cleaned_data.get("form_token")
        return {"answers": self.answers(), "seen": self.seen, "window": str(token or "")}
