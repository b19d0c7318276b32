"""The head of the note in words: this check-in against the one before. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sessions.trend.model import shown

#: A goal in so few letters stands in the line in the patient's own words; a longer one is called "the goal".
SHORT = 32


@dataclass(frozen=True)
class Spoken:
    """What one check-in said. Pain, mood, sleep and ``goal`` (how hard it is) are 0 to 10, worse is up; None not asked.

    ``medicine_days`` are days with pain medicine, 0 to 7.
    """

    pain: Fraction | None = None
    sleep: Fraction | None = None
    mood: Fraction | None = None
    goal: Fraction | None = None
    medicine_days: int | None = None


def head_line(spoken: Sequence[Spoken], goal: str = "") -> tuple[str, str]:
    """Return the strong part and the rest: ("Pain 7 to 5,", "slept better, “walk to the shop” easier.").

    ``spoken`` are the patient's own answers, the newest first; the newest is held against the one before. What is as
    before is left out, but for pain. ``goal`` is the patient's own. Two empty strings with nothing to compare.
    """
    if len(spoken) < 2:
        return ("", "")
    now, before = spoken[0], spoken[1]
    rest = [
        _way("slept", before.sleep, now.sleep, better="better", worse="worse"),
        _way("mood", before.mood, now.mood, better="lighter", worse="heavier"),
        _way(_called(goal), before.goal, now.goal, better="easier", worse="harder"),
        _medicine(before.medicine_days, now.medicine_days),
    ]
    parts = [words for words in rest if words]
    strong = _pain(before.pain, now.pain)
    if not strong:
        line = ", ".join(parts)
        return ("", f"{line[:1].upper()}{line[1:]}." if line else "")
    return (strong + ("," if parts else "."), ", ".join(parts) + "." if parts else "")


def _pain(before: Fraction | None, now: Fraction | None) -> str:
    if now is None:
        return ""
    if before is None:
        return f"Pain {shown(now)}"
    return f"Pain {shown(now)} as before" if before == now else f"Pain {shown(before)} to {shown(now)}"


def _way(what: str, before: Fraction | None, now: Fraction | None, *, better: str, worse: str) -> str:
    if before is None or now is None or before == now:
        return ""
    return f"{what} {better if now < before else worse}"


def _called(goal: str) -> str:
    """Return how the line calls the goal: its own words when they are few and of one line."""
    words = goal.strip()
    return f"“{words}”" if words and len(words) <= SHORT and words.splitlines() == [words] else "the goal"


def _medicine(before: int | None, now: int | None) -> str:
    if before is None or now is None or before == now:
        return ""
    return f"painkiller on {now} day{'' if now == 1 else 's'} instead of {before}"
