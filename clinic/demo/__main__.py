"""``make demo [PATIENTS=n] [SESSIONS=n] [SEED=n] [TODAY=YYYY-MM-DD]``: tables first, then the invented clinic."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import NoReturn

from clinic.demo.telling import telling
from clinic.running.environment import BASE_DIR

SIZES = {"PATIENTS": "1000", "SESSIONS": "20000", "SEED": "1", "TODAY": ""}


def main() -> NoReturn:
    """Make the tables, then become the command that fills them, so that Ctrl-C and TERM reach it itself.

    Exits with the code of what failed, or 0.
    """
    env = {**os.environ, "DEBUG": os.environ.get("DEBUG") or "1"}
    said = {name: os.environ.get(name) or usual for name, usual in SIZES.items()}
    sizes = [part for name, value in said.items() if value for part in (f"--{name.lower()}", value)]
    manage = [sys.executable, str(BASE_DIR / "manage.py")]
    with telling(_say, "Preparing the database"):
        done = subprocess.run([*manage, "prepare"], cwd=BASE_DIR, env=env, check=False)
    if done.returncode:
        sys.exit(done.returncode)
    os.chdir(BASE_DIR)
    os.execve(sys.executable, [*manage, "demo", *sizes], env)  # noqa: S606 -- nothing a shell would read


def _say(sentence: str) -> None:
    print(sentence, flush=True)


if __name__ == "__main__":
    main()
