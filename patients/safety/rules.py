"""The contraindication and caution rules, read once from data/safety_rules.json.

Decision support for the practitioner; it never replaces judgement. Every rule names its sources
(keys S-... in docs/domain/SOURCES.md) and how sure they are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Severity = Literal["absolute", "relative", "caution"]
AskedAs = Literal["tick", "due_date", "derived", "practitioner", "day_of_visit", "split"]

RED_FLAG_BACK = "red_flag_back"
# The four signs of the split rule's emergency question, in its order; any one is an emergency.
BACK_EMERGENCY_SIGNS: dict[str, str] = {
    f"{RED_FLAG_BACK}.saddle": "numbness between the legs",
    f"{RED_FLAG_BACK}.bladder": "new trouble passing or holding water or stool",
    f"{RED_FLAG_BACK}.weakness": "new weakness in a leg",
    f"{RED_FLAG_BACK}.fever": "fever",
}
BACK_PROMPT = f"{RED_FLAG_BACK}.prompt"


class UnknownRule(LookupError):
    """No safety rule has this id."""


@dataclass(frozen=True, slots=True)
class Affect:
    """What a rule bears on: a scope, the points it names (if any), the limb, and how."""

    scope: str
    points: tuple[str, ...] = ()
    limb: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Split:
    """A rule whose signs are asked in two ways: some are an emergency, some only a prompt.

    `emergency_question` is asked of the patient for `applies_to`; `prompt_signs` stand in the note,
    never before the patient.
    """

    emergency_question: str
    applies_to: str
    prompt_signs: tuple[str, ...]
    prompt_note: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `message` is for the patient, empty when it is for staff only.

    `weeks`: completed weeks of pregnancy, first and last. `restricted`: kept in a restricted field.
    """

    order: int
    id: str
    condition: str
    intake_question: str
    affects: tuple[Affect, ...]
    severity: Severity
    required_action: str
    message: str
    sources: tuple[str, ...]
    confidence: str
    asked_as: AskedAs
    ask_if: str = ""
    derived_from: str = ""
    urgency: str = ""
    drug_list: str = ""
    weeks: tuple[int, int] | None = None
    split: Split | None = None
    restricted: bool = False
    applies_to_everyone: bool = False

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes this rule bears on."""
        return frozenset(affect.scope for affect in self.affects)


@dataclass(frozen=True, slots=True)
class Drug:
    """An entry of a drug list. Brand names vary by country and change."""

    generic: str
    brands: tuple[str, ...]
    drug_class: str


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule in the order of the file."""
    return tuple(_rule(order, rule) for order, rule in enumerate(_file("safety_rules")["rules"]))


def get(rule_id: str) -> Rule:
    """The rule with this id, also by the id of one of its split signs; raises UnknownRule."""
    split = rule_id in BACK_EMERGENCY_SIGNS or rule_id == BACK_PROMPT
    try:
        return _by_id()[RED_FLAG_BACK if split else rule_id]
    except KeyError:
        raise UnknownRule(f"no safety rule {rule_id!r}") from None


@cache
def drug_list(name: str) -> tuple[Drug, ...]:
    """A drug list: anticoagulants, antiplatelets or bleeding_tendency_other; KeyError for another."""
    drugs = _file("safety_rules")["drug_lists"][name]
    return tuple(Drug(drug["generic"], tuple(drug["brands"]), drug["class"]) for drug in drugs)


@cache
def point_set(name: str) -> frozenset[str]:
    """The codes of a named point set, as "pneumothorax"; KeyError for another."""
    return frozenset(_file("safety_rules")["point_sets"][name])


@cache
def own_words() -> Mapping[str, Any]:
    """The project's own short wording for ticks and headers (data/tick_lines.json)."""
    return _file("tick_lines")


def header(rule_id: str) -> str:
    """A few words for the head of a clinical page; KeyError when there are none."""
    words: str = own_words()["headers"][rule_id]
    return words


@cache
def _by_id() -> dict[str, Rule]:
    return {rule.id: rule for rule in all_rules()}


@cache
def _file(name: str) -> dict[str, Any]:
    path = files("patients.safety") / "data" / f"{name}.json"
    parsed: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return parsed


def _rule(order: int, rule: Mapping[str, Any]) -> Rule:
    ask = rule["ask"]
    return Rule(
        order=order,
        id=rule["id"],
        condition=rule["condition"],
        intake_question=rule["intake_question"] or "",
        affects=tuple(_affect(affect) for affect in rule["affects"]),
        severity=rule["severity"],
        required_action=rule["required_action"],
        message=rule["message"] or "",
        sources=tuple(rule["source"]),
        confidence=rule["confidence"],
        asked_as=ask["as"],
        ask_if=ask.get("ask_if", ""),
        derived_from=ask.get("from", ""),
        urgency=rule.get("urgency", ""),
        drug_list=rule.get("detect", {}).get("medication_list", ""),
        weeks=tuple(rule["weeks"]) if "weeks" in rule else None,
        split=_split(rule["split"]) if "split" in rule else None,
        restricted="privacy" in rule,
        applies_to_everyone=rule.get("applies_to") == "everyone",
    )


def _affect(affect: Mapping[str, Any]) -> Affect:
    return Affect(
        scope=affect["scope"],
        points=tuple(affect.get("points", ())),
        limb=affect.get("limb", ""),
        note=affect.get("note", ""),
    )


def _split(split: Mapping[str, Any]) -> Split:
    return Split(
        emergency_question=split["emergency_now"]["ask"],
        applies_to=split["emergency_now"]["applies_to"],
        prompt_signs=tuple(split["practitioner_prompt"]["signs"]),
        prompt_note=split["practitioner_prompt"]["note"],
    )
