"""What a practitioner may record, in groups as a page shows them. Pure.

Practitioner's facts and those of the day of the visit are asked of nobody else; everything on the tick list may be told
on the table as well. What follows from data (age, medicines, a questionnaire) is not recorded by hand.
"""

from __future__ import annotations

from functools import cache

from patients.safety import rules
from patients.safety.flags import OF_THE_DAY

PREGNANCY = "pregnancy_t1"
#: Rules that bear on a marked limb, or on a side.
WITH_PLACES: dict[str, tuple[str, ...]] = {
    "lymphoedema": ("left-arm", "right-arm", "left-leg", "right-leg"),
    "implants_breast": ("left-breast", "right-breast"),
}
PLACES: dict[str, str] = {
    place: place.replace("-", " ") for places in WITH_PLACES.values() for place in places
}  # fmt: skip


@cache
def groups() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """(title, ((rule id, words), ...)) of all that may be recorded: today, seen or measured, told."""
    seen = [rule.id for rule in rules.all_rules() if rule.asked_as == "practitioner" and not rule.applies_to_everyone]
    told = [rule.id for rule in rules.all_rules() if rule.asked_as == "tick"]
    today = [rule.id for rule in rules.all_rules() if rule.id in OF_THE_DAY]
    return (
        ("Today only", _named(today)),
        ("Seen or measured", _named([rule_id for rule_id in seen if rule_id not in OF_THE_DAY])),
        ("Told", _named([*told, PREGNANCY, *rules.BACK_EMERGENCY_SIGNS, rules.BACK_PROMPT])),
    )


def of_the_day() -> tuple[tuple[str, str], ...]:
    """What is asked and seen at each visit: (rule id, words)."""
    return groups()[0][1]


def may_be_recorded(rule_id: str) -> bool:
    """Whether a practitioner records this rule by hand."""
    return any(rule_id == known for _, listed in groups() for known, _ in listed)


def back_signs() -> tuple[str, ...]:
    """The signs of back pain that are a prompt to the practitioner, in the rule's own words."""
    split = rules.get(rules.RED_FLAG_BACK).split
    return split.prompt_signs if split else ()


def _named(rule_ids: list[str]) -> tuple[tuple[str, str], ...]:
    return tuple((rule_id, rules.header(rule_id)) for rule_id in rule_ids)
