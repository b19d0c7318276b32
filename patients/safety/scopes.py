"""What a rule bears on, scope by scope: the needles and techniques of a treatment that it speaks to. Pure.

Each reading of a scope yields hits. A hit stops when its rule is absolute or relative and the record can tell that
the forbidden thing was entered; where it cannot (a site on the skin, a limb that nobody marked), it is a look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from patients.safety.entered import ARM_REGIONS, BESIDE_ARM, BESIDE_LEG, ESTIM, LEG_REGIONS, Entered, Needled, in_limb
from patients.safety.flags import SafetyFlag
from patients.safety.pregnancy import TERM_WEEK
from patients.safety.rules import Affect

WET = frozenset({"cupping_wet"})
CUPS = frozenset({"cupping_dry_static", "cupping_sliding", "cupping_flash"}) | WET
SMOKING = frozenset({"moxa_stick", "moxa_cone_indirect", "moxa_warm_needle", "moxa_box"})
MOXA = SMOKING | {"moxa_smokeless"}
TACKS = frozenset({"ear_press_tacks"})
STUCK_ON = TACKS | {"ear_seeds", "tens"}
BLEEDING = frozenset({"bleeding_lancet", "plum_blossom"}) | WET
HEAT = MOXA | {"heat_lamp"}
# What goes through the skin without standing in the line of points.
PIERCING = BLEEDING | TACKS

# The techniques of a scope; a rule's own note may narrow them (below).
TECHNIQUES: dict[str, frozenset[str]] = {
    "electroacupuncture": frozenset({ESTIM}),
    "cupping": CUPS,
    "moxa": MOXA,
    "heat_lamp": frozenset({"heat_lamp"}),
    "tens": frozenset({"tens"}),
    "magnets": frozenset({"magnets"}),
    "semi_permanent": TACKS,
}
# "wet cupping: relative contraindication", "no wet cupping", "smokeless or none".
NARROWED: dict[tuple[str, str], frozenset[str]] = {
    ("antiplatelet", "cupping"): WET,
    ("bleeding_other", "cupping"): WET,
    ("immunosuppression", "cupping"): WET,
    ("moxa_airway", "moxa"): SMOKING,
}
# Rules of caution whose own words forbid a technique that bleeds ("do not", "relative contraindication", "no wet
# cupping, no bleeding technique"): that wants a reason, the needles beside it only a look.
NO_BLEEDING: dict[str, frozenset[str]] = {
    "anticoagulant": BLEEDING,
    "antiplatelet": WET,
    "bleeding_other": WET,
    "bleeding_disorder": BLEEDING,
}
# The record names no scarring moxa, and "care" is no stop.
ONLY_A_LOOK = frozenset({("immunosuppression", "moxa"), ("fever_acute", "cupping")})
# Where the notes of the trimesters forbid cups and moxa.
BELLY_AND_BACK = frozenset({"upper abdomen", "lower abdomen", "abdomen at navel level", "lumbar", "flank"})
LOWER_TRUNK = frozenset({"lower abdomen", "abdomen at navel level", "lumbar", "sacrum", "groin", "perineum"})
FORBIDDEN_PLACES: dict[tuple[str, str], frozenset[str]] = {
    ("pregnancy_t1", "moxa"): LOWER_TRUNK,
    ("pregnancy_t1", "cupping"): BELLY_AND_BACK | {"sacrum"},
    ("pregnancy_t2", "cupping"): BELLY_AND_BACK | {"sacrum"},
}
# Which positions the rules' notes on position speak against ("no prone", "side-lying or seated", "lying only").
POSITIONS_AGAINST: dict[str, frozenset[str]] = {
    "pregnancy_t2": frozenset({"prone"}),
    "pregnancy_t3": frozenset({"prone", "supine"}),
    "vasovagal": frozenset({"seated"}),
}
FLAT_UNTIL_WEEK = 20  # pregnancy_t2: "after week 20 not long flat on the back", a matter of minutes: a look
TERM_NOTE = f"from week {TERM_WEEK} only with the maternity team"
PAIR_NOTE = "current must not cross from one side of the body to the other"
MARK_THE_LIMB = "mark the limb on record, then only its points speak"


@dataclass(frozen=True, slots=True)
class Hit:
    """An entered thing that a rule speaks to: the points it names, the techniques, the rule's note, and if it stops."""

    note: str = ""
    points: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    stops: bool = False


def hits(flag: SafetyFlag, affect: Affect, entered: Entered) -> Iterator[Hit]:
    """What this affect of a rule says to what was entered; nothing when it is silent."""
    reading = _READINGS.get(affect.scope, _of_techniques)
    yield from reading(flag, affect, entered)


def pair_across(one: Needled, other: Needled) -> bool:
    """Whether a current runs from the left side to the right (session_note.md 4: "same side of the body")."""
    return {one.side, other.side} == {"left", "right"}


def _strict(flag: SafetyFlag) -> bool:
    return flag.severity != "caution"


def _pierces(entered: Entered) -> bool:
    return bool(entered.needles or entered.techniques & PIERCING)


