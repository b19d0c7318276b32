"""One measure as its owner describes it: words, scale, whom it is asked and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms

from clinic.kernel.fields import CleanText, PickField, TickField
from clinic.kernel.forms import GuardedForm
from clinic.practice.languages import ENGLISH, ENGLISH_NAMES
from patients.intake.conditions import all_conditions
from patients.measures.asked import MeasureQuestion, form_fields
from patients.measures.fields import NumberField
from patients.measures.models import FARTHEST, MOST_DECIMALS, Measure, MeasureVersion
from patients.measures.numbers import plain
from patients.measures.services import Scale

WORDS = ("name", "question", "unit", "low", "high")
_DECIMALS = (("0", "whole numbers"), ("1", "one digit: 3.5"), ("2", "two digits: 3.25"), ("3", "three digits: 3.125"))


def _number(label: str, *, required: bool = True, help_text: str = "") -> NumberField:
    return NumberField(
        lowest=-FARTHEST, highest=FARTHEST, decimals=MOST_DECIMALS, label=label, required=required, help_text=help_text
    )


class MeasureForm(GuardedForm):
    """``languages`` are those that patients may choose; English comes first and must say something."""

    version = forms.IntegerField(min_value=0, max_value=32_000, widget=forms.HiddenInput, initial=0)
    name = CleanText(label="Name", max_length=60, help_text="As it stands on charts, such as Headache index.")
    question = CleanText(
        label="Question to the patient", required=False, max_length=200,
        help_text="In plain words, with its time: In the last 28 days, ...? Without one the name is asked.",
    )  # fmt: skip
    unit = CleanText(label="Unit", required=False, max_length=20, help_text="Such as days, degrees or %.")
    lowest = _number("Lowest number")
    highest = _number("Highest number")
    low = CleanText(label="Words for the lowest", required=False, max_length=60)
    high = CleanText(label="Words for the highest", required=False, max_length=60)
    decimals = PickField(label="Behind the decimal point", choices=_DECIMALS, initial="0", row=True, small=True)
    worse = PickField(label="Which way is worse?", choices=MeasureVersion.Worse.choices, row=True, small=True)
    important_change = _number(
        "Smallest change that matters", required=False, help_text="In the measure’s own numbers, where you know it."
    )
    asked = PickField(label="When is the patient asked?", choices=Measure.Asked.choices, small=True)
    conditions = TickField(
        label="Only for these conditions", choices=(), required=False, small=True,
        help_text="Without a tick everybody is asked.",
    )  # fmt: skip
    active = forms.BooleanField(label="In use", required=False, initial=True)

    def __init__(self, *args: Any, languages: Sequence[str], **options: Any) -> None:
        self.others = tuple(language for language in languages if language != ENGLISH)
        super().__init__(*args, **options)
        self.fields["conditions"].choices = [(one.id, one.name) for one in all_conditions()]  # type: ignore[attr-defined]
        for language in self.others:
            for name in WORDS:
                box = self.fields[name]
                assert isinstance(box, CleanText)
                self.fields[f"{language}_{name}"] = CleanText(
                    label=box.label,
                    required=False,
                    max_length=box.most,
                    widget=forms.TextInput(attrs={"lang": language}),
                )
        self.settle_fields()

    @staticmethod
    def initial_of(version: MeasureVersion) -> dict[str, Any]:
        """Return what stands in the form for a stored version (with its measure)."""
        measure = version.measure
        initial = {
            "version": measure.version, "asked": measure.asked, "conditions": measure.condition_ids,
            "active": measure.active, "decimals": str(version.decimals), "worse": version.worse,
            "lowest": version.lowest, "highest": version.highest, "important_change": version.important_change,
        }  # fmt: skip
        for language, words in version.words.items():
            start = "" if language == ENGLISH else f"{language}_"
            initial |= {f"{start}{name}": words.get(name, "") for name in WORDS}
        return initial

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The words in each other language under its English name."""
        return [(ENGLISH_NAMES[one], [self[f"{one}_{name}"] for name in WORDS]) for one in self.others]

    def clean(self) -> dict[str, Any]:
        """Puts sentences beside what does not fit together."""
        said = super().clean() or self.cleaned_data
        low, high = said.get("lowest"), said.get("highest")
        if low is not None and high is not None and low >= high:
            self.add_error("highest", "The highest number lies above the lowest.")
        decimals = int(said.get("decimals") or 0)
        for name in ("lowest", "highest", "important_change"):
            number = said.get(name)
            if isinstance(number, Decimal) and number != round(number, decimals):
                self.add_error(name, f"{plain(number)} has more digits behind the point than the measure itself.")
        change = said.get("important_change")
        if change is not None and change <= 0:
            self.add_error("important_change", "A change that matters is more than 0.")
        elif change is not None and low is not None and high is not None and change > high - low > 0:
            self.add_error("important_change", "The scale is shorter than this change.")
        for language in self.others:
            self._clean_words(language, said)
        return said

    def _clean_words(self, language: str, said: dict[str, Any]) -> None:
        """A language has its name and its question, or nothing: no page of two languages."""
        if any(said.get(f"{language}_{name}") for name in WORDS):
            for name in ("name", "question"):
                if not said.get(f"{language}_{name}") and f"{language}_{name}" not in self.errors:
                    self.add_error(
                        f"{language}_{name}", f"Please write it in {ENGLISH_NAMES[language]} too, or clear all five."
                    )

    @property
    def scale(self) -> Scale:
        """The scale with its words, of a valid form."""
        said = self.cleaned_data
        words = {ENGLISH: {name: said[name] for name in WORDS}}
        words[ENGLISH]["question"] = said["question"] or said["name"]
        for language in self.others:
            if said[f"{language}_name"]:
                words[language] = {name: said[f"{language}_{name}"] for name in WORDS}
        return Scale(
            lowest=said["lowest"], highest=said["highest"], decimals=int(said["decimals"]), worse=said["worse"],
            important_change=said["important_change"], words=words,
        )  # fmt: skip

    def keeping(self, scale: Scale, stored: MeasureVersion) -> Scale:
        """Return ``scale`` with the words of languages that the practice does not offer at present."""
        hidden = {tag: words for tag, words in stored.words.items() if tag not in (ENGLISH, *self.others)}
        return replace(scale, words={**scale.words, **hidden})


class PreviewForm(forms.Form):
    """The question as the patient sees it, in one language. It is looked at and never sent."""

    mark_optional = False
    use_required_attribute = False

    def __init__(self, scale: Scale, language: str) -> None:
        super().__init__(prefix=f"preview-{language}")
        self.language = language
        words = scale.words[language]
        question = MeasureQuestion(
            code="preview", measure_id=0, version_id=0, title=words["name"], words=words["question"],
            lowest=scale.lowest, highest=scale.highest, decimals=scale.decimals, unit=words.get("unit", ""),
            low=words.get("low", ""), high=words.get("high", ""),
        )  # fmt: skip
        self.fields.update(form_fields([question]))

    @property
    def speaks(self) -> str:
        """The English name of its language."""
        return ENGLISH_NAMES.get(self.language, self.language)


def previews(scale: Scale) -> list[PreviewForm]:
    """Return the question in each language it has words in."""
    return [PreviewForm(scale, language) for language in scale.words]
