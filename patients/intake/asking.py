"""Questionnaires that a practitioner asks for: which there are, and where each may be asked. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from patients.intake import check_in, flags
from patients.intake.instruments import catalogue, form
from patients.intake.instruments.form import Question

#: The draft of a questionnaire has this one step.
STEP = 1
#: Its ninth question asks about thoughts of self-harm: it wants somebody near.
NEEDS_SOMEBODY = frozenset({"phq-9"})
#: The check-in and the patient's own goal have a time of their own; the short forms stand in the longer ones.
_NOT_ASKED_FOR = frozenset({check_in.CODE, check_in.CONCERN, "phq-2", "gad-2"})

Answers = Mapping[str, Any]


def all_codes() -> tuple[str, ...]:
    """Return the questionnaires that can be asked for."""
    return tuple(code for code in catalogue.all_codes() if code not in _NOT_ASKED_FOR)


def spoken(codes: Sequence[str], language: str) -> tuple[list[str], list[str]]:
    """Return those with words in a language, and those without: somebody asks them with an interpreter."""
    has = [code for code in codes if language.lower() in (tag.lower() for tag in catalogue.languages(code))]
    return has, [code for code in codes if code not in has]


def needs_somebody(codes: Collection[str]) -> bool:
    """Tell whether one of them may be asked only while somebody is near."""
    return bool(NEEDS_SOMEBODY & set(codes))


def questions(codes: Sequence[str], language: str) -> list[Question]:
    """Return the questions of one screen, each once. Raises NotInThisLanguage."""
    return form.one_form(codes, language)


def sensible(codes: Sequence[str], given: Answers) -> dict[str, Any]:
    """Return the answers to what is asked, given the other answers: the last question of some hangs on those before."""
    asked = {one.item.link_id for one in form.enabled_questions(codes, given, after_session=False)}
    return {link_id: value for link_id, value in given.items() if link_id in asked and value not in (None, "", [])}


def apart(codes: Sequence[str], answers: Answers) -> dict[str, dict[str, Any]]:
    """Return the answers by questionnaire, without those that have none."""
    return {code: own for code, own in form.spread(codes, answers).items() if own}


def worries_in(codes: Sequence[str], answers: Answers, *, handed_in: bool) -> list[flags.Worry]:
    """Return what worries in these answers, the most pressing first."""
    found = [
        worry
        for code, own in apart(codes, answers).items()
        for worry in flags.of_answers(code, own, handed_in=handed_in)
    ]
    return flags.most_pressing_first(found)
