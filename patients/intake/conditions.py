"""Conditions that patients come with: codes, pain mechanism, usual questionnaires.

Read once from data/conditions.csv (S-ICD10CM, S-SNOMED, S-CLIN in docs/domain/SOURCES.md). SNOMED CT
identifiers need the clinic's own licence outside member countries: keep them optional.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


class UnknownCondition(LookupError):
    """No condition has this id."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition. `mechanism` joins its words by "or" (nociceptive, neuropathic, nociplastic,
    primary headache, mixed, unclassified, not pain). `instruments` are codes of questionnaires."""

    id: str
    name: str
    icd10cm: str
    icd10cm_title: str
    icd10cm_more: str
    snomed_ct: str
    snomed_term: str
    mechanism: str
    body_area: str
    instruments: tuple[str, ...]
    note: str
    medicare_clbp: bool
    icd_confidence: str
    snomed_confidence: str
    sources: tuple[str, ...]

    @property
    def is_pain(self) -> bool:
        """Whether pain is what it is treated for."""
        return self.mechanism != "not pain"

    @property
    def is_back_pain(self) -> bool:
        """Whether the emergency signs of back pain are asked (low back, or the thoracic spine)."""
        return "back" in self.body_area


@cache
def all_conditions() -> tuple[Condition, ...]:
    """Every condition in the order of the file."""
    text = (files("patients.intake") / "data" / "conditions.csv").read_text(encoding="utf-8")
    return tuple(_condition(row) for row in csv.DictReader(io.StringIO(text)))


def get(condition_id: str) -> Condition:
    """The condition with this id; raises UnknownCondition."""
    try:
        return _by_id()[condition_id]
    except KeyError:
        raise UnknownCondition(f"no condition {condition_id!r}") from None


def search(text: str, limit: int = 8) -> tuple[Condition, ...]:
    """Conditions whose name, area or code holds every word of `text`, in the order of the file."""
    words = text.casefold().split()
    if not words:
        return ()
    found = (condition for condition in all_conditions() if _holds(condition, words))
    return tuple(condition for _, condition in zip(range(limit), found, strict=False))


#: Words of the back in the languages of patients; the emergency signs of back pain are asked rather once too often.
_BACK = re.compile(
    r"\b(back|backache|lumbago|lumbar|spine|sciatica|espalda|lumbares|lumbalgia|cintura|columna|ci[áa]tica)\b"
    r"|背|腰|脊|坐骨",
    re.IGNORECASE,
)
#: Words of people -> the condition whose questions they are asked, when none was chosen from the list.
_MEANT = (
    (re.compile(r"migra[iñ]|偏头", re.IGNORECASE), "migraine"),
    (re.compile(r"head\s?ache|dolor(es)? de cabeza|cefalea|头痛|头疼", re.IGNORECASE), "headache-unspecified"),
    (re.compile(r"fibromyalgia|fibromialgia|纤维肌", re.IGNORECASE), "fibromyalgia"),
    (re.compile(r"arthr(itis|osis)|artr(itis|osis)|关节炎", re.IGNORECASE), "rheumatoid-arthritis"),
    (re.compile(r"\b(fatigue|tired|fatiga|cansancio|cansad[oa])\b|疲劳|疲倦|乏力", re.IGNORECASE), "fatigue"),
)


def speaks_of_the_back(text: str) -> bool:
    """Whether own words speak of the back, in any of the languages of patients."""
    return bool(_BACK.search(text))


def is_about_the_back(condition_id: str, words: str) -> bool:
    """Whether a complaint, by its id or in the patient's own words, is one of the back."""
    known = _by_id().get(condition_id)
    return bool(known and known.is_back_pain) or speaks_of_the_back(words)


def meant_by(text: str) -> tuple[str, ...]:
    """The ids of the conditions whose questions own words call for; no diagnosis, and none is recorded."""
    return tuple(condition_id for words, condition_id in _MEANT if words.search(text))


def _holds(condition: Condition, words: list[str]) -> bool:
    fields = (condition.name, condition.snomed_term, condition.body_area, condition.icd10cm)
    text = " ".join((*fields, condition.icd10cm_more)).casefold()
    return bool(words) and not any(word not in text for word in words)


@cache
def _by_id() -> dict[str, Condition]:
    return {condition.id: condition for condition in all_conditions()}


def _condition(row: dict[str, str]) -> Condition:
    return Condition(
        id=row["id"],
        name=row["name"],
        icd10cm=row["icd10cm"],
        icd10cm_title=row["icd10cm_title"],
        icd10cm_more=row["icd10cm_more"],
        snomed_ct=row["snomed_ct"],
        snomed_term=row["snomed_term"],
        mechanism=row["pain_mechanism"],
        body_area=row["body_area"],
        instruments=tuple(row["usual_instruments"].split(";")),
        note=row["note"],
        medicare_clbp=row["medicare_clbp"] == "yes",
        icd_confidence=row["icd_confidence"],
        snomed_confidence=row["snomed_confidence"],
        sources=tuple(row["source"].split(";")),
    )
