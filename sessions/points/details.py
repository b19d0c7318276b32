"""What stands after the name of a point: side, technique, depth, needle size, current. Each at most once.

Bounds are those of the treatment record (docs/domain/session_note.md): depth up to 100 mm, current 1 to 100 Hz. Needles
are sold from 0.10 to 0.50 mm and from 3 to 150 mm; 5 cun is deeper than any of them reaches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from sessions.points.catalogue import Side
from sessions.points.reading import Current, Depth, NeedleSize, Question, Technique

SIDES: dict[str, Side] = {
    **dict.fromkeys(("b", "both", "bilateral", "双"), "both"),
    **dict.fromkeys(("l", "left", "左"), "left"),
    **dict.fromkeys(("r", "right", "右"), "right"),
    **dict.fromkeys(("m", "midline", "中线"), "midline"),
}
TECHNIQUES: dict[str, Technique] = {
    **dict.fromkeys(("+", "reinforcing", "补"), "reinforcing"),
    **dict.fromkeys(("-", "reducing", "泻"), "reducing"),
    **dict.fromkeys(("=", "even", "±"), "even"),
}
DEEPEST = {"mm": Decimal(100), "cun": Decimal(5)}
DIAMETERS = (Decimal("0.10"), Decimal("0.50"))
LENGTHS = range(3, 151)
HZ = range(1, 101)
MINUTES = range(1, 121)

_DEPTH = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,2})?|\.[0-9]{1,2}) ?(mm|cun|寸)")
_SIZE = re.compile(r"(0?\.[0-9]{1,2}) ?[x×*] ?([0-9]{1,3}) ?(?:mm)?")
_HZ = re.compile(r"([0-9]{1,3})(?:/([0-9]{1,3}))? ?hz")
_MINUTES = re.compile(r"([0-9]{1,3}) ?(?:min|mins|minutes|分钟)")
_ENDS_OF_NUMBERS = frozenset("mnsz寸钟0123456789")
_MOST_WORDS = 4  # "0.25 x 40 mm"


@dataclass(frozen=True, slots=True)
class Details:
    """What was said about a point besides its name; None is not said."""

    side: Side | None = None
    technique: Technique | None = None
    depth: Depth | None = None
    size: NeedleSize | None = None
    hz: tuple[int, int | None] | None = None
    minutes: int | None = None

    @property
    def current(self) -> Current | None:
        """The current that was said, None when nothing was."""
        if self.hz is None and self.minutes is None:
            return None
        hz, high = self.hz or (None, None)
        return Current(hz, high, self.minutes)

    @property
    def problem(self) -> Question:
        """What of it cannot be true, "" when all of it can."""
        if self.depth and not 0 < self.depth.value <= DEEPEST[self.depth.unit]:
            return "too_deep"
        if self.size and not (DIAMETERS[0] <= self.size.diameter <= DIAMETERS[1] and self.size.length in LENGTHS):
            return "no_such_needle"
        if self.size and self.depth and self.depth.unit == "mm" and self.depth.value > self.size.length:
            return "deeper_than_needle"
        if self.hz and not all(hz in HZ for hz in self.hz if hz is not None):
            return "no_such_current"
        return "no_such_current" if self.minutes is not None and self.minutes not in MINUTES else ""


def taken_from(words: list[str], *, is_place: bool) -> Details:
    """Take what stands at the end of `words` off them; the first word always stays.

    `is_place`: the words are the place of a tender point, in which "2 cun" says where and not how deep.
    """
    said = Details()
    while len(words) > 1:
        more = _word(words, said) or _number(words, said, is_place=is_place)
        if more is None:
            break
        said = more
    return said


def _word(words: list[str], said: Details) -> Details | None:
    """Side or technique at the end, taken off; None when there is none."""
    last = words[-1].lower()
    if said.side is None and last in SIDES:
        words.pop()
        return replace(said, side=SIDES[last])
    if said.technique is None and last in TECHNIQUES:
        words.pop()
        return replace(said, technique=TECHNIQUES[last])
    if said.technique is None and last[-1] in TECHNIQUES and last[:-1] in SIDES:
        words[-1] = last[:-1]  # "b+": the side is taken in the next round
        return replace(said, technique=TECHNIQUES[last[-1]])
    return None


def _number(words: list[str], said: Details, *, is_place: bool) -> Details | None:
    """A number with its unit at the end, taken off; None when there is none. "0.25 x 40 mm" goes before "40 mm"."""
    if words[-1][-1].lower() not in _ENDS_OF_NUMBERS:
        return None
    for count in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        more = _said_by(" ".join(words[-count:]).lower(), said, is_place=is_place)
        if more is not None:
            del words[-count:]
            return more
    return None


def _said_by(text: str, said: Details, *, is_place: bool) -> Details | None:
    if said.size is None and (match := _SIZE.fullmatch(text)):
        return replace(said, size=NeedleSize(Decimal(match[1]), int(match[2])))
    if said.depth is None and (match := _DEPTH.fullmatch(text)) and not (is_place and match[2] != "mm"):
        return replace(said, depth=Depth(Decimal(match[1]), "mm" if match[2] == "mm" else "cun"))
    if said.hz is None and (match := _HZ.fullmatch(text)):
        return replace(said, hz=(int(match[1]), int(match[2]) if match[2] else None))
    if said.minutes is None and (match := _MINUTES.fullmatch(text)):
        return replace(said, minutes=int(match[1]))
    return None
