"""The form at a checkpoint: it takes the place of that session's check-in, with ten questions at most. Pure.

The questionnaires that judge a course (PEG, PHQ-4, the overall change) share their questions with the check-in, so that
nothing is asked twice: the PEG's first and third answer are the check-in's pain and hindrance. One that has no words in
the patient's language is left out, and the check-in's own question takes its place; no score is made up. What is new
and what worried since the last session stands folded below, so that the safe path is the same as on each check-in.
"""

from __future__ import annotations

from dataclasses import dataclass

from patients.intake import check_in
from patients.intake.instruments import catalogue
from patients.intake.instruments.model import Instrument, Item

GLOBAL_CHANGE, FUNCTION, MOOD = check_in.AT_CHECKPOINT
#: product.md's bound: whoever is in pain fills this in.
MOST = 10
#: Offered below the ten, in a fold: the same questions as on a check-in, with the same safe path.
FOLDED = ("ci-new", "ci-new-text", "ci-worried", "ci-effects", "ci-effects-text")


@dataclass(frozen=True)
class Group:
    """Questions of one questionnaire under their common sentence ("" for none)."""

    code: str
    stem: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Chosen:
    """What is asked: ``groups`` in order, the first ``measures`` of the clinic's own, whether the goal finds room."""

    groups: tuple[Group, ...]
    measures: int
    goal: bool

    @property
    def questions(self) -> int:
        """How many questions that makes, the folded ones not counted."""
        return sum(len(group.items) for group in self.groups) + self.measures + int(self.goal)


def chosen(language: str, *, goal: bool, measures: int) -> Chosen:
    """Return what is asked in ``language``: first what a decision needs most, then what still finds room.

    With measures of the clinic's own the PHQ-4 gives way to the check-in's one question on low mood. Raises
    NotInThisLanguage when the check-in itself has no words in it.
    """
    own = catalogue.get(check_in.CODE, language)
    change = _group(GLOBAL_CHANGE, language)
    pain = _group(FUNCTION, language) or _some(own, "ci-pain", "ci-interference")
    numbers = _some(own, "ci-sleep", "ci-analgesic-days")
    asked = [group for group in (change, pain, numbers) if group]
    room = MOST - sum(len(group.items) for group in asked)
    kept = min(measures, room - 1)  # one question on mood at least
    room -= kept
    mood = _group(MOOD, language)
    if mood is None or len(mood.items) > room:
        mood = _some(own, "ci-mood")
    room -= len(mood.items)
    return Chosen((*asked, mood), kept, goal and room > 0)


def folded(language: str) -> tuple[Item, ...]:
    """Return the questions about what is new and what worried. Raises NotInThisLanguage."""
    own = catalogue.get(check_in.CODE, language)
    return tuple(own.item(link_id) for link_id in FOLDED)


def _group(code: str, language: str) -> Group | None:
    if language.lower() not in (tag.lower() for tag in catalogue.languages(code)):
        return None
    instrument = catalogue.get(code, language)
    return Group(code, instrument.stem, instrument.items)


def _some(instrument: Instrument, *link_ids: str) -> Group:
    return Group(instrument.code, instrument.stem, tuple(instrument.item(link_id) for link_id in link_ids))
