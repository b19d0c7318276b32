"""What one part of a typed line can be: the readings, and the line they make again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from sessions.points.catalogue import Point, Side

Technique = Literal["reinforcing", "reducing", "even"]
DepthUnit = Literal["mm", "cun"]
Kind = Literal["understood", "pair", "ask", "unknown"]
Question = Literal[
    "",
    "which_point",
    "which_side",
    "side_does_not_fit",
    "which_place",
    "shorter_place",
    "not_consecutive",
    "too_deep",
    "deeper_than_needle",
    "no_such_needle",
    "no_such_current",
    "current_without_pair",
    "no_such_pair",
]

SIDE_LETTERS: dict[Side, str] = {"both": "b", "left": "l", "right": "r", "midline": "m"}
TECHNIQUE_SIGNS: dict[Technique, str] = {"reinforcing": "+", "reducing": "-", "even": "="}
PAIR = "~"


@dataclass(frozen=True, slots=True)
class Depth:
    """How deep, in the unit that was typed: cun is measured on the patient's body and never converted."""

    value: Decimal
    unit: DepthUnit

    def __str__(self) -> str:
        return f"{plain(self.value)}{self.unit}"


@dataclass(frozen=True, slots=True)
class NeedleSize:
    """Diameter and length of a needle, in millimetres."""

    diameter: Decimal
    length: int

    def __str__(self) -> str:
        return f"{self.diameter:.2f}x{self.length}"


@dataclass(frozen=True, slots=True)
class Current:
    """What flows through a pair: Hz, the second one for dense-disperse (2/100), minutes. None is not said."""

    hz: int | None = None
    hz_high: int | None = None
    minutes: int | None = None

    def __str__(self) -> str:
        hz = "" if self.hz is None else f"{self.hz}hz" if self.hz_high is None else f"{self.hz}/{self.hz_high}hz"
        return " ".join(word for word in (hz, f"{self.minutes}min" if self.minutes else "") if word)


@dataclass(frozen=True, slots=True)
class Reading:
    """One part of the line as it was understood.

    `understood`: point, and side unless it is taken out on all sides. `pair`: current between two needles that stand
    in the line, red lead first in `candidates`. `ask`: `question` says what is open, `candidates` are the points it can
    be (for a range without a side: all its points), and what was clear (side, technique) is kept. `unknown`:
    `candidates` are proposals. `needles` counts only what is understood and put in.
    """

    text: str
    kind: Kind
    point: Point | None = None
    side: Side | None = None
    technique: Technique | None = None
    place: str = ""
    needles: int = 0
    removal: bool = False
    candidates: tuple[Point, ...] = ()
    question: Question = ""
    depth: Depth | None = None
    size: NeedleSize | None = None
    current: Current | None = None

    @property
    def do_not_needle(self) -> bool:
        """A point that is a landmark only (ST17, CV8) is about to be needled."""
        return self.point is not None and self.point.do_not_needle and not self.removal


def to_text(readings: Iterable[Reading]) -> str:
    """The readings as a line that parses to the same again; what is open stays as it was typed."""
    return ", ".join(one_to_text(reading) for reading in readings)


def one_to_text(reading: Reading) -> str:
    """One reading as one types it."""
    if reading.kind == "pair":
        red, black = reading.candidates
        name = f"{red.code}{PAIR}{black.code}"
        has_choice = any(point.only_side is None for point in reading.candidates)
    elif reading.kind == "understood" and reading.point is not None:
        name, has_choice = reading.point.code, reading.point.only_side is None
    else:
        return reading.text
    parts = [
        ("-" if reading.removal else "") + name,
        reading.place,
        SIDE_LETTERS[reading.side] if reading.side and has_choice else "",
        TECHNIQUE_SIGNS[reading.technique] if reading.technique else "",
        *(str(detail) for detail in (reading.depth, reading.size, reading.current) if detail),
    ]
    return " ".join(part for part in parts if part)


def plain(value: Decimal) -> str:
    """A number without zeros that say nothing: "20", "1.5"."""
    return f"{value.normalize():f}"
