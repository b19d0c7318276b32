"""Flags speak only when they matter: which of them speak for what was entered.

A flag stops when it is absolute or relative and the thing it forbids is really entered: that wants
a written reason by name (the rules' `override`). Everything else is a look: acknowledged once in a
course, and again when drug, dose, points or technique change, which is when `fingerprint` changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from patients.safety import rules
from patients.safety.entered import ESTIM, Entered, Needled
from patients.safety.flags import SEVERITIES, SafetyFlag
from patients.safety.scopes import PAIR_NOTE, hits, pair_across

MOST_FOR_THE_AFRAID = 4  # rule needle_phobia: "First session at most 4 needles"
DEVICE = "pacemaker_icd"
WANTS_CLEARANCE = "No dated clearance by the cardiologist is on record."


@dataclass(frozen=True, slots=True)
class SafetyWarning:
    """A rule that speaks for what was entered.

    `flag_id` and `short` name it; `points` are the entered points it names; `techniques` the entered
    co-interventions it bears on; `notes` the rule's own words for these. `stops`: wants a written
    reason by name before signing. `fingerprint`: changes when it has to be acknowledged again.
    `cleared`: who cleared it and when; `together`: what makes bleeding likelier beside it.
    """

    flag_id: str
    short: str
    severity: rules.Severity
    stops: bool
    points: tuple[str, ...]
    techniques: tuple[str, ...]
    notes: tuple[str, ...]
    action: str
    fingerprint: str
    cleared: str = ""
    together: tuple[str, ...] = ()


def warnings_for(flags: Iterable[SafetyFlag], entered: Entered) -> list[SafetyWarning]:
    """What speaks for these needles and techniques, stops first, then by severity."""
    held = list(flags)
    shorts = {flag.id: flag.short for flag in held}
    found = [_warning(flag, entered, shorts) for flag in held if not flag.rule.applies_to_everyone]
    found.append(_neck_warning(entered))
    speaking = [warning for warning in found if warning is not None]
    return sorted(speaking, key=lambda warning: (not warning.stops, SEVERITIES.index(warning.severity)))


def _warning(flag: SafetyFlag, entered: Entered, shorts: dict[str, str]) -> SafetyWarning | None:
    speaking = [hit for affect in flag.rule.affects for hit in hits(flag, affect, entered)]
    extra = _extra_note(flag, entered)
    if not speaking:
        return None
    named = {code for hit in speaking for code in hit.points}
    touched = {technique for hit in speaking for technique in hit.techniques}
    stops = any(hit.stops for hit in speaking)
    order = [code for code in dict.fromkeys(one.code for one in _all_places(entered)) if code in named]
    # with a blood thinner every new point is looked at, with other rules only the points they name
    looked_at = [one.code for one in entered.needles] if flag.always_speaks else order
    notes = [hit.note for hit in speaking if hit.note] + ([extra] if extra else [])
    return SafetyWarning(
        flag_id=flag.id,
        short=flag.short,
        severity=flag.severity,
        stops=stops,
        points=tuple(order),
        techniques=tuple(sorted(touched)),
        notes=tuple(dict.fromkeys(notes)),
        action=flag.action,
        fingerprint=_fingerprint(flag, [*looked_at, *sorted(touched), extra], stops=stops),
        cleared=flag.cleared,
        together=tuple(shorts[other] for other in flag.beside if other in shorts),
    )


def _all_places(entered: Entered) -> list[Needled]:
    return [*entered.needles, *(place for places in entered.at.values() for place in places)]


def _extra_note(flag: SafetyFlag, entered: Entered) -> str:
    """What only the numbers or the record can say."""
    if flag.id == "needle_phobia" and entered.first and entered.count > MOST_FOR_THE_AFRAID:
        return f"first session at most {MOST_FOR_THE_AFRAID} needles, more are entered"
    if flag.id == DEVICE and not flag.cleared:
        return WANTS_CLEARANCE.rstrip(".")
    return ""


def _neck_warning(entered: Entered) -> SafetyWarning | None:
    """No current on the front of the neck, nor from side to side, for everyone (rule electro_neck)."""
    if ESTIM not in entered.techniques:
        return None
    rule = rules.get("electro_neck")
    affect = rule.affects[0]
    electrical = entered.at.get(ESTIM) or entered.needles
    points = [one.code for one in electrical if one.code in affect.points]
    across = [f"{one.code}-{other.code}" for one, other in entered.pairs if pair_across(one, other)]
    if not points and not across:
        return None
    return SafetyWarning(
        flag_id=rule.id,
        short=rules.header(rule.id) if points else rule.condition,
        severity=rule.severity,
        stops=True,
        points=tuple(dict.fromkeys([*points, *across])),
        techniques=(ESTIM,),
        notes=(affect.note,) if points else (PAIR_NOTE,),
        action=rule.required_action if points else "",
        fingerprint=_digest(rule.id, *sorted(points), *sorted(across)),
    )


def _fingerprint(flag: SafetyFlag, parts: Iterable[str], *, stops: bool) -> str:
    return _digest(flag.id, flag.about, *flag.places, "stop" if stops else "look", *sorted(set(parts)))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode(errors="backslashreplace")).hexdigest()[:16]
