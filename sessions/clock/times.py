"""When needles are due out, and who hears that they are. Pure: times in, times out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

#: Minutes when nobody said how long: needles stay 15 to 30 (docs/domain/SOURCES.md, S-SEED004).
USUAL_MINUTES = 25
#: After time is up the practitioner hears it at once, the desk then, everybody then.
AT_THE_DESK = timedelta(minutes=3)
EVERYWHERE = timedelta(minutes=8)
#: A clock older than this was forgotten in the note, not in a patient: it stands among the notes to sign.
LONGEST = timedelta(hours=12)


def due_at(counted_in: datetime, minutes: int | None) -> datetime:
    """Return when needles that were counted in then are due out; ``minutes`` None is the usual time."""
    return counted_in + timedelta(minutes=USUAL_MINUTES if minutes is None else minutes)


def heard_from(due: datetime, *, minds: bool, at_the_desk: bool) -> datetime:
    """Return from when on somebody hears a clock: who minds it at once, the desk and everybody else later."""
    if minds:
        return due
    return due + (AT_THE_DESK if at_the_desk else EVERYWHERE)


def stops_count(counted_in: datetime, stopped_at: datetime | None) -> bool:
    """Tell whether a stop is one of this count: needles that were counted in again run anew."""
    return stopped_at is not None and stopped_at >= counted_in


@dataclass(frozen=True, slots=True)
class Running:
    """What the strip of clocks shows of one: needles are in, and how many minutes are left (below 0: over)."""

    room: str
    out_at: datetime
    needles: int
    stopped: bool
    left: int

    @property
    def is_due(self) -> bool:
        """Whether time is up, or the clock was stopped and nobody counted."""
        return self.stopped or self.left < 0

    @property
    def words(self) -> str:
        """The big words: "12 min", "8 min over", "not counted"."""
        if self.stopped:
            return "not counted"
        return f"{self.left} min" if self.left >= 0 else f"{-self.left} min over"

    @property
    def on_the_card(self) -> str:
        """The words of a visit on the board."""
        if self.stopped:
            return "needles not counted"
        return f"needles out in {self.words}" if self.left >= 0 else f"needles {self.words}"

    @property
    def counted(self) -> str:
        """The small words: "10 in", and that they are not out."""
        return f"{self.needles} in, not counted" if self.is_due else f"{self.needles} in"


def running(
    *, room: str, counted_in: datetime, minutes: int | None, needles: int, stopped_at: datetime | None, now: datetime
) -> Running:
    """Return one clock as it stands now; a minute that has begun counts as left, one that is over as over."""
    due = due_at(counted_in, minutes)
    seconds = (due - now).total_seconds()
    left = -int(-seconds // 60) if seconds >= 0 else -max(int(-seconds // 60), 1)
    return Running(room, due, needles, stops_count(counted_in, stopped_at), left)
