"""Step 3: the safety list, a due date where it can be, medicines and herbs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clinic.kernel.date_fields import DateThreeBoxes, read_parts
from clinic.kernel.fields import BirthDateField, CleanText, TickField
from patients.intake import flags
from patients.intake.forms.base import StepFacts, StepForm
from patients.safety import ticks

NONE = "none"
TROUBLE = "pregnancy_complicated"
MOST_MEDICINES = 60
MEDICINE = 300
#: Ticks that want to know more, and how they ask. The answer is never forced.
DETAILS = {
    "anticoagulant": "Which blood thinner, and how much?",
    "antiplatelet": "Which one, and how much?",
    "bleeding_disorder": "What is it called?",
    "pacemaker_icd": "Which device, and since when?",
    "arrhythmia": "What was it, and when?",
    "epilepsy": "When was the last one?",
    "neuropathy": "Where do you feel less?",
    "immunosuppression": "What from?",
    "cancer": "Where, and which treatment?",
    "lymphoedema": "Which arm or leg?",
    "joint_prosthesis": "Where, and since when?",
    "implants_breast": "Which side?",
    "metal_allergy": "Which metal, and what happens?",
    "latex_adhesive": "Which of them?",
    "skin_lesion": "Where?",
}


class DueBoxes(DateThreeBoxes):
    """Three boxes that no browser fills with the birth date."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        for box in self.widgets:
            box.attrs["autocomplete"] = "off"


class DueDateField(BirthDateField):
    """The day a baby is due: from three weeks ago until ten months ahead of ``today``."""

    widget = DueBoxes

    def clean(self, value: Any) -> date | None:
        """Return the date or None. Raises ValidationError in words."""
        texts = [str(text) for text in value or ("", "", "")]
        if not any(text.strip() for text in texts):
            return None
        due = read_parts(*texts)
        today = self.today or date.min
        if not today - timedelta(days=21) <= due <= today + timedelta(days=300):
            raise ValidationError("A due date lies within the next ten months. Please look at it once more.", "range")
        return due


class HealthForm(StepForm):
    """Ticks with "none of these" last and alone; one must be chosen, so that nothing was overlooked."""

    medicines = CleanText(
        label="Medicines, herbs and supplements you take", lines=True, required=False, max_length=20_000,
        help_text="One on each line. Or bring the boxes, that is fine too.",
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = patient_facts(self.facts)
        listed = [line for line in ticks.tick_list(known) if line.id != TROUBLE]
        self.listed = [line.id for line in listed]
        medicines = self.fields.pop("medicines")
        self.fields["ticks"] = TickField(
            label="Tick all that are true",
            choices=[*((line.id, line.line) for line in listed), (NONE, ticks.none_of_these())],
            hints={line.id: line.hint for line in listed},
            none=NONE,
        )
        for rule in self.listed:
            if rule in DETAILS:
                self.fields[f"detail_{rule}"] = CleanText(label=DETAILS[rule], required=False, max_length=300)
        if ticks.due_date_question(known):
            self._ask_for_pregnancy(known)
        self.fields["medicines"] = medicines
        self.settle_fields(country=self.facts.country, today=self.facts.today)

    def _ask_for_pregnancy(self, known: ticks.PatientFacts) -> None:
        self.fields["due_on"] = DueDateField(label="If you are pregnant: when is the baby due?", required=False)
        trouble = [line for line in ticks.tick_list(replace(known, pregnant=True)) if line.id == TROUBLE]
        if trouble:
            self.fields[TROUBLE] = forms.BooleanField(label=trouble[0].line, required=False)

    @classmethod
    def initial_of(cls, facts: StepFacts, stored: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG003
        if not stored:
            return {}
        due = stored.get("due_on")
        initial = {"ticks": stored.get("ticks"), "medicines": stored.get("medicines")}
        initial |= {f"detail_{rule}": text for rule, text in (stored.get("details") or {}).items()}
        return initial | {
            "due_on": date.fromisoformat(due) if due else None,
            TROUBLE: TROUBLE in (stored.get("ticks") or []),
        }

    def clean_medicines(self) -> str:
        """Return the lines without blanks around them. Raises ValidationError for too many or too long ones."""
        lines = [line.strip() for line in str(self.cleaned_data["medicines"]).split("\n") if line.strip()]
        if len(lines) > MOST_MEDICINES:
            raise ValidationError(f"These are {len(lines)} lines; {MOST_MEDICINES} fit here. Please bring the list.")
        long = next((line for line in lines if len(line) > MEDICINE), "")
        if long:
            raise ValidationError(
                f"The line “{long[:30]}…” is {len(long)} characters long; {MEDICINE} fit. Please split it."
            )
        return "\n".join(lines)

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError when "none of these" stands beside a pregnancy's ticks."""
        cleaned = super().clean() or self.cleaned_data
        if NONE in cleaned.get("ticks", []) and cleaned.get(TROUBLE):
            self.add_error("ticks", ValidationError("“None of these” cannot stand beside another tick."))
        return cleaned

    def answers(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        ticked = [*cleaned["ticks"], *([TROUBLE] if cleaned.get(TROUBLE) else [])]
        details = {rule: cleaned[f"detail_{rule}"] for rule in ticked if rule in DETAILS and cleaned[f"detail_{rule}"]}
        due = cleaned.get("due_on")
        return {
            "ticks": ticked,
            "details": details,
            "due_on": due.isoformat() if due else "",
            "medicines": cleaned["medicines"],
            "back_asked": any("." in rule for rule in self.listed),
        }

    def ticked_anyway(self) -> list[str]:
        """Return what was ticked on a page that has another mistake, so that an emergency does not wait for it."""
        sent: Sequence[str] = self.data.getlist("ticks") if hasattr(self.data, "getlist") else []
        return [rule for rule in self.listed if rule in sent]


def patient_facts(facts: StepFacts) -> ticks.PatientFacts:
    """Return what decides which lines are asked."""
    patient = facts.request.patient
    return ticks.PatientFacts(
        today=facts.today,
        sex=patient.sex,
        birth_date=patient.birth_date,
        birth_year=patient.birth_year,
        back_pain=flags.has_back_pain(facts.data),
    )
