"""The traditional examination: tongue, pulse, eight principles, patterns (session_note, section 3; S-WHOTERM).

Pure. Stored as one JSON object without its empty parts; unknown codes are refused. The style of the treatment decides
which sections a page shows; what was written in the others stays.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from typing import Any

from sessions import vocabularies
from sessions.details import Unreadable
from sessions.tongue import Seen

ONE = {
    "tongue_colour": "tongue.body_colour",
    "tongue_moisture": "tongue.moisture",
    "coat_colour": "tongue.coat_colour",
    "coat_thickness": "tongue.coat_thickness",
    "tongue_veins": "tongue.sublingual_veins",
    "main_pattern": "patterns",
    "element_colour": "five_element.colour",
    "element_sound": "five_element.sound",
    "element_odour": "five_element.odour",
    "element_emotion": "five_element.emotion",
}
SEVERAL = {"tongue_shape": "tongue.body_shape", "coat_quality": "tongue.coat_quality", "patterns": "patterns"}
TEXTS = {"tongue_where": 200, "other_pattern": 200, "principle": 300, "abdomen": 500, "meridians": 500, "element": 500}
OVERALL = "overall"
#: What the five-element style asks of a person; each is one of five elements.
ELEMENT_SIGNS = ("colour", "sound", "odour", "emotion")
RATE = range(30, 221)  # beats per minute

#: Which sections a style shows; a style that is not named shows all.
SECTIONS = {
    "japanese": ("pulse", "abdomen", "patterns"),
    "five_element": ("element", "pulse", "tongue"),
    "western_medical": (),
    "trigger_point": (),
}
ALL_SECTIONS = ("tongue", "pulse", "principles", "patterns")


def sections_of(style: str) -> tuple[str, ...]:
    """The sections that a style shows."""
    return SECTIONS.get(style, ALL_SECTIONS)


@dataclass(frozen=True, slots=True)
class Felt:
    """What was felt at one position and depth; ``depth`` "" means at all depths."""

    position: str
    depth: str
    qualities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exam:
    """What was found today. Nothing of it is carried over."""

    tongue_colour: str = ""
    tongue_shape: tuple[str, ...] = ()
    tongue_moisture: str = ""
    coat_colour: str = ""
    coat_thickness: str = ""
    coat_quality: tuple[str, ...] = ()
    tongue_veins: str = ""
    tongue_at: tuple[Seen, ...] = ()
    tongue_where: str = ""
    pulse: tuple[Felt, ...] = ()
    rate: int | None = None
    principles: tuple[str, ...] = ()
    main_pattern: str = ""
    patterns: tuple[str, ...] = ()
    other_pattern: str = ""
    principle: str = ""
    abdomen: str = ""
    meridians: str = ""
    element_colour: str = ""
    element_sound: str = ""
    element_odour: str = ""
    element_emotion: str = ""
    element: str = ""

    @classmethod
    def of(cls, stored: object) -> Exam:
        """Read what is stored. Raises Unreadable for an unknown part or code."""
        if not isinstance(stored, Mapping) or not set(stored) <= {field.name for field in fields(cls)}:
            raise Unreadable("This examination is not known.")
        said: dict[str, Any] = dict(stored)
        for name, most in TEXTS.items():
            if not isinstance(said.get(name, ""), str) or len(said.get(name, "")) > most:
                raise Unreadable("This text is too long.")
        for name, listed in ONE.items():
            _check([said[name]] if said.get(name, "") != "" else [], listed)
        for name, listed in SEVERAL.items():
            said[name] = _several(said.get(name, ()), {term.code for term in vocabularies.terms(listed)})
        said["principles"] = _several(said.get("principles", ()), _principles())
        rate = said.get("rate")
        if rate is not None and (not isinstance(rate, int) or isinstance(rate, bool) or rate not in RATE):
            raise Unreadable("The pulse rate is from 30 to 220.")
        for name, read_one in (("pulse", _felt), ("tongue_at", Seen.of)):
            parts = said.get(name, ())
            if not isinstance(parts, (list, tuple)):
                raise Unreadable("This finding is not known.")
            said[name] = tuple(read_one(one) for one in parts)
        return cls(**said)

    def as_json(self) -> dict[str, Any]:
        """As it is stored: without what was not said."""
        return {name: _plain(value) for name, value in asdict(self).items() if value not in ("", (), None)}

    @property
    def said(self) -> list[tuple[str, str]]:
        """Name and words of each part that was said, in the order of the page."""
        rows = [("Tongue", self._tongue()), ("Coat", self._coat()), ("Pulse", self._pulse())]
        principles = ", ".join(vocabularies.label("patterns", code).lower() for code in self.principles)
        rows += [
            ("Eight principles", principles),
            ("Pattern", self._patterns()),
            ("Treatment principle", self.principle),
        ]
        rows += [("Abdomen", self.abdomen), ("Meridians felt", self.meridians), ("Five elements", self._elements())]
        return [(name, words) for name, words in rows if words]

    def _tongue(self) -> str:
        codes = [
            ("tongue.body_colour", self.tongue_colour),
            *(("tongue.body_shape", code) for code in self.tongue_shape),
        ]
        codes += [("tongue.moisture", self.tongue_moisture)]
        words = [vocabularies.label(listed, code).lower() for listed, code in codes if code]
        if self.tongue_veins:
            words.append(f"veins {vocabularies.label('tongue.sublingual_veins', self.tongue_veins).lower()}")
        whole = ", ".join([*words, self.tongue_where] if self.tongue_where else words)
        return "; ".join(part for part in (whole, *(seen.words for seen in self.tongue_at)) if part)

    def _coat(self) -> str:
        codes = [("tongue.coat_thickness", self.coat_thickness), ("tongue.coat_colour", self.coat_colour)]
        codes += [("tongue.coat_quality", code) for code in self.coat_quality]
        return ", ".join(vocabularies.label(listed, code).lower() for listed, code in codes if code)

    def _pulse(self) -> str:
        words = [f"{self.rate} a minute"] if self.rate is not None else []
        for felt in self.pulse:
            where = "" if felt.position == OVERALL else felt.position.replace("_", " ") + " "
            words.append(f"{where}{felt.depth + ': ' if felt.depth else ''}{quality_words(felt.qualities)}")
        return "; ".join(words)

    def _elements(self) -> str:
        coded = [(name, getattr(self, f"element_{name}")) for name in ELEMENT_SIGNS]
        words = [f"{name} {vocabularies.label(f'five_element.{name}', code).lower()}" for name, code in coded if code]
        return ", ".join([*words, self.element] if self.element else words)

    def _patterns(self) -> str:
        codes = [code for code in (self.main_pattern, *self.patterns) if code]
        words = [vocabularies.label("patterns", code) for code in dict.fromkeys(codes)]
        return ", ".join([*words, self.other_pattern] if self.other_pattern else words)


def read_exam(stored: object) -> Exam:
    """What is stored, or nothing where it cannot be read; for pages that only show."""
    try:
        return Exam.of(stored)
    except Unreadable:
        return Exam()


def quality_words(qualities: tuple[str, ...]) -> str:
    """Pulse qualities in words: "wiry, thready"."""
    return ", ".join(vocabularies.label("pulse.qualities", code).split(" (")[0].lower() for code in qualities)


def positions() -> tuple[str, ...]:
    """Where the pulse is felt: overall, and the six positions."""
    return (OVERALL, *(position.code for position in vocabularies.pulse_positions()))


def parse_pulse(position: str, typed: str) -> tuple[Felt, ...]:
    """Read one position as it is typed: "wiry, thready; deep: weak". English, pinyin and Hanzi are read, whole names
    only. Raises Unreadable with a sentence that names the first word nobody knows.
    """
    found = []
    for part in typed.split(";"):
        before, colon, after = part.partition(":")
        depth, words = (_folded(before), after) if colon else ("", part)
        if colon and depth not in _depths():
            raise Unreadable(f"“{before.strip()}” is no depth. Write superficial, middle or deep.")
        codes = tuple(dict.fromkeys(_quality(word) for word in re.split(r"[,，、]", words) if word.strip()))
        if codes:
            found.append(Felt(position, depth, codes))
    if len({felt.depth for felt in found}) != len(found):
        raise Unreadable("The same depth stands here twice.")
    return tuple(found)


def pulse_text(pulse: tuple[Felt, ...], position: str) -> str:
    """One position as one types it; what ``parse_pulse`` reads back."""
    parts = [felt for felt in pulse if felt.position == position]
    return "; ".join(f"{felt.depth + ': ' if felt.depth else ''}{quality_words(felt.qualities)}" for felt in parts)


def _quality(word: str) -> str:
    code = _names().get(_folded(word))
    if code is None:
        raise Unreadable(f"“{word.strip()[:40]}” is no pulse quality we know. The list is below.")
    return code


@cache
def _names() -> dict[str, str]:
    """Every way to write a quality that means only one of them: fú is floating and hidden, so it is neither."""
    found: dict[str, set[str]] = {}
    for term in vocabularies.terms("pulse.qualities"):
        english = [term.code, term.label, *re.split(r" \(|\)", term.label)]
        for name in (*english, term.chinese, term.pinyin):
            if name:
                found.setdefault(_folded(name), set()).add(term.code)
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}


def _folded(name: str) -> str:
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())


@cache
def _depths() -> frozenset[str]:
    return frozenset(term.code for term in vocabularies.terms("pulse.depths"))


@cache
def _principles() -> frozenset[str]:
    return frozenset(side for pair in vocabularies.eight_principles() for side in pair)


def _check(values: list[str], listed: str) -> None:
    codes = {term.code for term in vocabularies.terms(listed)}
    if not all(isinstance(value, str) and value in codes for value in values):
        raise Unreadable("This value is not in the list.")


def _several(values: object, codes: set[str] | frozenset[str]) -> tuple[str, ...]:
    if not isinstance(values, (list, tuple)) or not all(isinstance(one, str) and one in codes for one in values):
        raise Unreadable("This value is not in the list.")
    return tuple(values)


def _felt(stored: object) -> Felt:
    if not isinstance(stored, Mapping) or set(stored) != {"position", "depth", "qualities"}:
        raise Unreadable("This pulse is not known.")
    position, depth = stored["position"], stored["depth"]
    if not isinstance(depth, str) or position not in positions() or (depth and depth not in _depths()):
        raise Unreadable("This pulse is not known.")
    qualities = {term.code for term in vocabularies.terms("pulse.qualities")}
    return Felt(position, depth, _several(stored["qualities"], qualities))


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return value
