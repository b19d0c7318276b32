"""The value lists of the treatment record, read once from data/vocabularies.json and data/five_elements.json.

Codes are stable and stored; labels are for people and may change. Sources: S-STRICTA (needling),
S-WHOTERM (tongue, pulse, patterns), S-CTCAE (grades); keys in docs/domain/SOURCES.md. The five elements name theirs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

# Labels that are more than the code with spaces.
_LABELS = {
    "traditional_chinese": "Traditional Chinese",
    "western_medical": "Western medical",
    "five_element": "Five element",
    "master_tung": "Master Tung",
    "japanese": "Japanese",
    "korean": "Korean",
    "supine": "On the back",
    "prone": "Face down",
    "left_side": "On the left side",
    "right_side": "On the right side",
    "seated": "Seated",
    "de_qi": "De qi",
    "lift_thrust": "Lifting and thrusting",
    "moxa_stick": "Moxa stick",
    "moxa_cone_indirect": "Moxa cone, indirect",
    "moxa_warm_needle": "Moxa, warm needle",
    "moxa_box": "Moxa box",
    "moxa_smokeless": "Moxa, smokeless",
    "cupping_dry_static": "Cupping, dry",
    "cupping_sliding": "Cupping, sliding",
    "cupping_flash": "Cupping, flash",
    "cupping_wet": "Cupping, wet",
    "tens": "TENS",
    "plum_blossom": "Plum-blossom needle",
    "bleeding_lancet": "Bleeding by lancet",
    "within_24h": "Within 24 hours",
    "1_to_7_days": "After 1 to 7 days",
    "white_and_yellow": "White and yellow",
    "not_assessable": "Cannot be assessed",
}
# In the lists of the tongue these two are areas; on the table they are positions.
_TONGUE_AREAS = {"left_side": "Left side", "right_side": "Right side"}


class UnknownList(LookupError):
    """There is no value list of this name."""


@dataclass(frozen=True, slots=True)
class Term:
    """A value with its label and, for pulses and patterns, its Chinese name."""

    code: str
    label: str
    chinese: str = ""
    pinyin: str = ""


@dataclass(frozen=True, slots=True)
class PulsePosition:
    """One of the six places where the pulse is felt; schools differ about the attribution."""

    code: str
    side: str
    position: str
    usual_attribution: str


@dataclass(frozen=True, slots=True)
class AdverseEventKind:
    """A kind of adverse event. `usual_grade` 1 to 5; `same_day_alert`: someone must look today."""

    code: str
    label: str
    group: str
    usual_grade: int
    same_day_alert: bool


@dataclass(frozen=True, slots=True)
class Grade:
    """A severity grade after S-CTCAE."""

    grade: int
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class NeedleSizes:
    """Sizes on sale, in millimetres; gauge names differ between makers, so millimetres are stored."""

    diameters_mm: tuple[float, ...]
    lengths_mm: tuple[int, ...]


def terms(name: str) -> tuple[Term, ...]:
    """A list of values by its path in the file: "treatment_style", "tongue.coat_colour",
    "insertion.manipulation", "adverse_events.causality", "pulse.qualities", "patterns".

    Raises UnknownList.
    """
    return _terms()[_checked(name)]


def choices(name: str) -> list[tuple[str, str]]:
    """`terms` as (code, label), for a form field; raises UnknownList."""
    return [(term.code, term.label) for term in terms(name)]


def label(name: str, code: str) -> str:
    """The label of a stored code; a code the list does not have (a clinic's own) is its own label."""
    return next((term.label for term in terms(name) if term.code == code), _words(code))


@cache
def names() -> tuple[str, ...]:
    """The names that `terms` takes."""
    return tuple(sorted(_terms()))


@cache
def pulse_positions() -> tuple[PulsePosition, ...]:
    """Left and right cun, guan and chi."""
    return tuple(PulsePosition(**position) for position in _file()["pulse"]["positions"])


@cache
def eight_principles() -> tuple[tuple[str, str], ...]:
    """The four pairs; each may be left open, one side, or both."""
    return tuple((first, second) for first, second in _file()["eight_principles"])


@cache
def adverse_event_kinds() -> tuple[AdverseEventKind, ...]:
    """Every kind of adverse event, in the order of the file."""
    events = _file()["adverse_events"]["events"]
    return tuple(
        AdverseEventKind(e["code"], e["term"], e["group"], e["usual_grade"], e["same_day_alert"]) for e in events
    )


@cache
def grades() -> tuple[Grade, ...]:
    """Grades 1 (mild) to 5 (death)."""
    found = _file()["adverse_events"]["grades"]
    return tuple(Grade(grade["grade"], grade["term"], grade["text"]) for grade in found)


@cache
def needle_sizes() -> NeedleSizes:
    """Diameters and lengths to choose from."""
    needle = _file()["needle"]
    return NeedleSizes(tuple(needle["diameter_mm"]), tuple(needle["length_mm"]))


def _checked(name: str) -> str:
    if name not in _terms():
        raise UnknownList(f"no value list {name!r}")
    return name


@cache
def _terms() -> dict[str, tuple[Term, ...]]:
    """Every list of the file whose values are codes, or codes with a term."""
    lists: dict[str, tuple[Term, ...]] = {}
    for name, values in (*_paths(_file()), *_paths(_file("five_elements"))):
        if all(isinstance(value, str) for value in values):
            special = _TONGUE_AREAS if name == "tongue.area" else {}
            lists[name] = tuple(Term(value, special.get(value) or _words(value)) for value in values)
        elif all(isinstance(value, dict) and {"code", "term"} <= value.keys() for value in values):
            lists[name] = tuple(_named(value) for value in values)
    return lists


def _paths(tree: dict[str, Any], start: str = "") -> Iterable[tuple[str, list[Any]]]:
    for key, value in tree.items():
        if isinstance(value, list):
            yield f"{start}{key}", value
        elif isinstance(value, dict):
            yield from _paths(value, f"{start}{key}.")


def _named(value: dict[str, Any]) -> Term:
    return Term(value["code"], value["term"], value.get("chinese", ""), value.get("pinyin", ""))


def _words(code: str) -> str:
    spaced = code.replace("_", " ").replace("-", " ")
    return _LABELS.get(code, spaced[:1].upper() + spaced[1:])


@cache
def _file(name: str = "vocabularies") -> dict[str, Any]:
    text = (files("sessions") / "data" / f"{name}.json").read_text(encoding="utf-8")
    parsed: dict[str, Any] = json.loads(text)
    return parsed
