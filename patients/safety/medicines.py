"""Drugs of the lists in free text, by whole words, without regard to case.

A miss never means that the patient takes no such drug: brand names vary by country and change.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from patients.safety.rules import Drug, drug_list

LONGEST_QUOTE = 60
LISTS = ("anticoagulants", "antiplatelets", "bleeding_tendency_other")
# One medicine a line, or divided by semicolons or by a comma with a space ("2,5 mg" is one number).
_BETWEEN = re.compile(r"[\n\r;]+|,\s+")


@dataclass(frozen=True, slots=True)
class Medicine:
    """A drug of a list that was found, and the words it was found in (empty when they are long)."""

    drug: Drug
    quote: str

    @property
    def words(self) -> str:
        """What to show: the patient's own words with dose, and the generic name if they lack it."""
        name = self.drug.generic
        if not self.quote:
            return name
        return self.quote if self._names_generic else f"{self.quote} ({name})"

    @property
    def _names_generic(self) -> bool:
        names = _generic_names(self.drug.generic)
        return any(name.casefold() in self.quote.casefold() for name in names)


def found(text: str, list_name: str) -> tuple[Medicine, ...]:
    """The drugs of a list that `text` names, each generic once, in the order of the list."""
    parts = [part.strip() for part in _BETWEEN.split(unicodedata.normalize("NFKC", text))]
    medicines = []
    for drug, pattern in _patterns(list_name):
        part = next((part for part in parts if pattern.search(part)), None)
        if part is None and pattern.search(" ".join(parts)):
            part = ""
        if part is not None:
            medicines.append(Medicine(drug, part if len(part) <= LONGEST_QUOTE else ""))
    return tuple(medicines)


@cache
def drug_names() -> tuple[str, ...]:
    """Every generic and brand name of the lists, to be proposed while somebody types; a plain help, never complete."""
    drugs = [drug for name in LISTS for drug in drug_list(name)]
    names = {name for drug in drugs for name in (*_generic_names(drug.generic), *drug.brands)}
    return tuple(sorted({name[:1].upper() + name[1:] for name in names}, key=str.casefold))


@cache
def _patterns(list_name: str) -> tuple[tuple[Drug, re.Pattern[str]], ...]:
    return tuple((drug, _pattern(drug)) for drug in drug_list(list_name))


def _pattern(drug: Drug) -> re.Pattern[str]:
    names = sorted({*_generic_names(drug.generic), *drug.brands}, key=len, reverse=True)
    words = (r"[\s\-]+".join(map(re.escape, re.split(r"[\s\-]+", name))) for name in names)
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)


def _generic_names(generic: str) -> tuple[str, ...]:
    """The names in "dan shen (Salvia miltiorrhiza)" and in "fish oil, high dose".

    The dose is left for the practitioner to judge: patients seldom write it.
    """
    return tuple(name.strip() for name in re.split(r"[(),]", generic) if name.strip() not in ("", "high dose"))
