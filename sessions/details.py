"""How needles were placed, beyond the points: style, lot, depth, response, technique (STRICTA 2010, items 1 and 2).

Pure. Stored as one JSON object without its empty parts; unknown codes are refused. Codes are those of
``sessions.vocabularies``; sizes are millimetres.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any

from sessions import vocabularies

#: Field of ``Details`` -> the value list it takes.
LISTS = {
    "style": "treatment_style",
    "position": "position",
    "manipulation": "insertion.manipulation",
    "stimulation": "insertion.stimulation",
    "sought": "insertion.response_sought",
    "felt": "insertion.de_qi_felt",
}
TEXTS = {"reasoning": 500, "varied": 300, "depth": 60}
_NEEDLE_TEXT = 80


class Unreadable(ValueError):
    """A stored or sent value that the record does not know; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class Needle:
    """The needle that was used: a copy of product and box, so that the note stays true when the box is gone.

    ``diameter_mm`` and ``length_mm`` are written as on the box ("0.25", "40"); ``expires_on`` is an ISO date.
    """

    maker: str = ""
    product: str = ""
    diameter_mm: str = ""
    length_mm: str = ""
    material: str = ""
    coating: str = ""
    lot: str = ""
    expires_on: str = ""

    @classmethod
    def of(cls, stored: object) -> Needle:
        """Read a stored needle. Raises Unreadable."""
        names = {field.name for field in fields(cls)}
        if not isinstance(stored, Mapping) or not set(stored) <= names:
            raise Unreadable("This needle is not known.")
        if not all(isinstance(value, str) and len(value) <= _NEEDLE_TEXT for value in stored.values()):
            raise Unreadable("This needle is not known.")
        needle = cls(**stored)
        try:
            date.fromisoformat(needle.expires_on)
            known = 0 < float(needle.diameter_mm) <= 1 and 0 < float(needle.length_mm) <= 200
        except ValueError as wrong:
            raise Unreadable("This needle is not known.") from wrong
        if not known or not needle.lot:
            raise Unreadable("This needle is not known.")
        return needle

    @property
    def key(self) -> str:
        """The needle as the value of a choice."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def of_key(cls, key: str) -> Needle:
        """The needle of a choice. Raises Unreadable."""
        try:
            return cls.of(json.loads(key))
        except (json.JSONDecodeError, RecursionError) as wrong:
            raise Unreadable("This needle is not known.") from wrong

    @property
    def words(self) -> str:
        """In words: "0.25 x 40 mm, Acme lot 123"."""
        return f"{self.diameter_mm} x {self.length_mm} mm, {self.maker} lot {self.lot}"

    def expired_on(self, day: date) -> bool:
        """Whether the box had run out by ``day``; on its last day it may be used."""
        return date.fromisoformat(self.expires_on) < day


@dataclass(frozen=True, slots=True)
class Details:
    """What is the same in most sessions, and so comes from the defaults. An empty part was not said."""

    style: str = ""
    reasoning: str = ""
    varied: str = ""
    position: str = ""
    depth: str = ""
    sought: str = ""
    felt: tuple[str, ...] = ()
    manipulation: str = ""
    stimulation: str = ""
    needle: Needle | None = None

    @classmethod
    def of(cls, stored: object) -> Details:
        """Read what is stored. Raises Unreadable for an unknown part or code."""
        if not isinstance(stored, Mapping) or not set(stored) <= {field.name for field in fields(cls)}:
            raise Unreadable("These needling details are not known.")
        said: dict[str, Any] = dict(stored)
        for name, most in TEXTS.items():
            if not isinstance(said.get(name, ""), str) or len(said.get(name, "")) > most:
                raise Unreadable("This text is too long.")
        for name, listed in LISTS.items():
            kinds = (list, tuple) if name == "felt" else str
            if name in said and not isinstance(said[name], kinds):
                raise Unreadable("This value is not in the list.")
            _known(listed, said.get(name, ""))
        said["felt"] = tuple(said.get("felt", ()))
        said["needle"] = Needle.of(said["needle"]) if said.get("needle") else None
        return cls(**said)

    def as_json(self) -> dict[str, Any]:
        """As it is stored: without what was not said."""
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items() if value
        }

    def lasting(self) -> Details:
        """What may become a default: not what was felt, nor why today differed, nor the box of today."""
        return replace(self, felt=(), varied="", needle=None)

    @property
    def said(self) -> list[tuple[str, str]]:
        """Name and words of each part that was said, in the order of the page."""
        rows = [
            (NAMES[name], vocabularies.label(LISTS[name], getattr(self, name)))
            for name in ("style", "position")
            if getattr(self, name)
        ]
        if self.needle:
            rows.append((NAMES["needle"], self.needle.words))
        rows += [(NAMES["depth"], self.depth)] if self.depth else []
        rows += [
            (NAMES[name], vocabularies.label(LISTS[name], getattr(self, name)))
            for name in ("manipulation", "stimulation", "sought")
            if getattr(self, name)
        ]
        if self.felt:
            rows.append((NAMES["felt"], ", ".join(vocabularies.label(LISTS["felt"], code) for code in self.felt)))
        return rows + [(NAMES[name], getattr(self, name)) for name in ("reasoning", "varied") if getattr(self, name)]

    def line(self, minutes: int | None) -> str:
        """The one quiet line: "0.25 x 40 mm, Acme lot 123, 25 min, even"."""
        parts = [
            self.needle.words if self.needle else "",
            f"{minutes} min" if minutes is not None else "",
            vocabularies.label(LISTS["manipulation"], self.manipulation).lower() if self.manipulation else "",
            vocabularies.label(LISTS["position"], self.position).lower() if self.position else "",
        ]
        return ", ".join(part for part in parts if part)


NAMES = {
    "style": "Style",
    "position": "Position",
    "needle": "Needle",
    "depth": "Depth",
    "manipulation": "Technique",
    "stimulation": "Stimulation",
    "sought": "Response sought",
    "felt": "Response felt",
    "reasoning": "Why these points",
    "varied": "Different from the plan",
}


def read_details(stored: object) -> Details:
    """What is stored, or nothing where it cannot be read; for pages that only show."""
    try:
        return Details.of(stored)
    except Unreadable:
        return Details()


def _known(listed: str, value: object) -> None:
    codes = {term.code for term in vocabularies.terms(listed)}
    values = value if isinstance(value, (list, tuple)) else [value] if value else []
    if not all(isinstance(one, str) and one in codes for one in values):
        raise Unreadable("This value is not in the list.")