def _of_any_needle(flag: SafetyFlag, affect: Affect, entered: Entered) -> Iterator[Hit]:
    """all_needling: the first needle is enough. Herbs of today stand beside a blood thinner."""
    if _pierces(entered):
        yield Hit(affect.note, stops=_strict(flag))
    bleeding = entered.techniques & NO_BLEEDING.get(flag.id, frozenset())
    if bleeding:
        yield Hit(techniques=tuple(sorted(bleeding)), stops=True)
    if flag.given or (flag.always_speaks and (entered.herbs or "herbs" in entered.techniques)):
        yield Hit("herbs are given today: check that they go together", techniques=("herbs",))


def _as_a_look(flag: SafetyFlag, affect: Affect, entered: Entered) -> Iterator[Hit]:
    """supervision, fasting, staff: speak with the first needle and stop nothing."""
    if _pierces(entered):
        yield Hit(affect.note)


def _of_materials(flag: SafetyFlag, affect: Affect, entered: Entered) -> Iterator[Hit]:
    """materials: disinfectant with every needle, plaster and pads with what sticks to the skin."""
    if _pierces(entered) or entered.techniques & (STUCK_ON | {ESTIM}):
        yield Hit(affect.note)


def _of_a_site(flag: SafetyFlag, affect: Affect, entered: Entered) -> Iterator[Hit]:
    """site, points_near: the record cannot tell the place on the skin, so that somebody must look."""
    touched = entered.techniques & (CUPS | HEAT) if affect.scope == "site" else frozenset()
    if _pierces(entered) or touched:
        yield Hit(affect.note, techniques=tuple(sorted(touched)))


def _of_points(flag: SafetyFlag, affect: Affect, entered: Entered) -> Iterator[Hit]:
    """points, ear_points: the points that the rule names; with a marked side only those of that side."""
    places = list(entered.needles)
    if affect.scope == "ear_points":
        places += [place for kind in ("ear_seeds", "ear_press_tacks") for place in entered.at.get(kind, ())]
    sides = {place.partition("-")[0] for place in flag.places}
    named = [
        one.code
        for one in places
        if one.code in affect.points and (not sides or any(one.lies_on(side) for side in sides))
    ]
    if not named:
        return
    at_term = flag.weeks is not None and flag.weeks >= TERM_WEEK
    yield Hit(TERM_NOTE if at_term else affect.note, tuple(named), stops=_strict(flag) and not at_term)


def _of_techniques(flag: SafetyFlag, affect: Affect, entered: Entered) -> Iterator[Hit]:
    """A technique, as moxa or cupping; where its place is known, only when that place is meant."""
    key = (flag.id, affect.scope)
    touched = entered.techniques & NARROWED.get(key, TECHNIQUES.get(affect.scope, frozenset()))
    if not touched:
        return
    meant, places = FORBIDDEN_PLACES.get(key), entered.places_of(touched)
    if meant and places and all(place.is_placed and place.region not in meant for place in places):
        return
    stops = (_strict(flag) and key not in ONLY_A_LOOK) or bool(touched & NO_BLEEDING.get(flag.id, frozenset()))
    yield Hit(affect.note, techniques=tuple(sorted(touched)), stops=stops)


def _of_a_limb(flag: SafetyFlag, affect: Affect, entered: Entered) -> Iterator[Hit]:
    """limb: with lymphoedema its needles, cups and moxa; where feeling is reduced, heat and current."""
    if flag.id == "neuropathy":
        touched = entered.techniques & (HEAT | {ESTIM})
        if touched:
            yield Hit(affect.note, techniques=tuple(sorted(touched)))
        return
    touched = entered.techniques & (CUPS | MOXA)
    if not flag.places:
        near = [one for one in entered.needles if not one.is_placed or one.region in _ANY_LIMB]
        if near or touched:
            yield Hit(MARK_THE_LIMB, techniques=tuple(sorted(touched)))
        return
    named = [one.code for one in entered.needles if any(in_limb(one, limb) for limb in flag.places)]
    if named:
        yield Hit(affect.note, tuple(named), stops=_strict(flag))
    places = entered.places_of(touched)
    if touched and (places is None or any(in_limb(one, limb) for one in places for limb in flag.places)):
        yield Hit(affect.note, techniques=tuple(sorted(touched)), stops=_strict(flag) and places is not None)


def _of_position(flag: SafetyFlag, affect: Affect, entered: Entered) -> Iterator[Hit]:
    """position: only the positions that the rule's note speaks against."""
    if entered.position in POSITIONS_AGAINST.get(flag.id, ()):
        yield Hit(affect.note, techniques=(entered.position,), stops=_strict(flag))
    elif flag.id == "pregnancy_t2" and entered.position == "supine" and (flag.weeks or 0) > FLAT_UNTIL_WEEK:
        yield Hit(affect.note, techniques=(entered.position,))


def _of_the_record(flag: SafetyFlag, affect: Affect, entered: Entered) -> Iterator[Hit]:
    """record: speaks in every note, whatever is done."""
    yield Hit(affect.note)


_ANY_LIMB = ARM_REGIONS | LEG_REGIONS | BESIDE_ARM | BESIDE_LEG
_READINGS: Mapping[str, Callable[[SafetyFlag, Affect, Entered], Iterator[Hit]]] = {
    "all_needling": _of_any_needle,
    "supervision": _as_a_look,
    "fasting": _as_a_look,
    "staff": _as_a_look,
    "materials": _of_materials,
    "site": _of_a_site,
    "points_near": _of_a_site,
    "points": _of_points,
    "ear_points": _of_points,
    "limb": _of_a_limb,
    "position": _of_position,
    "record": _of_the_record,
}
