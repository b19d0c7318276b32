"""The folder of backups: how they are called, which are kept, and how the last one went."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clinic.running.files import write_private

KEEP = timedelta(days=35)
STALE = timedelta(days=2)
"""A clinic whose last backup is older than this should look."""
_NAME = re.compile(r"deqi-(\d{8}-\d{6})\.dump")


@dataclass(frozen=True)
class Kept:
    """One backup that lies in the folder."""

    path: Path
    at: datetime


@dataclass(frozen=True)
class Result:
    """How the last backup went; ``words`` say what was wrong, or what it holds."""

    at: datetime
    good: bool
    words: str


def folder_of(data_dir: Path) -> Path:
    """Return the folder of backups."""
    return data_dir / "backups"


def name_for(now: datetime) -> str:
    """Return a backup's name; its time is UTC, so that an hour in autumn does not come twice."""
    return f"deqi-{now.astimezone(UTC):%Y%m%d-%H%M%S}.dump"


def found(data_dir: Path) -> list[Kept]:
    """Return the backups, newest first."""
    folder = folder_of(data_dir)
    kept = []
    for path in folder.glob("deqi-*.dump") if folder.is_dir() else ():
        match = _NAME.fullmatch(path.name)
        if match:
            kept.append(Kept(path, datetime.strptime(match[1], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)))
    return sorted(kept, key=lambda one: one.at, reverse=True)


def listed(data_dir: Path) -> str:
    """Return a sentence that names the newest backups."""
    names = [one.path.name for one in found(data_dir)[:5]]
    return f"{folder_of(data_dir)} holds {', '.join(names)}." if names else f"{folder_of(data_dir)} holds none yet."


def let_go(data_dir: Path, now: datetime) -> list[Path]:
    """Remove backups older than ``KEEP``, never the newest one, and return what went."""
    old = [one.path for one in found(data_dir)[1:] if now - one.at > KEEP]
    for path in old:
        path.unlink(missing_ok=True)
        path.with_suffix(".json").unlink(missing_ok=True)
    return old


def remember(data_dir: Path, result: Result) -> None:
    """Keep how a backup went, for the settings page. A full disk keeps nothing, and the page sees that it is late."""
    said = {"at": result.at.isoformat(), "good": result.good, "words": result.words}
    with suppress(OSError):
        write_private(folder_of(data_dir) / "last.json", json.dumps(said))


def last(data_dir: Path) -> Result | None:
    """Return how the last backup went, None before the first."""
    try:
        said = json.loads((folder_of(data_dir) / "last.json").read_text())
        return Result(datetime.fromisoformat(said["at"]), bool(said["good"]), str(said["words"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
