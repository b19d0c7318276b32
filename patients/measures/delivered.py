"""The measures that come with Deqi: data, laid down once by a migration. Each clinic may change them afterwards."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

#: Positions leave room, so that a clinic's own measures can stand between.
_APART = 10


def delivered() -> list[dict[str, Any]]:
    """Return what the file holds, one dict a measure, with its source."""
    text = (files("patients.measures") / "data" / "delivered.json").read_text(encoding="utf-8")
    found = json.loads(text)
    return [{**measure, "source": found["source"]} for measure in found["measures"]]


def lay_down(measure_model: Any, version_model: Any) -> int:
    """Store the delivered measures whose code no measure has yet; return how many. The models come from a migration."""
    made = 0
    for number, entry in enumerate(delivered(), start=1):
        measure, new = measure_model.objects.get_or_create(
            code=entry["code"],
            defaults={
                "asked": entry["asked"], "condition_ids": entry["condition_ids"], "delivered": True,
                "position": number * _APART,
            },
        )  # fmt: skip
        if new:
            scale = {name: entry[name] for name in ("lowest", "highest", "decimals", "worse", "words", "source")}
            version_model.objects.create(measure=measure, version=1, **scale)
            made += 1
    return made
