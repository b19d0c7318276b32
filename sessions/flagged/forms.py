"""The reasons that were typed beside stops. They belong to no draft: a reason is stored with its stop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from clinic.kernel.fields import CleanText, showable
from sessions.flagged.speaking import Spoken

LONGEST_REASON = 2_000
_REASON = CleanText(max_length=LONGEST_REASON, lines=True, required=False)


@dataclass(frozen=True, slots=True)
class ReasonBox:
    """A stop with what was typed beside it; ``problem`` says what is wrong with it, "" when nothing is."""

    spoken: Spoken
    typed: str = ""
    problem: str = ""

    @property
    def name(self) -> str:
        """The name of its field."""
        return reason_name(self.spoken.warning.flag_id)

    @property
    def reason(self) -> str:
        """The reason, when it can be stored as it stands."""
        return "" if self.problem else self.typed


def reason_name(rule_id: str) -> str:
    """The name of the field that takes the reason for going on in spite of a rule."""
    return f"reason-{rule_id}"


def reason_boxes(stops: Iterable[Spoken], data: Mapping[str, object]) -> list[ReasonBox]:
    """A box for each stop, with what ``data`` holds for it."""
    return [_box(stop, data.get(reason_name(stop.warning.flag_id)) or "") for stop in stops]


def _box(stop: Spoken, typed: object) -> ReasonBox:
    try:
        return ReasonBox(stop, _REASON.clean(typed))
    except ValidationError as wrong:
        return ReasonBox(stop, str(showable(typed)), " ".join(wrong.messages))
