"""What a line of points means for a note: the points that count, what still asks, and the lines that would answer.

Pure: it works on the readings of ``sessions.points`` and knows no database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sessions.points.catalogue import ASHI, Point
from sessions.points.shorthand import SIDE_LETTERS, TECHNIQUE_SIGNS, Reading, parse, to_text

#: More points than this in one line are a paste, not a treatment; the line is kept, the page stays quick.
MOST_POINTS = 200
_SIDE_WORDS = {"both": "both sides", "left": "left", "right": "right", "midline": "midline"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A button that completes the line: what it says, and the whole line it makes."""

    label: str
    hanzi: str
    line: str


@dataclass(frozen=True, slots=True)
class Question:
    """A part of the line that nobody may guess: its text, a sentence, and the answers on offer."""

    text: str
    sentence: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Needling:
    """A line as it counts. ``points`` are needled, in order; ``taken_out`` were named with a minus."""

    readings: tuple[Reading, ...]
    points: tuple[Reading, ...]
    taken_out: tuple[Reading, ...]
    questions: tuple[Question, ...]
    forbidden: tuple[Point, ...]
    repeated: tuple[Reading, ...]

    @property
    def needles(self) -> int:
        """Needles by the points, both sides counted."""
        return sum(reading.needles for reading in self.points)

    @property
    def asks(self) -> bool:
        """Whether something of the line is still open."""
        return bool(self.questions or self.forbidden)

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the points that are needled."""
        return tuple(reading.point.code for reading in self.points if reading.point)


def read(line: str) -> Needling:
    """Read a line of points. Never raises, whatever the text."""
    readings = parse(line)[: MOST_POINTS + 1]
    points: list[Reading] = []
    taken_out: list[Reading] = []
    repeated: list[Reading] = []
    for reading in readings:
        if reading.kind != "understood" or _forbidden(reading):
            continue
        if reading.removal:
            points = [kept for kept in points if not _takes_out(reading, kept)]
            taken_out.append(reading)
        elif any(_same(reading, kept) for kept in points):
            repeated.append(reading)
        else:
            points.append(reading)
    return Needling(
        readings=tuple(readings),
        points=tuple(points),
        taken_out=tuple(taken_out),
        questions=tuple(_questions(readings)),
        forbidden=tuple(point for reading in readings for point in _forbidden(reading)),
        repeated=tuple(repeated),
    )


def _forbidden(reading: Reading) -> tuple[Point, ...]:
    """The landmark that is about to be needled, whether or not its side was named; nobody is asked for that side."""
    only_one = len(reading.candidates) == 1 and reading.kind != "unknown"
    return reading.candidates if only_one and not reading.removal and reading.candidates[0].do_not_needle else ()


def _same(one: Reading, other: Reading) -> bool:
    return (one.point, one.side, one.place.lower()) == (other.point, other.side, other.place.lower())


def _takes_out(removal: Reading, kept: Reading) -> bool:
    if removal.point != kept.point or (removal.place and removal.place.lower() != kept.place.lower()):
        return False
    return removal.side in (None, kept.side)


def _questions(readings: Sequence[Reading]) -> Iterator[Question]:
    for index, reading in enumerate(readings):
        if index == MOST_POINTS:
            yield Question("", f"More than {MOST_POINTS} points stand here. Please shorten the line.", ())
            return
        if reading.kind == "understood" or _forbidden(reading):
            continue
        answers = tuple(_answers(readings, index))
        yield Question(reading.text, _sentence(reading), answers)


def _sentence(reading: Reading) -> str:
    name = reading.candidates[0].code if reading.candidates else ""
    if reading.kind == "unknown":
        offer = "Did you mean one of these?" if reading.candidates else "Type a code such as ST36, or a name."
        return f"“{reading.text}” is no point we know. {offer}"
    sides = " or ".join(_SIDE_WORDS[side] for side in reading.candidates[0].sides)
    return {
        "which_point": f"“{reading.text}” is the name of {len(reading.candidates)} points. Which one?",
        "which_side": f"{name}: which side?",
        "side_does_not_fit": f"{name} is not needled there. It takes: {sides}.",
        "which_place": "A tender point: where? For example “ashi left shoulder”.",
        "shorter_place": "The place of this tender point is too long. A few words are enough.",
    }[reading.question]


def _answers(readings: Sequence[Reading], index: int) -> Iterator[Answer]:
    """Every answer is the whole line with this part replaced, so that a plain button can send it."""
    reading = readings[index]
    if reading.question in ("which_place", "shorter_place"):
        return
    asks_side = reading.question in ("which_side", "side_does_not_fit")
    for point in reading.candidates:
        sides = point.sides if asks_side else (reading.side,)
        for side in sides:
            part = _part(reading, point, side)
            before, after = to_text(readings[:index]), to_text(readings[index + 1 :])
            line = ", ".join(text for text in (before, part, after) if text)
            if asks_side and side is not None:
                yield Answer(f"{point.code} {_SIDE_WORDS[side]}", "", line)
            else:
                yield Answer(f"{point.code} {point.pinyin}".strip(), point.chinese, line)


def _part(reading: Reading, point: Point, side: str | None) -> str:
    """This point as one types it, with what was already clear. A side that cannot fit is left out, so that it asks."""
    fits = side in point.sides and point.only_side is None
    words = [
        ("-" if reading.removal else "") + point.code,
        reading.place if point.code == ASHI else "",
        SIDE_LETTERS[side] if fits else "",  # type: ignore[index]
        TECHNIQUE_SIGNS[reading.technique] if reading.technique else "",
    ]
    return " ".join(word for word in words if word)
