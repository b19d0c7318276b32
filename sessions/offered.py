"""What the page offers beside the proposal: the patient's words for the subjective part, and what differs today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from clinic.kernel import clinic_words
from sessions.checked_in import CheckIn
from sessions.pages import NotePage
from sessions.said_lines import Line
from sessions.trends import Answers

#: The numbers that are said in words; mood and its questionnaires stay beside the note.
_GOAL = "How hard the goal is"
_SAID = {_GOAL: "How hard the goal is", "Pain": "Pain", "Held back": "Held back by pain", "Poor sleep": "Poor sleep"}


@dataclass(frozen=True)
class Offer:
    """``answers`` are those since the session before (``Answers.since``)."""

    page: NotePage
    answers: Answers

    @property
    def news(self) -> list[str]:
        """What differs today, in words: what the check-in calls new, and what changed on record."""
        return [*_news(self.answers.check_in), *self.page.record_news] if self.page.last else []

    @property
    def words(self) -> str:
        """What the patient said since, as sentences; "" when there was no check-in."""
        check_in = self.answers.check_in
        if check_in is None:
            return ""
        numbers = [sentence for line in self.answers.lines if (sentence := self._sentence(line))]
        own = [f"“{text}”" for text in check_in.says]
        by = f", filled in by {check_in.by}" if check_in.by else ""
        source = f"(check-in, {clinic_words.day(check_in.at)}{by})"
        return " ".join([*numbers, *own, source])

    def _sentence(self, line: Line) -> str:
        if line.on is not None or line.name not in _SAID:
            return ""
        name = _SAID[line.name]
        if line.name == _GOAL and self.page.goal:
            name = f"{name} “{self.page.goal}”"
        before = f", was {line.before}" if line.before else ""
        way = f", {line.way}" if line.way else ""
        return f"{name}: {line.value} of {line.most}{before}{way}."


def _news(check_in: CheckIn | None) -> Iterator[str]:
    if check_in is None:
        return
    if check_in.is_new:
        yield f"said in the check-in: {check_in.new or 'something is new'}"
    if check_in.worried:
        yield f"worried after the last session: {check_in.worry or ', '.join(check_in.effects) or 'without words'}"
    for worry in check_in.worries:
        yield worry.says
