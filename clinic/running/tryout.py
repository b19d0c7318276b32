"""Who signs in to a try-out, and with which passwords: made at random on the first start, kept beside the data."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from clinic.running.files import write_private

DESK, PRACTITIONER, OWNER = "Front desk", "Practitioner", "Owner"
EMAILS = {DESK: "desk@oldmill.example", PRACTITIONER: "chen@oldmill.example", OWNER: "tomas@oldmill.example"}
_LETTERS = "abcdefghkmnpqrstuvwxyz23456789"
"""Without letters that look like others: these passwords are read from a terminal."""


def passwords(data_dir: Path) -> dict[str, str]:
    """Return the passwords of this installation by the words of ``EMAILS``."""
    path = data_dir / "demo.json"
    try:
        kept: dict[str, str] = json.loads(path.read_text())
    except (OSError, ValueError):
        kept = {}
    if not kept.keys() >= EMAILS.keys():
        kept = {who: _password() for who in EMAILS}
        data_dir.mkdir(parents=True, exist_ok=True)
        write_private(path, json.dumps(kept))
    return kept


def _password() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
