"""Other parts of a treatment: moxa, cupping, gua sha, tuina, herbs, advice (session_note, section 5; STRICTA 4a).

Pure. Stored as a list of JSON objects without their empty parts; unknown kinds are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from sessions import vocabularies
from sessions.details import Unreadable

HERBS = "herbs"
MOST = 12
MINUTES = range(241)
DAYS = range(1, 366)
TEXTS = {"area": 200, "detail": 300, "tolerance": 200, "formula": 120, "form": 60, "dose": 60}


@dataclass(frozen=True, slots=True)
class Technique:
    """One part: its kind, points or area, minutes, detail, how it was borne.

    Herbs name formula, form, dose, days, and whether interactions with the patient's medicines were checked.
    """

    kind: str
    area: str = ""
    minutes: int | None = None
    detail: str = ""
    tolerance: str = ""
    formula: str = ""
    form: str = ""
    dose: str = ""
    days: int | None = None
    checked: bool = False

    @classmethod
    def of(cls, stored: object) -> Technique:
        """Read one stored part. Raises Unreadable."""
        if not isinstance(stored, Mapping) or not set(stored) <= {field.name for field in fields(cls)}:
            raise Unreadable("This part of the treatment is not known.")
        kinds = [term.code for term in vocabularies.terms("components")]
        if stored.get("kind") not in kinds:
            raise Unreadable("This part of the treatment is not known.")
        for name, most in TEXTS.items():
            if not isinstance(stored.get(name, ""), str) or len(stored.get(name, "")) > most:
                raise Unreadable("This text is too long.")
        for name, known in (("minutes", MINUTES), ("days", DAYS)):
            number = stored.get(name)
            if number is not None and (type(number) is not int or number not in known):
                raise Unreadable(f"Please write a whole number from {known[0]} to {known[-1]}.")
        if type(stored.get("checked", False)) is not bool:
            raise Unreadable("This part of the treatment is not known.")
        return cls(**stored)

    def as_json(self) -> dict[str, Any]:
        """As it is stored: without what was not said."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None, False)}

    @property
    def herbs(self) -> dict[str, Any]:
        """What only herbs have, as it stands in the row of the part."""
        own = ("formula", "form", "dose", "days", "checked")
        return {name: value for name, value in self.as_json().items() if name in own}

    @property
    def words(self) -> str:
        """In words: "Cupping, dry: BL13 to BL23, 8 min, 6 cups, borne well"."""
        parts = [
            self.formula,
            self.form,
            self.dose,
            f"{self.days} days" if self.days else "",
            self.area,
            f"{self.minutes} min" if self.minutes is not None else "",
            self.detail,
            self.tolerance,
            "interactions checked" if self.checked else "",
        ]
        said = ", ".join(part for part in parts if part)
        name = vocabularies.label("components", self.kind)
        return f"{name}: {said}" if said else name


def read_techniques(stored: object) -> tuple[Technique, ...]:
    """Read a stored list. Raises Unreadable for an unknown part, or for more than twelve."""
    if not isinstance(stored, (list, tuple)) or len(stored) > MOST:
        raise Unreadable(f"A session has at most {MOST} other parts.")
    return tuple(Technique.of(one) for one in stored)
