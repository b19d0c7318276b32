"""Versions read from the rows of a statement that asked for much else: no statement of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from patients.measures.models import Measure, MeasureVersion


def versions_of(rows: Sequence[Mapping[str, Any]]) -> list[MeasureVersion]:
    """Return the rows of ``MeasureVersionQuerySet.as_json`` as versions with their measures, to read only."""
    found = []
    for row in rows:
        measure = Measure(pk=row["measure"], code=row["code"], asked=row["asked"], condition_ids=row["condition_ids"])
        found.append(
            MeasureVersion(
                pk=row["id"], measure=measure, lowest=Decimal(row["lowest"]), highest=Decimal(row["highest"]),
                decimals=row["decimals"], worse=row["worse"], words=row["words"],
            )
        )  # fmt: skip
    return found
