"""What a line of points means for a note: the points that count, what still asks, and the lines that would answer.

Pure: it works on the readings of ``sessions.points`` and knows no database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sessions.points.catalogue import ASHI, Point, Side
from sessions.points.pairs import side_at, sides_of_pair
from sessions.points.placing import Placement, placements
from sessions.points.readback import SIDE_WORDS, sentence
from sessions.points.reading import PAIR, SIDE_LETTERS, Reading, one_to_text, to_text
from sessions.points.shorthand import parse

#: More points than this in one line are a paste, not a treatment; the line is kept, the page stays quick.
MOST_POINTS = 200


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
    """A line as it counts. ``points`` are needled, in order; ``taken_out`` were named with a minus.

    ``pairs`` carry electrical stimulation between needles of ``points``.
    """

    readings: tuple[Reading, ...]
    points: tuple[Reading, ...]
    pairs: tuple[Reading, ...]
    taken_out: tuple[Reading, ...]
    questions: tuple[Question, ...]
    forbidden: tuple[Point, ...]
    repeated: tuple[Reading, ...]

    @property
    def needles(self) -> int:
        """Needles by the points, both sides counted."""
        return sum(reading.needles for reading in self.points)

    @property
    def placements(self) -> tuple[Placement, ...]:
        """The needles that go in, each with the current it carries."""
        return placements(self.points, self.pairs)

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
    points, taken_out, repeated = _needled(readings)
    pairs, questions = _pairs(readings, points)
    return Needling(
        readings=tuple(readings),
        points=tuple(points),
        pairs=tuple(pairs),
        taken_out=tuple(taken_out),
        questions=(*_questions(readings), *questions),
        forbidden=tuple(point for reading in readings for point in _forbidden(reading)),
        repeated=tuple(repeated),
    )


def _needled(readings: Sequence[Reading]) -> tuple[list[Reading], list[Reading], list[Reading]]:
    """The points that are needled, those that were taken out, and those that stand twice."""
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
    return points, taken_out, repeated


def _pairs(readings: Sequence[Reading], points: Sequence[Reading]) -> tuple[list[Reading], list[Question]]:
    """The pairs whose two needles stand in the line and carry no other current, and what the others ask."""
    pairs: list[Reading] = []
    questions: list[Question] = []
    used: set[tuple[str, Side]] = set()
    for reading in readings:
        if reading.kind != "pair" or reading.side is None:
            continue
        ends = {end for point in reading.candidates for end in _ends(point, reading.side)}
        stand = {end for one in points if one.point and one.side for end in _ends(one.point, one.side)}
        lacking = tuple(point for point in reading.candidates if not {*_ends(point, reading.side)} <= stand)
        if lacking:
            names = " and ".join(_at(point, reading.side) for point in lacking)
            says = f"“{reading.text}”: {names} {'are' if len(lacking) > 1 else 'is'} not among the points."
            questions.append(Question(reading.text, says, (_with_needles(readings, lacking, reading.side),)))
        elif ends & used:
            says = f"“{reading.text}”: one of its needles carries another current already."
            questions.append(Question(reading.text, says, ()))
        else:
            pairs.append(reading)
            used |= ends
    return pairs, questions


def _ends(point: Point, side: Side) -> tuple[tuple[str, Side], ...]:
    at = side_at(point, side)
    return ((point.code, "left"), (point.code, "right")) if at == "both" else ((point.code, at),)


def _at(point: Point, side: Side) -> str:
    return point.code if point.only_side else f"{point.code} {SIDE_WORDS[side]}"


def _with_needles(readings: Sequence[Reading], points: Sequence[Point], side: Side) -> Answer:
    """The line with the needles that a pair lacks."""
    added = [point.code if point.only_side else f"{point.code} {SIDE_LETTERS[side]}" for point in points]
    return Answer(
        f"Needle {' and '.join(_at(point, side) for point in points)}", "", ", ".join([to_text(readings), *added])
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
        if reading.kind in ("understood", "pair") or _forbidden(reading):
            continue
        answers = tuple(_answers(readings, index))
        yield Question(reading.text, sentence(reading), answers)


#: What asks for other words, not for a choice.
_TO_BE_TYPED = frozenset(
    {
        "which_place",
        "shorter_place",
        "not_consecutive",
        "too_deep",
        "deeper_than_needle",
        "no_such_needle",
        "no_such_current",
        "current_without_pair",
        "no_such_pair",
    }
)


def _answers(readings: Sequence[Reading], index: int) -> Iterator[Answer]:
    """Every answer is the whole line with this part replaced, so that a plain button can send it."""
    reading = readings[index]
    if reading.question in _TO_BE_TYPED:
        return
    if reading.question == "which_side" and len(reading.candidates) > 1:
        yield from _sides_of_several(readings, index)
        return
    asks_side = reading.question in ("which_side", "side_does_not_fit")
    for point in reading.candidates:
        sides = point.sides if asks_side else (reading.side,)
        for side in sides:
            line = _replaced(readings, index, _part(reading, point, side))
            if asks_side and side is not None:
                yield Answer(f"{point.code} {SIDE_WORDS[side]}", "", line)
            else:
                yield Answer(f"{point.code} {point.pinyin}".strip(), point.chinese, line)


def _sides_of_several(readings: Sequence[Reading], index: int) -> Iterator[Answer]:
    """The sides for a row of points, or for a pair."""
    reading = readings[index]
    first, *_, last = reading.candidates
    is_pair = PAIR in reading.text
    name = f"{first.code} to {last.code}"
    for side in sides_of_pair(first, last) if is_pair else first.sides:
        yield Answer(
            f"{name} {SIDE_WORDS[side]}", "", _replaced(readings, index, f"{reading.text} {SIDE_LETTERS[side]}")
        )


def _replaced(readings: Sequence[Reading], index: int, part: str) -> str:
    before, after = to_text(readings[:index]), to_text(readings[index + 1 :])
    return ", ".join(text for text in (before, part, after) if text)


def _part(reading: Reading, point: Point, side: Side | None) -> str:
    """This point as one types it, with what was already clear. A side that cannot fit is left out, so that it asks."""
    fits = side in point.sides and point.only_side is None
    clear = replace(
        reading,
        kind="understood",
        point=point,
        side=side if fits else None,
        place=reading.place if point.code == ASHI else "",
    )
    return one_to_text(clear)
