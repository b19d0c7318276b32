"""Flags speak only when they matter: which of them speak for these points and these techniques.

A flag stops when it is absolute or relative and the thing it forbids is really entered: that wants
a written reason by name (the rules' `override`). Everything else is a look: acknowledged once in a
course, and again when drug, dose, points or technique change, which is when `fingerprint` changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from patients.safety import rules
from patients.safety.flags import SEVERITIES, SafetyFlag
from patients.safety.rules import Affect, Rule

ELECTRO = "electroacupuncture"
# Which scopes of the rules a co-intervention of the treatment record touches (vocabularies.json).
SCOPES_OF: dict[str, frozenset[str]] = {
    ELECTRO: frozenset({"electroacupuncture"}),
    "electrical": frozenset({"electroacupuncture"}),
    "tens": frozenset({"tens"}),
    "heat_lamp": frozenset({"heat_lamp"}),
    "magnets": frozenset({"magnets"}),
    "ear_press_tacks": frozenset({"semi_permanent"}),
    "bleeding_lancet": frozenset({"bleeding_technique"}),
    "plum_blossom": frozenset({"bleeding_technique"}),
    "cupping_wet": frozenset({"cupping", "bleeding_technique"}),
}
# What "no bleeding technique" in the required action of `anticoagulant` means for the record.
NO_BLEEDING_TECHNIQUE = frozenset({"anticoagulant", "bleeding_disorder"})
# Which positions the rules' notes on position speak against ("no prone", "side-lying or seated",
# "lying only").
POSITIONS_AGAINST: dict[str, frozenset[str]] = {
    "pregnancy_t2": frozenset({"prone"}),
    "pregnancy_t3": frozenset({"prone", "supine"}),
    "vasovagal": frozenset({"seated"}),
}
# Known to the record, so a rule about them can be checked; a place on the body (site, limb) cannot.
CHECKED_SCOPES = frozenset(
    {"all_needling", "points", "ear_points", "electroacupuncture", "cupping", "moxa", "semi_permanent"}
    | {"tens", "heat_lamp", "magnets", "position"}
)


@dataclass(frozen=True, slots=True)
class SafetyWarning:
    """A rule that speaks for what was entered.

    `flag_id` and `short` name it; `points` are the entered points it names; `techniques` the entered
    co-interventions it bears on; `notes` the rule's own words for these. `stops`: wants a written
    reason by name before signing. `fingerprint`: changes when it has to be acknowledged again.
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


def warnings_for(
    flags: Iterable[SafetyFlag],
    point_codes: Collection[str],
    co_interventions: Collection[str] = (),
    electrical_points: Collection[str] | None = None,
    position: str = "",
) -> list[SafetyWarning]:
    """What speaks for these points and techniques, stops first, then by severity.

    `co_interventions`: codes of the vocabulary, and "electroacupuncture" for electrical stimulation;
    `electrical_points`: the points it is on (all of them when not given). `position`: a code of the
    vocabulary, as "prone".
    """
    points = tuple(dict.fromkeys(point_codes))
    techniques = set(co_interventions)
    if electrical_points:
        techniques.add(ELECTRO)
    found = [_warning(flag, points, techniques, position) for flag in flags if not flag.rule.applies_to_everyone]
    if techniques & {ELECTRO, "electrical"}:
        found.append(_neck_warning(points if electrical_points is None else tuple(electrical_points)))
    speaking = [warning for warning in found if warning is not None]
    return sorted(speaking, key=lambda warning: (not warning.stops, SEVERITIES.index(warning.severity)))


def _scopes(technique: str) -> frozenset[str]:
    if technique in SCOPES_OF:
        return SCOPES_OF[technique]
    kind = technique.split("_", maxsplit=1)[0]
    return frozenset({kind}) if kind in ("cupping", "moxa") else frozenset()


def _warning(flag: SafetyFlag, points: tuple[str, ...], techniques: set[str], position: str) -> SafetyWarning | None:
    rule = flag.rule
    against = position in POSITIONS_AGAINST.get(rule.id, ())
    named: set[str] = set()
    touched: set[str] = set(_bleeding_techniques(rule, techniques))
    speaking: list[Affect] = []
    for affect in rule.affects:
        hits = [] if affect.scope == "position" and against else _hits(affect, points, techniques)
        if hits is not None:
            speaking.append(affect)
            (named if affect.points else touched).update(hits)
    if not speaking and not touched:
        return None
    checked = bool(touched) or any(affect.scope in CHECKED_SCOPES for affect in speaking)
    order = [code for code in points if code in named]
    return SafetyWarning(
        flag_id=flag.id,
        short=flag.short,
        severity=flag.severity,
        stops=checked and flag.severity != "caution",
        points=tuple(order),
        techniques=tuple(sorted(touched)),
        notes=tuple(affect.note for affect in speaking if affect.note),
        action=flag.action,
        # with a blood thinner every new point is looked at, with other rules only the points they name
        fingerprint=_fingerprint(flag, points if flag.always_speaks else order, touched),
    )


def _hits(affect: Affect, points: tuple[str, ...], techniques: set[str]) -> list[str] | None:
    """What of the entered things this affect bears on; None when it does not speak."""
    if affect.points:
        return [code for code in points if code in affect.points] or None
    if affect.scope in ("all_needling", "site", "limb", "points_near"):
        return [] if points else None
    # record, staff, materials, fasting, supervision touch none: they stay in the head of the page
    return [technique for technique in techniques if affect.scope in _scopes(technique)] or None


def _bleeding_techniques(rule: Rule, techniques: set[str]) -> list[str]:
    if rule.id not in NO_BLEEDING_TECHNIQUE:
        return []
    return [technique for technique in techniques if "bleeding_technique" in _scopes(technique)]


def _neck_warning(electrical: tuple[str, ...]) -> SafetyWarning | None:
    """No current on the front of the neck, for everyone (rule electro_neck)."""
    rule = rules.get("electro_neck")
    affect = rule.affects[0]
    points = tuple(code for code in electrical if code in affect.points)
    if not points:
        return None
    return SafetyWarning(
        flag_id=rule.id,
        short=rule.condition,
        severity=rule.severity,
        stops=True,
        points=points,
        techniques=(ELECTRO,),
        notes=(affect.note,),
        action=rule.required_action,
        fingerprint=_digest(rule.id, *sorted(points)),
    )


def _fingerprint(flag: SafetyFlag, points: Iterable[str], techniques: Iterable[str]) -> str:
    return _digest(flag.id, flag.detail if flag.rule.drug_list else "", *sorted(points), *sorted(techniques))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode(errors="backslashreplace")).hexdigest()[:16]
