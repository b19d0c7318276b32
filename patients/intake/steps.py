"""The six steps of the intake, and which questionnaires stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from patients import body
from patients.intake.instruments import catalogue, form

CONTACT, COMPLAINT, PLACES, HEALTH, FEELINGS, AGREEMENT = range(1, 7)
LAST = AGREEMENT

#: Said beside the line of needles on every page of the form.
TITLES: Mapping[int, str | Promise] = {
    CONTACT: _("About you"),
    COMPLAINT: _("What brings you"),
    PLACES: _("Where it hurts"),
    HEALTH: _("Your health"),
    FEELINGS: _("How you are"),
    AGREEMENT: _("Your agreement"),
}
#: Each step's name in files: the page of a step is drawn by step_<name>.html.
NAMES = {
    CONTACT: "contact",
    COMPLAINT: "complaint",
    PLACES: "places",
    HEALTH: "health",
    FEELINGS: "feelings",
    AGREEMENT: "agreement",
}

#: The measures at baseline: pain and function, mood and worry, and the numbers of the later check-ins.
INSTRUMENTS = ("peg", "phq-4", "checkin")

#: What is asked where a questionnaire has no words in a language. Its own score is never made up from these.
INSTEAD = {"peg": ("nrs-pain", "checkin")}

Data = Mapping[str, Any]

#: Where a draft keeps what was typed on a page that is not whole yet: {step: {"fields": as typed, "answers": read}}.
TYPED = "typed"


def answers_of(data: Data, step: int) -> dict[str, Any]:
    """Return what a draft holds for a step, an empty dict when nothing was saved yet.

    What is being typed goes before what was saved as a whole page: a worrying answer counts the moment it is stored.
    """
    typed = _typed(data, step)
    return dict((typed["answers"] if typed else data.get(str(step))) or {})


def fields_of(data: Data, step: int) -> dict[str, list[str]]:
    """Return the fields of a page exactly as they were typed, when it is not whole yet; else an empty dict."""
    return dict(_typed(data, step).get("fields") or {})


def _typed(data: Data, step: int) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (data.get(TYPED) or {}).get(str(step)) or {}
    return found


def first_missing(data: Data) -> int:
    """Return the first step that must be filled in before the agreement, 0 when none is missing.

    The safety list is asked again when back pain was named after it: its emergency signs were not on it.
    """
    for step in range(1, AGREEMENT):
        if str(step) not in data or _typed(data, step):
            return step
    unasked = has_back_pain(data) and not answers_of(data, HEALTH).get("back_asked")
    return HEALTH if unasked else 0


def has_back_pain(data: Data) -> bool:
    """Tell whether what brings the patient is, or may well be, a pain in the back: by name, by words or by place."""
    if answers_of(data, COMPLAINT).get("back_pain"):
        return True
    marked = answers_of(data, PLACES).get("places") or []
    return any(place.is_back for place in body.all_places() if place.code in {mark["code"] for mark in marked})


def condition_ids(data: Data) -> tuple[str, ...]:
    """Return the conditions that the questions of this patient depend on: the chosen one, or those of their words."""
    complaint = answers_of(data, COMPLAINT)
    chosen = complaint.get("condition_id")
    return (str(chosen),) if chosen else tuple(complaint.get("condition_guesses") or ())


def helper_of(data: Data) -> str:
    """Return who fills in the form when it is not the patient, else ""."""
    contact = answers_of(data, CONTACT)
    return str(contact.get("helper") or "somebody else") if contact.get("filled_by") == "helper" else ""


def offered(language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the questionnaires to ask in ``language``, and those that have no words in it, nor others in their place.

    The latter are never shown in two languages: somebody asks them with an interpreter.
    """
    has: list[str] = []
    unspoken: list[str] = []
    for code in INSTRUMENTS:
        others = INSTEAD.get(code, ())
        if _speaks(code, language):
            has.append(code)
        elif others and all(_speaks(other, language) for other in others):
            has.extend(others)
        else:
            unspoken.append(code)
    return tuple(dict.fromkeys(has)), tuple(unspoken)


#: Languages whose questions are kept ready; a clinic offers a few.
SPOKEN = 32


@lru_cache(maxsize=SPOKEN)
def questions(language: str) -> tuple[form.Question, ...]:
    """Return the numbers to ask at the first visit, each once.

    What speaks of "your last session" has no meaning yet: of the check-in only its scored numbers are asked.
    """
    codes, _ = offered(language)
    asked = form.enabled_questions(codes, {}, after_session=False, language=language)
    return tuple(question for question in asked if question.item.scored)


def _speaks(code: str, language: str) -> bool:
    return language.lower() in (tag.lower() for tag in catalogue.languages(code))
