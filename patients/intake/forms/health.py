"""Your health: the safety list, a due date where it can be, medicines and herbs, other therapies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.kernel.date_fields import DateThreeBoxes, read_parts
from clinic.kernel.fields import BirthDateField, CleanText, TickField
from patients.intake import flags, querysets, steps
from patients.intake.forms.base import StepFacts, StepForm
from patients.intake.forms.picture import PictureField
from patients.intake.forms.therapies import therapies_told, therapies_typed, therapy_fields
from patients.intake.pictures import Picture
from patients.safety import ticks
from patients.therapies import KINDS, is_before

NONE = "none"
TROUBLE = "pregnancy_complicated"
MOST_MEDICINES = 60
MEDICINE = 300
#: Ticks that want to know more, and how they ask. The answer is never forced.
DETAILS = {
    "anticoagulant": _("Which blood thinner, and how much?"),
    "antiplatelet": _("Which one, and how much?"),
    "bleeding_disorder": _("What is it called?"),
    "pacemaker_icd": _("Which device, and since when?"),
    "arrhythmia": _("What was it, and when?"),
    "epilepsy": _("When was the last one?"),
    "neuropathy": _("Where do you feel less?"),
    "immunosuppression": _("What from?"),
    "cancer": _("Where, and which treatment?"),
    "lymphoedema": _("Which arm or leg?"),
    "joint_prosthesis": _("Where, and since when?"),
    "implants_breast": _("Which side?"),
    "metal_allergy": _("Which metal, and what happens?"),
    "latex_adhesive": _("Which of them?"),
    "skin_lesion": _("Where?"),
}


_AFTER_THE_TICKS = ("medicines", "brings_list", "photo", "photo_kept", "therapies")


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
            said = gettext("A due date lies within the next ten months. Please look at it once more.")
            raise ValidationError(said, "range")
        return due


class HealthForm(StepForm):
    """Ticks with "none of these" last and alone; one must be chosen, so that nothing was overlooked."""

    medicines = CleanText(
        label=_("Medicines, herbs and supplements you take"), lines=True, required=False, max_length=20_000,
        help_text=_("One on each line."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "data-suggest-lines": "drugs"}),
    )  # fmt: skip
    brings_list = forms.BooleanField(label=_("I will bring my list"), required=False)
    photo = PictureField(label=_("Or send a photo of your list"), required=False)
    photo_kept = forms.UUIDField(label=_("Keep the photo that you sent"), required=False)
    therapies = TickField(
        label=_("Which other treatments do you have, or had for this?"), choices=list(KINDS.items()), required=False
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = patient_facts(self.facts)
        listed = [line for line in ticks.tick_list(known) if line.id != TROUBLE]
        self.listed = [line.id for line in listed]
        after = {name: self.fields.pop(name) for name in _AFTER_THE_TICKS}
        self.fields["ticks"] = TickField(
            label=_("Tick all that are true"),
            choices=[*((line.id, gettext(line.line)) for line in listed), (NONE, gettext(ticks.none_of_these()))],
            hints={line.id: gettext(line.hint) if line.hint else "" for line in listed},
            none=NONE,
        )
        for rule in self.listed:
            if rule in DETAILS:
                self.fields[f"detail_{rule}"] = CleanText(label=DETAILS[rule], required=False, max_length=300)
        if ticks.due_date_question(known):
            self._ask_for_pregnancy(known)
        self.fields |= after
        for kind in KINDS:
            self.fields |= therapy_fields(kind)
        self.settle_fields(country=self.facts.country, today=self.facts.today)

    def _ask_for_pregnancy(self, known: ticks.PatientFacts) -> None:
        self.fields["due_on"] = DueDateField(label=_("If you are pregnant: when is the baby due?"), required=False)
        trouble = [line for line in ticks.tick_list(replace(known, pregnant=True)) if line.id == TROUBLE]
        if trouble:
            self.fields[TROUBLE] = forms.BooleanField(label=gettext(trouble[0].line), required=False)

    @classmethod
    def initial_of(cls, facts: StepFacts, stored: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG003
        if not stored:
            return {}
        due = stored.get("due_on")
        initial = {name: stored.get(name) for name in ("ticks", "medicines", "brings_list")}
        initial["photo_kept"] = stored.get("photo") or None
        initial |= therapies_typed(stored.get("therapies") or [])
        initial |= {f"detail_{rule}": text for rule, text in (stored.get("details") or {}).items()}
        return initial | {
            "due_on": date.fromisoformat(due) if due else None,
            TROUBLE: TROUBLE in (stored.get("ticks") or []),
        }

    def clean_medicines(self) -> str:
        """Return the lines without blanks around them. Raises ValidationError for too many or too long ones."""
        lines = [line.strip() for line in str(self.cleaned_data["medicines"]).split("\n") if line.strip()]
        if len(lines) > MOST_MEDICINES:
            said = gettext("These are %(count)d lines; %(most)d fit here. Please bring the list.")
            raise ValidationError(said % {"count": len(lines), "most": MOST_MEDICINES})
        long = next((line for line in lines if len(line) > MEDICINE), "")
        if long:
            said = gettext("The line “%(line)s…” is %(count)d characters long; %(most)d fit. Please split it.")
            raise ValidationError(said % {"line": long[:30], "count": len(long), "most": MEDICINE})
        return "\n".join(lines)

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError when "none of these" stands beside a pregnancy's tick, or a therapy ends too early."""
        cleaned = super().clean() or self.cleaned_data
        if NONE in cleaned.get("ticks", []) and cleaned.get(TROUBLE):
            self.add_error("ticks", ValidationError(gettext("“None of these” cannot stand beside another tick.")))
        for kind in cleaned.get("therapies") or []:
            started, stopped = cleaned.get(f"started_{kind}") or "", cleaned.get(f"stopped_{kind}") or ""
            if started and stopped and is_before(stopped, started):
                said = gettext("This lies before the start. Please look at both once more.")
                self.add_error(f"stopped_{kind}", ValidationError(said, "order"))
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
            "brings_list": bool(cleaned["brings_list"]),
            "photo": cleaned["photo_kept"] or "",
            "therapies": therapies_told(cleaned),
            "back_asked": any("." in rule for rule in self.listed),
        }

    def clean_photo_kept(self) -> str:
        """Return the id of a photo of this very form, "" for none and for one that is not ours to keep."""
        sent = self.cleaned_data["photo_kept"]
        if sent is None:
            return ""
        known = str(sent) == steps.answers_of(self.facts.data, steps.HEALTH).get("photo")
        return str(sent) if known or querysets.has_photo(self.facts.request, sent) else ""

    def keep_photo(self, public_id: str) -> None:
        """Take the picture that came with this page as kept, also when the page itself has a mistake."""
        self.cleaned_data["photo_kept"] = public_id
        sent = QueryDict(mutable=True)
        sent.update(self.data)
        sent["photo_kept"] = public_id
        self.data = sent

    @property
    def new_photo(self) -> Picture | None:
        """The picture that came with this page."""
        picture: Picture | None = self.cleaned_data.get("photo")
        return picture

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
