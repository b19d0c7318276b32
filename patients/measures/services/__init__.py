"""What happens to measures: they are made and changed (scales), and values come in or end (values)."""

from __future__ import annotations

from patients.measures.services.scales import (
    ChangedMeanwhile,
    NameTaken,
    Scale,
    TooMany,
    add_measure,
    amend_measure,
)
from patients.measures.services.values import (
    AlreadyMeasured,
    NotOnItsScale,
    compose_values,
    record_value,
    replace_values,
    take_back,
)

__all__ = [
    "AlreadyMeasured",
    "ChangedMeanwhile",
    "NameTaken",
    "NotOnItsScale",
    "Scale",
    "TooMany",
    "add_measure",
    "amend_measure",
    "compose_values",
    "record_value",
    "replace_values",
    "take_back",
]
