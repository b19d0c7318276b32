"""The five steps of the intake, and which questionnaires stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patients.intake.instruments import catalogue, form

CONTACT, COMPLAINT, HEALTH, FEELINGS, AGREEMENT = range(1, 6)
LAST = AGREEMENT

#: Said beside the line of needles on every page of the form.
TITLES = {
    CONTACT: "About you",
    COMPLAINT: "What brings you",
    HEALTH: "Your health",
    FEELINGS: "How you are",
    AGREEMENT: "Your agreement",
}

#: The measures at baseline: pain and function, mood and worry, and the numbers of the later check-ins.
INSTRUMENTS = ("peg", "phq-4", "checkin")

Data = Mapping[str, Any]


def answers_of(data: Data, step: int) -> dict[str, Any]:
    """Return what a draft holds for a step, an empty dict when it was not saved yet."""
    return dict(data.get(str(step)) or {})


def first_missing(data: Data) -> int:
    """Return the first step that must be filled in before the agreement, 0 when none is missing.

    The safety list is asked again when back pain was named after it: its emergency signs were not on it.
    """
    for step in range(1, AGREEMENT):
        if str(step) not in data:
            return step
    unasked = answers_of(data, COMPLAINT).get("back_pain") and not answers_of(data, HEALTH).get("back_asked")
    return HEALTH if unasked else 0


def helper_of(data: Data) -> str:
    """Return who fills in the form when it is not the patient, else ""."""
    contact = answers_of(data, CONTACT)
    return str(contact.get("helper") or "somebody else") if contact.get("filled_by") == "helper" else ""


def offered(language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the questionnaires that have words in ``language``, and those that have none.

    The latter are never shown in two languages: somebody asks them with an interpreter.
    """
    has = tuple(code for code in INSTRUMENTS if _speaks(code, language))
    return has, tuple(code for code in INSTRUMENTS if code not in has)


def questions(language: str) -> list[form.Question]:
    """Return the numbers to ask at the first visit, each once.

    What speaks of "your last session" has no meaning yet: of the check-in only its scored numbers are asked.
    """
    codes, _ = offered(language)
    asked = form.enabled_questions(codes, {}, after_session=False, language=language)
    return [question for question in asked if question.item.scored]


def _speaks(code: str, language: str) -> bool:
    return language.lower() in (tag.lower() for tag in catalogue.languages(code))
