"""The check-in between sessions: which questions stand on its one screen, and which answers make sense together. Pure.

Questions, values, conditions and flags are those of the questionnaire ``checkin``; the question for the patient's own
goal is that of ``main-concern``, asked in her words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patients.intake import flags
from patients.intake.instruments import catalogue, form
from patients.intake.instruments.model import Item

CODE, CONCERN = "checkin", "main-concern"
#: What the form of a checkpoint asks besides (see checkpoint.py): overall change, function, mood.
AT_CHECKPOINT = ("global-change", "peg", "phq-4")
GOAL, GOAL_SCORE = "mc-goal-name", "mc-goal-score"
#: The draft of a check-in has this one step.
STEP = 1
#: Beside the answers: who gives them when it is not the patient.
WHO = "who"
#: Beside the step: the number of the page that saved last (GuardedForm.form_token).
WINDOW = "window"

#: Questions that are hidden until another one's answer asks for them: the style sheet shows them, no script is needed.
SHOWN_WHEN = {
    "ci-analgesic-change": "is-with-days",
    "ci-new-text": "is-with-new",
    "ci-effects": "is-with-worry",
    "ci-effects-text": "is-with-worry",
}

Answers = Mapping[str, Any]


def speaks(language: str) -> bool:
    """Tell whether the check-in has words in ``language``; without them somebody asks with an interpreter."""
    return language.lower() in (tag.lower() for tag in catalogue.languages(CODE))


def questions(language: str, *, goal: str) -> list[Item]:
    """Return every question of the screen, in order; the one for the goal right under the first.

    Raises NotInThisLanguage.
    """
    first, *others = catalogue.get(CODE, language).items
    own = [catalogue.get(CONCERN, language).item(GOAL_SCORE)] if goal else []
    return [first, *own, *others]


def sensible(given: Answers, *, goal: str) -> dict[str, Any]:
    """Return the answers to what is asked, given the other answers; the goal is kept with its words."""
    instrument = catalogue.get(CODE)
    asked = [item.link_id for item in form.enabled_items(instrument, given, after_session=True)]
    asked += [item.link_id for item in more_items()]
    kept = {link_id: given[link_id] for link_id in asked if given.get(link_id) is not None}
    if goal and given.get(GOAL_SCORE) is not None:
        most = catalogue.get(CONCERN).item(GOAL).max_length
        kept |= {GOAL: goal[:most], GOAL_SCORE: given[GOAL_SCORE]}
    return kept


def helper_in(answers: Answers) -> str:
    """Return who answers for the patient, "" when they do it themselves."""
    return str(answers.get(WHO) or "")


def apart(answers: Answers) -> dict[str, dict[str, Any]]:
    """Return the answers by questionnaire, without those that have none."""
    # Each only when one of its own questions was answered: the check-in's pain alone makes no half PEG.
    codes = [code for code in AT_CHECKPOINT if any(item.link_id in answers for item in catalogue.get(code).items)]
    spread = form.spread((CODE, CONCERN, *codes), answers)
    return {code: own for code, own in spread.items() if own}


def more_items(language: str = catalogue.ENGLISH) -> list[Item]:
    """Return the questions that only the form of a checkpoint asks, those without words in ``language`` left out."""
    known = [code for code in AT_CHECKPOINT if language.lower() in (tag.lower() for tag in catalogue.languages(code))]
    return [item for code in known for item in catalogue.get(code, language).items]


def worries_in(answers: Answers, *, handed_in: bool) -> list[flags.Worry]:
    """Return what worries in these answers, the most pressing first."""
    found = [flags.of_answers(code, own, handed_in=handed_in) for code, own in apart(answers).items()]
    return flags.most_pressing_first(worry for worries in found for worry in worries)
