"""What the flags say to a treatment, and what was said to them already. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from patients.safety.entered import Entered
from patients.safety.flags import SafetyFlag
from patients.safety.warnings import SafetyWarning, warnings_for


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said to a flag in this course: the reason ("" for a look that was read), by whom, when."""

    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Spoken:
    """A warning, and the answer that it has."""

    warning: SafetyWarning
    answer: Answer | None = None

    @property
    def title(self) -> str:
        """A few words with the points it names."""
        points = ", ".join(self.warning.points)
        return f"{self.warning.short} ({points})" if points else self.warning.short

    @property
    def anchor(self) -> str:
        """The id of its field on the page."""
        return f"id_reason-{self.warning.flag_id}"


@dataclass(frozen=True)
class Speaking:
    """All that the flags say. ``stops`` and ``looks`` wait for an answer, ``answered`` have one."""

    all: tuple[Spoken, ...]

    @cached_property
    def stops(self) -> tuple[Spoken, ...]:
        """What wants a written reason before signing."""
        return tuple(one for one in self.all if one.warning.stops and one.answer is None)

    @cached_property
    def looks(self) -> tuple[Spoken, ...]:
        """What wants to be read."""
        return tuple(one for one in self.all if not one.warning.stops and one.answer is None)

    @cached_property
    def answered(self) -> tuple[Spoken, ...]:
        """What was acknowledged in this course and has not changed since."""
        return tuple(one for one in self.all if one.answer is not None)

    @property
    def every_stop(self) -> tuple[Spoken, ...]:
        """The stops that speak, answered or not: what a signed note keeps."""
        return tuple(one for one in self.all if one.warning.stops)

    @property
    def mark(self) -> str:
        """One word that changes when anything waits that did not, or something was answered."""
        return ".".join(one.warning.fingerprint + ("a" if one.answer else "") for one in self.all)

    def of(self, rule_id: str, fingerprint: str) -> Spoken | None:
        """The flag that still speaks exactly as it was read on the page."""
        wanted = (rule_id, fingerprint)
        return next((one for one in self.all if (one.warning.flag_id, one.warning.fingerprint) == wanted), None)


def speaking(flags: Sequence[SafetyFlag], entered: Entered, answered: Iterable[Mapping[str, Any]] = ()) -> Speaking:
    """What the flags say to this treatment; ``answered`` are the rows of ``answered_flags``."""
    known = {(row["rule_id"], row["fingerprint"]): row for row in answered}
    return Speaking(
        tuple(
            Spoken(warning, _answer(known.get((warning.flag_id, warning.fingerprint))))
            for warning in warnings_for(flags, entered)
        )
    )


def _answer(row: Mapping[str, Any] | None) -> Answer | None:
    return Answer(row["reason"], row["by"], datetime.fromisoformat(row["at"])) if row else None
