"""``make demo [PATIENTS=n] [SESSIONS=n] [SEED=n] [TODAY=YYYY-MM-DD]``: tables first, then the invented clinic."""

from __future__ import annotations

import os
import subprocess
import sys

from clinic.running.environment import BASE_DIR

SIZES = {"PATIENTS": "1000", "SESSIONS": "20000", "SEED": "1", "TODAY": ""}


def main() -> int:
    """Run the two commands and return the exit code of the one that failed, or 0."""
    env = {**os.environ, "DEBUG": os.environ.get("DEBUG") or "1"}
    said = {name: os.environ.get(name) or usual for name, usual in SIZES.items()}
    sizes = [part for name, value in said.items() if value for part in (f"--{name.lower()}", value)]
    for command in (["prepare"], ["demo", *sizes]):
        done = subprocess.run(
            [sys.executable, str(BASE_DIR / "manage.py"), *command], cwd=BASE_DIR, env=env, check=False
        )
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
