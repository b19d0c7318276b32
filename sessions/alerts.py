"""What speaks before a needle: the patient's facts, as stored, turned into flags and warnings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from clinic.kernel import clinic_words
from patients.models import Patient
from patients.safety import rules
from patients.safety.flags import OF_THE_DAY, Facts, SafetyFlag, flags_for

#: Icons that say what a flag is about; the others take the one of their level.
ICONS = {"anticoagulant": "droplet-half", "antiplatelet": "droplet-half"}
DESK_ICONS = {"stairs": "ladder", "hearing": "ear", "prone": "info-circle", "quiet": "info-circle"}


@dataclass(frozen=True, slots=True)
class HeadFlag:
    """A chip under the name: ``level`` is stop, look or desk."""

    level: str
    text: str
    icon: str = ""


def head_flags(flags: Iterable[SafetyFlag], desk_codes: Iterable[str]) -> list[HeadFlag]:
    """The chips of the head: stop first, then look, then what the desk must know.

    A restricted entry stays out of the head, which others may see over a shoulder; it speaks beside the needles.
    """
    clinical = [HeadFlag(flag.level, flag.short, ICONS.get(flag.id, "")) for flag in flags if not flag.restricted]
    return clinical + desk_flags(desk_codes)


def desk_flags(codes: Iterable[str]) -> list[HeadFlag]:
    """The desk's facts in the order of the list, as words."""
    held = set(codes)
    return [
        HeadFlag("desk", str(label)[:1].upper() + str(label)[1:], DESK_ICONS.get(code, "telephone"))
        for code, label in Patient.DeskFact.choices
        if code in held
    ]


def safety_flags(
    *,
    today: date,
    birth_date: date | None,
    birth_year: int | None,
    safety_facts: Sequence[dict[str, Any]],
    medications: Sequence[dict[str, Any]],
    herbs: str = "",
    questionnaire_flags: Collection[str] = (),
    back_pain: bool = False,
) -> list[SafetyFlag]:
    """The flags of a patient, most pressing first, from what ``open_safety_facts`` and ``taken_medications`` gave.

    ``herbs`` are those of today's treatment. A fact whose rule is no longer in the list of rules is left out here; the
    record still shows it. What was so on one day only (a fever) says nothing on another.
    """
    held = {fact["rule_id"]: fact for fact in safety_facts if not fact["due_on"] and _holds(fact, today)}
    due = [date.fromisoformat(fact["due_on"]) for fact in safety_facts if fact["due_on"]]
    signs = held.get(rules.BACK_PROMPT, {}).get("detail", "")
    return flags_for(
        Facts(
            today=today,
            ticked=frozenset(held),
            said={rule_id: fact.get("detail", "") for rule_id, fact in held.items()},
            places={rule_id: frozenset(fact.get("places") or ()) for rule_id, fact in held.items()},
            cleared={rule_id: _clearance(fact) for rule_id, fact in held.items() if fact.get("cleared_by")},
            medicines="\n".join(medicine["words"] for medicine in medications),
            herbs=herbs,
            due_date=max(due, default=None),
            birth_date=birth_date,
            birth_year=birth_year,
            questionnaire_flags=frozenset(questionnaire_flags),
            back_pain=back_pain or bool(signs),
            back_signs=frozenset(signs.split(", ")) if signs else frozenset(),
        )
    )


def _holds(fact: dict[str, Any], today: date) -> bool:
    if not _known(fact["rule_id"]):
        return False
    if fact["rule_id"] not in OF_THE_DAY or not fact.get("since"):
        return True
    return timezone.localdate(datetime.fromisoformat(fact["since"])) == today


def _clearance(fact: dict[str, Any]) -> str:
    on = fact.get("cleared_on")
    return f"{fact['cleared_by']}, {clinic_words.day_year(date.fromisoformat(on))}" if on else fact["cleared_by"]


def _known(rule_id: str) -> bool:
    try:
        rules.get(rule_id)
        rules.header(rule_id)
    except LookupError:
        return False
    return True


def short_of(rule_id: str) -> str:
    """A few words for a rule; its id when it is no longer in the list."""
    try:
        return rules.header(rule_id)
    except LookupError:
        return rule_id
