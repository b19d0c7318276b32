"""The patient's own words out of the answers of a form. Pure: no question is asked of the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from patients.intake import conditions, flags, steps
from patients.intake.forms.complaint import PATTERNS
from patients.safety import rules


@dataclass(frozen=True)
class Tick:
    """A line that was ticked, with its detail."""

    condition: str
    detail: str


@dataclass(frozen=True)
class Words:
    """What brings them, what they want, what they ticked and take, as they wrote it."""

    concern: str = ""
    story: str = ""
    about: list[tuple[str, str]] = field(default_factory=list)
    goal: str = ""
    ticks: list[Tick] = field(default_factory=list)
    none_ticked: bool = False
    medicines: list[str] = field(default_factory=list)
    brings_list: bool = False


def words_of(data: Mapping[str, Any]) -> Words:
    """Return the words of a form's answers, {step: {field: answer}}."""
    complaint, health = steps.answers_of(data, steps.COMPLAINT), steps.answers_of(data, steps.HEALTH)
    about = [
        ("Since", complaint.get("since", "")),
        ("Pattern", str(dict(PATTERNS).get(complaint.get("pattern", ""), ""))),
        ("Better with", complaint.get("better", "")),
        ("Worse with", complaint.get("worse", "")),
    ]
    details = health.get("details") or {}
    return Words(
        concern=_concern(complaint),
        story=complaint.get("story", ""),
        about=[(term, said) for term, said in about if said],
        goal=complaint.get("goal", ""),
        ticks=[Tick(rules.header(rule), details.get(rule, "")) for rule in flags.ticked_rules(health)],
        none_ticked="none" in (health.get("ticks") or []),
        medicines=[line for line in str(health.get("medicines") or "").split("\n") if line],
        brings_list=bool(health.get("brings_list")),
    )


def _concern(complaint: Mapping[str, Any]) -> str:
    try:
        return conditions.get(complaint.get("condition_id", "")).name
    except conditions.UnknownCondition:
        return str(complaint.get("concern", ""))
