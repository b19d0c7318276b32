"""What happens to measures: they are made and changed (scales), and values come in or end (values)."""

from __future__ import annotations

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
    "NotOnItsScale",
    "compose_values",
    "record_value",
    "replace_values",
    "take_back",
]
