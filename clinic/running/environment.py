"""What every process of an installation finds in its environment, before Django is imported."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from clinic.running.files import write_private

BASE_DIR = Path(__file__).resolve().parent.parent.parent
KEYS = ("SECRET_KEY", "LINK_KEY")


def data_dir_of(env: Mapping[str, str]) -> Path:
    """Return the data folder that the environment names, by default ``.data`` in the project."""
    return Path(env.get("DATA_DIR") or BASE_DIR / ".data").absolute()


def ensure_keys(env: MutableMapping[str, str]) -> None:
    """Put SECRET_KEY and LINK_KEY where they are missing, from keys.json, made on the first start."""
    if all(env.get(name) for name in KEYS):
        return
    path = data_dir_of(env) / "keys.json"
    try:
        kept: dict[str, str] = json.loads(path.read_text())
    except FileNotFoundError:
        kept = {}
    missing = [name for name in KEYS if not kept.get(name)]
    if missing:
        kept |= {name: secrets.token_urlsafe(48) for name in missing}
        write_private(path, json.dumps(kept))
    for name in KEYS:
        env[name] = env.get(name) or kept[name]


def use_defaults(env: MutableMapping[str, str] | None = None) -> MutableMapping[str, str]:
    """Name the settings module, and undo what would mislead a child: PYTHONPATH of others stays."""
    env = os.environ if env is None else env
    env.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    return env
