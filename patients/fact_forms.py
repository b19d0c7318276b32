"""What a practitioner records of a patient's safety, as it comes from a page. Forms parse; they never save."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django import forms

from clinic.kernel.fields import CleanText, DayField, TickField
from clinic.kernel.forms import GuardedForm
from patients.safety import pregnancy, rules
from patients.safety.recordable import PLACES, PREGNANCY, WITH_PLACES, back_signs, groups, may_be_recorded
from patients.services.facts import SafetySaid

#: A birth can be awaited for three weeks beyond its date (rule pregnancy_t3: to week 42).
OVERDUE = timedelta(weeks=3)
LONGEST_DETAIL = 300


class FactForm(GuardedForm):
    """One fact: which, in words, and what only some of them need."""

    rule = forms.ChoiceField(label="What", error_messages={"required": "Please choose what is so."})
    detail = CleanText(
        label="In words", max_length=LONGEST_DETAIL, required=False,
        help_text="For example the site, the value with its day, or the drug.",
    )  # fmt: skip
    due_on = DayField(label="Due date", required=False, help_text="For a pregnancy. The week follows from it.")
    places = TickField(
        label="Where", choices=list(PLACES.items()), required=False, row=True, small=True,
        help_text="For lymphoedema and breast implants: only points there speak then.",
    )  # fmt: skip
    signs = TickField(
        label="Signs with back pain", choices=[(sign, sign) for sign in back_signs()], required=False, small=True,
        help_text="For “Back pain, look closer”.",
    )  # fmt: skip
    cleared_by = CleanText(
        label="Cleared by", max_length=120, required=False,
        help_text="Who agreed to go on. For a device the cardiologist, with the day.",
    )  # fmt: skip
    cleared_on = DayField(label="Cleared on", required=False)
    note = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        self.today = today
        super().__init__(*args, **options)
        choices = [("", "Choose"), *((title, list(listed)) for title, listed in groups())]
        self.fields["rule"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What belongs to some rules only is refused beside the others, never dropped."""
        cleaned = super().clean() or self.cleaned_data
        rule_id = cleaned.get("rule", "")
        if not rule_id or not may_be_recorded(rule_id):
            return cleaned
        self._due_date(rule_id, cleaned.get("due_on"))
        wrong = set(cleaned.get("places") or ()) - set(WITH_PLACES.get(rule_id, ()))
        if wrong:
            names = ", ".join(PLACES[place] for place in sorted(wrong))
            self.add_error("places", f"{names}: this does not belong to “{rules.header(rule_id)}”.")
        signs = cleaned.get("signs")
        if rule_id == rules.BACK_PROMPT and not signs and "signs" not in self.errors:
            self.add_error("signs", "Please tick the signs.")
        elif signs and rule_id != rules.BACK_PROMPT:
            self.add_error("signs", f"These do not belong to “{rules.header(rule_id)}”.")
        if cleaned.get("cleared_on") and not cleaned.get("cleared_by") and "cleared_by" not in self.errors:
            self.add_error("cleared_by", "Please write who cleared it.")
        if cleaned.get("cleared_on") and cleaned["cleared_on"] > self.today:
            self.add_error("cleared_on", "This day is still to come.")
        return cleaned

    def _due_date(self, rule_id: str, due_on: date | None) -> None:
        if "due_on" in self.errors:
            return
        if rule_id != PREGNANCY:
            if due_on is not None:
                self.add_error("due_on", "A due date belongs to a pregnancy only.")
        elif due_on is None:
            self.add_error("due_on", "Please write the due date.")
        elif not self.today - OVERDUE <= due_on <= self.today + timedelta(days=pregnancy.DAYS_TO_DUE_DATE):
            self.add_error("due_on", "A due date lies within the next 40 weeks, or the last three.")

    @property
    def said(self) -> SafetySaid:
        """What a valid form says."""
        said = self.cleaned_data
        signs = [sign for sign in back_signs() if sign in said["signs"]]
        return SafetySaid(
            rule_id=said["rule"],
            detail=", ".join(signs) if signs else said["detail"],
            due_on=said["due_on"],
            places=tuple(place for place in PLACES if place in said["places"]),
            cleared_by=said["cleared_by"],
            cleared_on=said["cleared_on"],
        )


class EndFactForm(GuardedForm):
    """A fact that holds no longer."""

    rule = CleanText(max_length=40)
    note = forms.UUIDField(required=False, widget=forms.HiddenInput)


def note_named(value: object) -> uuid.UUID | None:
    """The note that a page was opened from, when the address names one."""
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return None
