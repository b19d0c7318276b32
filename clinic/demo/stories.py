"""How a course goes: pain, mood and sleep from session to session, and what is done and said. Pure.

Nothing here is evidence of anything: the shares are chosen so that every kind of course is met often.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from random import Random
from typing import Any, Literal

Trend = Literal["better", "same", "worse"]
_TRENDS: tuple[Trend, ...] = ("better",) * 11 + ("same",) * 6 + ("worse",) * 3
_OTHER = {"left": ("l", "r"), "right": ("r", "l")}


@dataclass(frozen=True)
class Numbers:
    """One check-in's five numbers, in the order of its questions."""

    pain: int
    interference: int
    mood: int
    sleep: int
    medicine_days: int


@dataclass(frozen=True)
class Treatment:
    """What a complaint is treated with: conditions and their share, where and how it hurts, lines of points, words."""

    conditions: Mapping[str, int]
    places: tuple[str, ...]
    kinds: tuple[str, ...]
    lines: tuple[str, ...]
    words: tuple[str, ...]
    objective: tuple[str, ...]
    goals: tuple[str, ...]
    worse: str
    better: str


@dataclass(frozen=True)
class Story:
    """One course of one patient: complaint, side, trend and where it began."""

    treatment: Treatment
    condition_id: str
    side: str
    trend: Trend
    begin: Numbers
    change: float

    def line(self, session: int) -> str:
        """Return the points of a session as they are typed; a second set takes over in the middle of a course."""
        lines = self.treatment.lines
        return _line(lines[0 if session < 4 else -1], self.side)

    def places(self) -> list[dict[str, Any]]:
        """Return the marks on the figure, the strongest first, as the form keeps them."""
        return [
            {
                "code": code.format(side=self.side),
                "strength": max(1, self.begin.pain - number),
                "kinds": [*self.treatment.kinds],
            }
            for number, code in enumerate(self.treatment.places)
        ]

    def objective(self, session: int) -> str:
        """Return what was found."""
        found = self.treatment.objective
        return found[session % len(found)].format(side=self.side)

    def numbers(self, rng: Random, progress: float) -> Numbers:
        """Return the answers when ``progress`` (0 to 1) of the course has passed."""
        factor: float = 1 - self.change * progress**0.7

        def now(value: int, most: int = 10, spread: float = 0.8) -> int:
            return min(most, max(0, round(value * factor + rng.gauss(0, spread))))

        begin = self.begin
        return Numbers(
            now(begin.pain), now(begin.interference), now(begin.mood, spread=0.6), now(begin.sleep),
            now(begin.medicine_days, most=7, spread=0.5),
        )  # fmt: skip


@cache
def treatments() -> tuple[Treatment, ...]:
    """Return every treatment of the file."""
    text = (files("clinic.demo.data") / "treatments.json").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = json.loads(text)
    return tuple(_treatment(row) for row in rows)


def _treatment(row: dict[str, Any]) -> Treatment:
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    return Treatment(**values)


@cache
def _weighted() -> tuple[list[tuple[Treatment, str]], list[int]]:
    pairs = [
        ((treatment, condition), share)
        for treatment in treatments()
        for condition, share in treatment.conditions.items()
    ]
    return [pair for pair, _ in pairs], [share for _, share in pairs]


def story(rng: Random, *, stops_early: bool) -> Story:
    """Make up a course. Who stops early is seldom better."""
    treatment, condition = rng.choices(*_weighted())[0]
    trend = rng.choice(_TRENDS[6:] if stops_early else _TRENDS)
    change = {
        "better": rng.uniform(0.3, 0.85),
        "same": rng.uniform(-0.1, 0.2),
        "worse": rng.uniform(-0.45, -0.15),
    }[trend]
    pain = rng.randint(4, 9)
    low = rng.random() < 0.4
    begin = Numbers(
        pain=pain,
        interference=min(10, max(1, pain + rng.randint(-2, 1))),
        mood=rng.randint(4, 8) if low else rng.randint(0, 4),
        sleep=rng.randint(3, 8) if low else rng.randint(1, 6),
        medicine_days=rng.choice((0, 0, 1, 2, 3, 4, 5, 7)),
    )
    return Story(treatment, condition, rng.choice(("left", "right")), trend, begin, change)


@lru_cache(maxsize=1024)
def _line(pattern: str, side: str) -> str:
    this, other = _OTHER[side]
    return pattern.format(s=this, o=other, side=side)


def said(story: Story, before: Numbers | None, now: Numbers) -> str:
    """Return the patient's words at a session, as the practitioner writes them down."""
    if before is None:
        return f"{story.treatment.words[0]}. Worse: {story.treatment.worse}. Better: {story.treatment.better}."
    pain = "less than" if now.pain < before.pain else "more than" if now.pain > before.pain else "the same as"
    sleep = "slept better" if now.sleep < before.sleep else "sleep as before"
    return f"Pain {pain} last time ({before.pain} to {now.pain}), {sleep}. Medicine on {now.medicine_days} of 7 days."


def assessed(now: Numbers, begin: Numbers) -> str:
    """Return how it goes, in the words of the change rule: 30 % less pain is meaningful, 50 % is large."""
    if begin.pain and now.pain <= begin.pain * 0.5:
        return "Large improvement against the baseline."
    if begin.pain and now.pain <= begin.pain * 0.7:
        return "Meaningful improvement against the baseline."
    return "Worse than at the baseline." if now.pain > begin.pain else "No meaningful change yet."


def planned(now: Numbers, begin: Numbers, session: int) -> str:
    """Return what comes next."""
    if session == 6:
        return "Checkpoint today: look at goal and numbers together, then go on, change or finish."
    return "Change the set of points next week." if now.pain > begin.pain else "Weekly, go on as planned."


def as_values(numbers: Numbers) -> dict[str, Any]:
    """Return the answers of a check-in by their link ids; nothing new, nothing that worried."""
    return {
        "ci-pain": numbers.pain, "ci-interference": numbers.interference, "ci-mood": numbers.mood,
        "ci-sleep": numbers.sleep, "ci-analgesic-days": numbers.medicine_days, "ci-new": 0, "ci-worried": 0,
    }  # fmt: skip
