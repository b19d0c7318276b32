"""Sixty answers of one intake: what is given on each page, and what the server must hold of it afterwards."""

from __future__ import annotations

from patients.intake import steps

MARKS = {
    "front-head": ("2", "heavy"), "neck": ("7", "ache"), "back-shoulder-left": ("6", "pulling"),
    "back-shoulder-right": ("4", "ache"), "back-elbow-left": ("3", "burning"), "back-hand-left": ("5", "tingling"),
}  # fmt: skip
DETAILS = {
    "anticoagulant": "Apixaban 5 mg", "arrhythmia": "Flutter, 2019", "epilepsy": "1994",
    "joint_prosthesis": "Left hip, 2021", "metal_allergy": "Nickel, it itches", "latex_adhesive": "Plaster",
}  # fmt: skip
FEELINGS = {
    "peg-1": 6, "peg-2": 7, "peg-3": 5, "phq4-1": 1, "phq4-2": 2, "phq4-3": 1, "phq4-4": 1, "ci-mood": 4,
    "ci-sleep": 6, "ci-analgesic-days": 3,
}  # fmt: skip
AGREED, SIGNED = ("treatment", "privacy", "email"), "María Gutiérrez"

#: Each step as the server keeps it. What the clinic knew before (name, e-mail, phone) is no answer of hers.
GIVEN = {
    str(steps.CONTACT): {
        "address_as": "Mrs Gutiérrez", "emergency_contact": "Rosa, 555 0100", "physician": "Dr Haas",
        "desk_facts": ["stairs"], "heard_from": "friends",
    },
    str(steps.COMPLAINT): {
        "concern": "My neck", "story": "Since the move, most of all at night.", "since": "March",
        "pattern": "constant", "better": "Warmth", "worse": "Sitting", "goal": "Walk to the shop",
    },
    str(steps.PLACES): {
        "places": [{"code": code, "strength": int(strong), "kinds": [kind]} for code, (strong, kind) in MARKS.items()]
    },
    str(steps.HEALTH): {
        "ticks": list(DETAILS), "details": DETAILS, "medicines": "Apixaban 5 mg\nVitamin D", "brings_list": True,
        "therapies": [{"kind": "physiotherapy", "started": "2025"}],
    },
    str(steps.FEELINGS): FEELINGS,
}  # fmt: skip
ALL = 60


def leaves(told, at=()):
    """Yield each single answer with its place: a ticked line, a number, a text."""
    inside = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else None
    if inside is None:
        yield at, told
    else:
        for name, value in inside:
            yield from leaves(value, (*at, name))


def kept(answers):
    """Return how many of the answers of the pages the server holds, exactly as they were given."""
    return len(set(leaves(GIVEN)) & set(leaves({step: answers.get(step, {}) for step in GIVEN})))


def kept_of_page(answers, step):
    """Return how many answers of one page stand in ``answers`` (of that page alone)."""
    return kept({str(step): answers})


assert len(set(leaves(GIVEN))) + len(AGREED) + len([SIGNED]) == ALL
