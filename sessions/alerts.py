"""What speaks before a needle: the patient's facts, as stored, turned into flags and warnings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from patients.models import Patient
from patients.safety import rules
from patients.safety.flags import Facts, SafetyFlag, flags_for
from patients.safety.warnings import SafetyWarning, warnings_for

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
    """The chips of the head: stop first, then look, then what the desk must know."""
    clinical = [HeadFlag(flag.level, flag.short, ICONS.get(flag.id, "")) for flag in flags]
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
) -> list[SafetyFlag]:
    """The flags of a patient, most pressing first, from what ``open_safety_facts`` and ``taken_medications`` gave.

    A fact whose rule is no longer in the list of rules is left out here; the record still shows it.
    """
    due = [date.fromisoformat(fact["due_on"]) for fact in safety_facts if fact["due_on"]]
    ticked = {fact["rule_id"] for fact in safety_facts if not fact["due_on"]}
    return flags_for(
        Facts(
            today=today,
            ticked=frozenset(filter(_known, ticked)),
            medicines="\n".join(medicine["words"] for medicine in medications),
            due_date=max(due, default=None),
            birth_date=birth_date,
            birth_year=birth_year,
        )
    )


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


@dataclass(frozen=True, slots=True)
class Speaking:
    """What speaks for the points of a note: stops want a written reason, looks are read and passed."""

    stops: tuple[SafetyWarning, ...]
    looks: tuple[SafetyWarning, ...]

    @property
    def titles(self) -> list[str]:
        """A few words for each stop, with the points it names."""
        return [_title(warning) for warning in self.stops]

    @property
    def to_sign(self) -> list[tuple[str, str]]:
        """(rule id, title) of the stops, as signing takes them."""
        return [(warning.flag_id, _title(warning)) for warning in self.stops]


def speaking(flags: Sequence[SafetyFlag], codes: Sequence[str]) -> Speaking:
    """What the flags say to these points."""
    warnings = warnings_for(flags, codes)
    return Speaking(
        stops=tuple(warning for warning in warnings if warning.stops),
        looks=tuple(warning for warning in warnings if not warning.stops),
    )


def _title(warning: SafetyWarning) -> str:
    return f"{warning.short} ({', '.join(warning.points)})" if warning.points else warning.short
