"""What a questionnaire is: frozen values, read from the files in data/ by catalogue.py.

The shape follows the FHIR Questionnaire (item, linkId, answer option) in a compact form; sources
of every instrument stand in SOURCES.md beside this file and in the instrument's own file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

ItemType = Literal["integer", "choice", "multi", "text"]
Urgency = Literal["emergency", "same_day", "prompt", "next_visit", "data_quality"]
Wording = Literal["original", "validated", "own translation"]
# The three texts a clinic writes for its patients (docs: a worrying answer).
WorryText = Literal["self_harm", "emergency", "call_today"]


@dataclass(frozen=True, slots=True)
class Option:
    """One allowed answer: a whole number for a choice, a word for a multi."""

    value: int | str
    text: str
    loinc: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """Ask an item only when another answer holds: op is "=", ">=" or "filled"."""

    item: str
    op: str
    value: int | str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One question. `link_id` is unique over all instruments and never changes its meaning.

    `same_as` names the same question of a longer form; `in_one_form_with` names a question whose
    answer this one takes when both stand in one form. `any_above_zero` lists items of which one
    must be above 0 before this one is asked (the difficulty question of the PHQ-9 and GAD-7).
    """

    link_id: str
    text: str
    type: ItemType
    required: bool
    scored: bool
    minimum: int | None = None
    maximum: int | None = None
    max_length: int | None = None
    options: tuple[Option, ...] = ()
    exclusive: tuple[str, ...] = ()
    anchor_low: str = ""
    anchor_high: str = ""
    loinc: str | None = None
    same_as: str | None = None
    in_one_form_with: str | None = None
    enable_when: Condition | None = None
    any_above_zero: tuple[str, ...] = ()
    only_after_a_session: bool = False
    wording_note: str = ""

    @property
    def values(self) -> tuple[int | str, ...]:
        """The stored values of the options, in the order shown; empty for numbers and text."""
        return tuple(option.value for option in self.options)


@dataclass(frozen=True, slots=True)
class Output:
    """One number (or word) that an instrument gives; `decimals` is for display only."""

    id: str
    method: str
    items: tuple[str, ...]
    decimals: int = 0
    primary: bool = False
    min_answered: int = 1
    must_have: tuple[str, ...] = ()
    loinc: str | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """A named stretch of an output, minimum and maximum inclusive unless `exclusive`."""

    code: str
    text: str
    minimum: int
    maximum: int
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Flag:
    """A reading of the answers that a person should see.

    `when` is the condition as the file has it. `by_absence`: raised by a missing answer, so it
    has a meaning only when the form is handed in, not while it is being filled. `shown_for` names
    the complaints for which it is shown (empty: for all).
    """

    id: str
    when: Mapping[str, Any]
    urgency: Urgency
    action: str
    patient_text: str = ""
    shown_for: tuple[str, ...] = ()
    by_absence: bool = False
    worry_text: WorryText | None = None


@dataclass(frozen=True, slots=True)
class SmallestChange:
    """A published smallest important change; unit is "points" or "percent"."""

    value: int
    unit: str
    source: str
    confidence: str
    note: str = ""
    applies_to: str = ""


@dataclass(frozen=True, slots=True)
class Instrument:
    """A questionnaire in one language. Higher is worse in every one of them.

    `wording` tells whether the words are the original's, a validated translation or our own one;
    `notice` must be shown with the PHQ and GAD forms (licence).
    """

    code: str
    title: str
    version: str
    language: str
    wording: Wording
    licence: str
    notice: str
    loinc_notice: str
    wording_may_be_changed: bool
    recall: str
    recall_days: int | None
    stem: str
    items: tuple[Item, ...]
    outputs: tuple[Output, ...]
    missing_method: str
    max_missing: int
    band_output: str | None
    bands: tuple[Band, ...]
    flags: tuple[Flag, ...]
    smallest_changes: tuple[SmallestChange, ...]
    loinc_panel: str | None
    sources: tuple[str, ...]

    def item(self, link_id: str) -> Item:
        """The item with this link id; KeyError when the instrument has none."""
        for item in self.items:
            if item.link_id == link_id:
                return item
        raise KeyError(link_id)

    def flag(self, flag_id: str) -> Flag:
        """The flag with this id; KeyError when the instrument has none."""
        for flag in self.flags:
            if flag.id == flag_id:
                return flag
        raise KeyError(flag_id)

    def band(self, code: str) -> Band:
        """The band with this code; KeyError when the instrument has none."""
        for band in self.bands:
            if band.code == code:
                return band
        raise KeyError(code)

    @property
    def primary(self) -> Output:
        """The output shown first: the one marked primary, else the first."""
        return next((output for output in self.outputs if output.primary), self.outputs[0])
