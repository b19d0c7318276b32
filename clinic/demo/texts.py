"""The texts for notes of the invented clinics: a handful that a practice like this one would keep."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def texts() -> list[dict[str, Any]]:
    """Each text with name, part, words and whether it is shared; an own one is the first practitioner's."""
    found: list[dict[str, Any]] = json.loads((files("clinic.demo.data") / "texts.json").read_text(encoding="utf-8"))
    return found
