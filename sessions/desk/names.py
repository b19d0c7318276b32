"""Names as the desk shows and compares them."""

from __future__ import annotations

import re
import unicodedata

from patients.models import Patient

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")


def hanzi_of(patient: Patient) -> str:
    """Return how the patient is addressed when that is written in Hanzi: it stands behind the name, lighter."""
    return patient.address_as if _HAN.search(patient.address_as) else ""


def folded(name: str) -> str:
    """Return a name without case and accents, to see that two people of a day share it."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))
