"""What is seen at one area of the tongue, as it is typed: "red, prickly" (session_note, section 3; S-WHOTERM).

Pure. Five areas with 36 findings each would be 180 boxes to tick; a line for each area is read instead, whole names
only. A name that the body and the coat share wants its word: "thin body", "thin coat".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from sessions import vocabularies
from sessions.details import Unreadable

WHOLE = "whole"
#: The lists a finding is taken from, and the word that says which of two is meant.
LISTS = {
    "body_colour": "body",
    "body_shape": "body",
    "moisture": "surface",
    "coat_colour": "coat",
    "coat_thickness": "coat",
    "coat_quality": "coat",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen at one area: findings by list and code, as "coat_quality.greasy", in the order they were said."""

    area: str
    findings: tuple[str, ...]

    @classmethod
    def of(cls, stored: object) -> Seen:
        """Read what is stored. Raises Unreadable."""
        if not isinstance(stored, Mapping) or set(stored) != {"area", "findings"}:
            raise Unreadable("This finding at the tongue is not known.")
        findings = stored["findings"]
        if stored["area"] not in areas() or not isinstance(findings, (list, tuple)) or not findings:
            raise Unreadable("This finding at the tongue is not known.")
        if not all(isinstance(one, str) and one in _words_of() for one in findings):
            raise Unreadable("This value is not in the list.")
        return cls(stored["area"], tuple(findings))

    @property
    def words(self) -> str:
        """In words: "tip red, greasy coat"."""
        return f"{vocabularies.label('tongue.area', self.area).lower()} {finding_words(self.findings)}"


@cache
def areas() -> tuple[str, ...]:
    """The areas by their codes; what is found on the whole tongue stands in fields of its own."""
    return tuple(term.code for term in vocabularies.terms("tongue.area") if term.code != WHOLE)


def finding_words(findings: tuple[str, ...]) -> str:
    """Findings as one types them: "red, greasy coat"; what ``parse_area`` reads back."""
    return ", ".join(_words_of()[one] for one in findings)


def seen_text(seen: tuple[Seen, ...], area: str) -> str:
    """One area as one types it."""
    return ", ".join(finding_words(one.findings) for one in seen if one.area == area)


def parse_area(area: str, typed: str) -> tuple[Seen, ...]:
    """Read one area as it is typed: "red, greasy coat". Nothing when nothing is typed.

    Raises Unreadable with a sentence that names the first word nobody knows, or that two lists share.
    """
    found = tuple(dict.fromkeys(_finding(word) for word in re.split(r"[,;，、；]", typed) if word.strip()))
    return (Seen(area, found),) if found else ()


def _finding(word: str) -> str:
    meant = _names().get(_folded(word), ())
    if len(meant) > 1:
        ways = " or ".join(dict.fromkeys(f"“{_long(one)}”" for one in meant))
        raise Unreadable(f"“{word.strip()[:40]}” can be two things. Please write {ways}.")
    if not meant:
        raise Unreadable(f"“{word.strip()[:40]}” is no finding we know. The names are those of the lists above.")
    return meant[0]


@cache
def _words_of() -> dict[str, str]:
    """Each finding with the words that mean it alone; of the coat it is always said that they are."""
    findings = [f"{listed}.{term.code}" for listed in LISTS for term in vocabularies.terms(f"tongue.{listed}")]
    return {one: _long(one) if one.startswith("coat") or _is_shared(one) else _short(one) for one in findings}


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """Every way to write a finding, with all that it may mean."""
    found: dict[str, tuple[str, ...]] = {}
    for listed in LISTS:
        for term in vocabularies.terms(f"tongue.{listed}"):
            one = f"{listed}.{term.code}"
            for name in dict.fromkeys((_short(one), _long(one), _folded(term.code.replace("_", " ")))):
                found[name] = (*found.get(name, ()), one)
    return found


def _is_shared(finding: str) -> bool:
    return len(_names()[_short(finding)]) > 1


def _short(finding: str) -> str:
    listed, _, code = finding.partition(".")
    return "no coat" if finding == "coat_thickness.none" else _folded(vocabularies.label(f"tongue.{listed}", code))


def _long(finding: str) -> str:
    listed, _, _ = finding.partition(".")
    short = _short(finding)
    return short if short.endswith(" coat") else f"{short} {LISTS[listed]}"


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
