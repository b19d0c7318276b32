"""The newest check-in in words, for whoever treats next: what is new, what worried, and the patient's own text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from patients.intake import flags
from patients.intake.instruments import catalogue
from patients.intake.instruments.model import Item

YES = 1


@dataclass(frozen=True)
class CheckIn:
    """What was answered besides the numbers. ``worries`` are flags in the words of practitioners, worst first.

    Empty words mean that nothing was said, or that it was not asked.
    """

    at: datetime
    by: str
    medicine_change: str
    is_new: bool
    new: str
    worried: bool
    effects: tuple[str, ...]
    worry: str
    worries: tuple[flags.Worry, ...]

    @property
    def says(self) -> tuple[str, ...]:
        """The patient's own sentences."""
        return tuple(text for text in (self.new, self.worry) if text)

    @property
    def speaks(self) -> bool:
        """Whether something must be gone through before needling."""
        return self.is_new or self.worried or bool(self.worries)


def read_check_in(row: Mapping[str, Any] | None) -> CheckIn | None:
    """Read one stored response of the check-in: ``answers``, ``flags``, ``answered_at``, ``answered_by``."""
    if row is None:
        return None
    answers = row["answers"]
    instrument = catalogue.get("checkin")
    return CheckIn(
        at=row["answered_at"],
        by=row["answered_by"],
        medicine_change=medicine_change(answers),
        is_new=answers.get("ci-new") == YES,
        new=str(answers.get("ci-new-text") or ""),
        worried=answers.get("ci-worried") == YES,
        effects=_words(instrument.item("ci-effects"), answers),
        worry=str(answers.get("ci-effects-text") or ""),
        worries=flags.spoken("checkin", row["flags"]),
    )


def medicine_change(answers: Mapping[str, Any]) -> str:
    """Return whether pain medicine was "less", "about the same" or "more" than before; "" when it was not asked."""
    return ", ".join(_words(catalogue.get("checkin").item("ci-analgesic-change"), answers))


def _words(item: Item, answers: Mapping[str, Any]) -> tuple[str, ...]:
    given = answers.get(item.link_id)
    chosen = given if isinstance(given, list) else [given]
    return tuple(option.text for option in item.options if option.value in chosen)
