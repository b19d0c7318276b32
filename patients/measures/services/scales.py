"""Measures are made, changed and switched off. A changed scale is a new version; what was measured stays on the old."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from clinic.audit.services import record
from clinic.staff.models import User
from patients.measures.models import Measure, MeasureVersion

#: A clinic that follows more numbers than this follows none of them.
MOST_MEASURES = 60
_LONGEST_CODE = 36


class NameTaken(ValueError):
    """Another measure in use has this name; its text says so in words."""


class TooMany(ValueError):
    """There are MOST_MEASURES already; its text says so in words."""


class ChangedMeanwhile(ValueError):
    """Somebody else changed the measure since the page was opened; its text says so in words."""


@dataclass(frozen=True)
class Scale:
    """What a version holds. ``words`` is language -> name, question, unit, low, high; "en" is always there."""

    lowest: Decimal
    highest: Decimal
    decimals: int
    worse: str
    important_change: Decimal | None
    words: Mapping[str, Mapping[str, str]]

    @property
    def name(self) -> str:
        """What staff call it."""
        return self.words["en"]["name"]

    @classmethod
    def of(cls, version: MeasureVersion) -> Scale:
        """Return the scale of a stored version."""
        return cls(**{name: getattr(version, name) for name in cls.__dataclass_fields__})

    def as_columns(self) -> dict[str, Any]:
        """Return the scale by column of a version."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@transaction.atomic
def add_measure(*, scale: Scale, asked: str, condition_ids: Sequence[str], by: User, now: datetime) -> Measure:
    """Add a measure of the clinic's own, last in the order. Raises NameTaken and TooMany."""
    listed = _locked()
    if len(listed) >= MOST_MEASURES:
        raise TooMany(f"{MOST_MEASURES} measures are the most that fit. Please change one that is out of use.")
    _refuse_taken(scale.name, besides=None)
    last = Measure.objects.aggregate(last=Max("position"))["last"] or 0
    measure = Measure.objects.create(
        code=_free_code(scale.name, {one.code for one in listed}), asked=asked, condition_ids=list(condition_ids),
        position=last + 10,
    )  # fmt: skip
    MeasureVersion.objects.create(measure=measure, version=1, made_at=now, made_by_id=by.pk, **scale.as_columns())
    record(by=by, now=now, action="add", resource="measure-scale", object_id=measure.pk)
    return measure


@transaction.atomic
def amend_measure(
    *,
    measure: Measure,
    seen: int,
    scale: Scale,
    asked: str,
    condition_ids: Sequence[str],
    active: bool,
    by: User,
    now: datetime,
) -> Measure:
    """Change a measure. Another scale or other words make a new version; values keep the one they were measured on.

    ``seen`` is the version when the page was opened. Raises ChangedMeanwhile and NameTaken.
    """
    _locked()
    stored = Measure.objects.get(pk=measure.pk)
    if stored.version != seen:
        raise ChangedMeanwhile("Somebody else changed this measure meanwhile. Please look at it once more.")
    if active:
        _refuse_taken(scale.name, besides=stored.pk)
    current = MeasureVersion.objects.get(measure=stored, version=stored.version)
    if Scale.of(current) != scale:
        stored.version += 1
        MeasureVersion.objects.create(
            measure=stored, version=stored.version, source=current.source, made_at=now, made_by_id=by.pk,
            **scale.as_columns(),
        )  # fmt: skip
    stored.asked, stored.condition_ids, stored.active = asked, list(condition_ids), active
    stored.save(update_fields=["version", "asked", "condition_ids", "active"])
    record(by=by, now=now, action="amend", resource="measure-scale", object_id=stored.pk)
    return stored


def _locked() -> list[Measure]:
    """Let one change of measures run at a time, so that two of one name cannot arise."""
    return list(Measure.objects.select_for_update().order_by("id"))


def _refuse_taken(name: str, *, besides: int | None) -> None:
    for version in MeasureVersion.objects.current():
        if version.measure_id != besides and version.words["en"]["name"].casefold() == name.casefold():
            raise NameTaken(f"There is a measure called {version.words['en']['name']} already.")


def _free_code(name: str, taken: set[str]) -> str:
    """Return a code made of the name's plain letters, with a number where another measure has it."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"[^a-z0-9]+", "-", letters)[:_LONGEST_CODE].strip("-") or "measure"
    return next(code for code in (plain, *(f"{plain}-{n}" for n in range(2, len(taken) + 3))) if code not in taken)
