"""The tick list of the intake: one short line for each rule that a patient is asked about.

The list ends with "None of these". Emergency lines stand first and are asked of everyone, those of
back pain only when the back hurts; pregnancy only where it can be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from patients.safety import rules
from patients.safety.age import could_be_aged

PREGNANCY_AGES = (12, 55)


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """What is known before the tick list is shown.

    `sex`: "female", "male", "other" or "" when not recorded. `birth_year` serves where only a year is
    on record. `pregnant`: a due date is on record.
    """

    today: date
    sex: str = ""
    birth_date: date | None = None
    birth_year: int | None = None
    pregnant: bool = False
    back_pain: bool = False


@dataclass(frozen=True, slots=True)
class TickLine:
    """One line to tick. `id` is what is stored and given to flags_for; `question` the rule's own
    wording; `emergency`: ticking it shows the emergency text at once."""

    id: str
    line: str
    hint: str
    question: str
    emergency: bool


def tick_list(facts: PatientFacts) -> list[TickLine]:
    """The lines to show this patient, in order."""
    return [
        _line(words["id"], words["line"], words["hint"])
        for words in rules.own_words()["lines"]
        if _asked(words["id"], facts)
    ]


def none_of_these() -> str:
    """The last line of the list; ticking it means that every other line was read."""
    words: str = rules.own_words()["none"]
    return words


def due_date_question(facts: PatientFacts) -> str | None:
    """ "Are you pregnant? If so, when is the baby due?", or None where it is not asked."""
    rule = rules.get("pregnancy_t1")
    return rule.intake_question if _pregnancy_can_be(facts) else None


def _line(rule_id: str, line: str, hint: str) -> TickLine:
    rule = rules.get(rule_id)
    split = rule.split.emergency_question if rule.split else ""
    return TickLine(
        id=rule_id,
        line=line,
        hint=hint,
        question=split or rule.intake_question,
        emergency=rule.urgency == "emergency" or rule_id in rules.BACK_EMERGENCY_SIGNS,
    )


def _asked(rule_id: str, facts: PatientFacts) -> bool:
    if rule_id in rules.BACK_EMERGENCY_SIGNS:
        return facts.back_pain
    condition = rules.get(rule_id).ask_if
    if condition == "pregnant":
        return facts.pregnant
    if condition == "as pregnancy_t1":
        return _pregnancy_can_be(facts) and not facts.pregnant
    return not condition


def _pregnancy_can_be(facts: PatientFacts) -> bool:
    """ask_if of pregnancy_t1: sex recorded as female or not recorded, age 12-55 (or not known)."""
    if facts.pregnant:
        return True
    if facts.sex not in ("female", ""):
        return False
    return could_be_aged(*PREGNANCY_AGES, facts.today, facts.birth_date, facts.birth_year)
