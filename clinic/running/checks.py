"""``make test``, ``make lint``, ``make chaos``: every check, one line each, the words only when it fails."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from clinic.running import chromium
from clinic.running.environment import BASE_DIR

DJADE = str(Path(sys.executable).parent / "djade")
PINS = ("requirements", "requirements-dev", "requirements-node", "requirements-uv")
# A clinic as it should be, for Django's own deployment checks.
DEPLOYED = {
    "DEBUG": "0",
    "BASE_URL": "https://clinic.example",
    "TRUSTED_PROXIES": "1",
    "SECRET_KEY": "k9" * 32 + "only-for-the-check",
    "LINK_KEY": "l7" * 32 + "only-for-the-check",
}


@dataclass(frozen=True)
class Step:
    """One check: a name for the reader and what to run."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


def python(*arguments: str) -> list[str]:
    """Run something with this Python."""
    return [sys.executable, "-m", *arguments]


def manage(*arguments: str) -> list[str]:
    """Run a command of manage.py."""
    return [sys.executable, str(BASE_DIR / "manage.py"), *arguments]


def lint_steps() -> list[Step]:
    """Return the checks that need no database, the slow ones first."""
    templates = sorted(str(path.relative_to(BASE_DIR)) for path in (BASE_DIR / "templates").rglob("*.html"))
    return [
        Step("types", python("mypy")),
        Step("style", python("ruff", "check", "--quiet", ".")),
        Step("format", python("ruff", "format", "--check", "--quiet", ".")),
        Step("templates", [DJADE, "--check", *templates]),
        Step("layers", [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]),
        Step("migrations", manage("makemigrations", "--check", "--dry-run")),
        Step("deployment", manage("check", "--deploy", "--fail-level", "WARNING"), DEPLOYED),
    ]


#: The tests that start houses, kill and look. They wait more than they work, so three run side by side.
WITH_HOUSES = "browser or chaos"
#: The tests that try every page or form in every way: half the work of all that need no house.
SWEEPS = "sweep"
#: What measures wants the machine for itself.
ALONE = "bench"


IN_PAIRS = ("-n", "2")
IN_THREES = ("-n", "3", "--dist", "loadfile")  # a file stays with one process: its tests share a house


#: What the gate draws by chance is the same each time: a change goes red for what it changed (docs/adr/0024).
GATE = ("--randomly-seed=20260101", "--hypothesis-profile=gate")


def pytest_step(*arguments: str) -> Step:
    """Return the tests, with the options of the person's own in PYTEST_ADDOPTS."""
    seed = os.environ.get("SEED", "")
    return Step("tests", python("pytest", "-q", *(_seeded(seed) or GATE), *arguments))


def lint() -> bool:
    """Run the checks that need no database, two at a time."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        return all(list(pool.map(run, lint_steps())))


def test() -> bool:
    """Run everything; SEED=n draws other examples and another order.

    With FAST=1 neither browser nor chaos, bench or sweeps (docs/adr/0023).
    First what needs no house of its own, then what kills, races or looks, at last alone what measures.
    """
    fast = os.environ.get("FAST", "") not in ("", "0")
    if not fast and not _have_chromium():
        return False
    left_out = " or ".join((WITH_HOUSES, ALONE, *((SWEEPS,) if fast else ())))
    passed = [lint(), run(pytest_step(*IN_PAIRS, "-m", f"not ({left_out})"), shown=True)]
    if not fast:
        passed.append(run(pytest_step(*IN_THREES, "-m", WITH_HOUSES), shown=True))
        passed.append(run(pytest_step("-m", ALONE), shown=True))
    return all(passed)


def chaos() -> bool:
    """Run what kills, stops and races; SEED=n repeats an order."""
    if not _have_chromium():
        return False
    return run(pytest_step("-m", "chaos"), shown=True)


def run(step: Step, *, shown: bool = False) -> bool:
    """Run a step and say how it went; ``shown`` lets its output through as it comes."""
    begun = time.monotonic()
    done = subprocess.run(
        list(step.arguments),
        cwd=BASE_DIR,
        env={**os.environ, **step.environment},
        stdin=subprocess.DEVNULL,
        stdout=None if shown else subprocess.PIPE,
        stderr=None if shown else subprocess.STDOUT,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - begun
    passed = done.returncode == 0
    print(f"{'ok  ' if passed else 'FAIL'} {seconds:6.1f} s  {step.name}", flush=True)
    if not passed and not shown:
        print(done.stdout, flush=True)
    return passed


def reformat() -> bool:
    """Put code and templates into their form, and mend what can be mended by machine."""
    templates = [str(path) for path in (BASE_DIR / "templates").rglob("*.html")]
    steps = [
        Step("style", python("ruff", "check", "--fix", "--quiet", ".")),
        Step("format", python("ruff", "format", "--quiet", ".")),
        Step("templates", [DJADE, *templates]),
    ]
    run(steps[2])  # ends with 1 when it changed something
    passed = [run(step) for step in steps[:2]]
    return all(passed)


def pins() -> bool:
    """Pin the newest versions that the lists allow, with hashes."""
    uv = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"]
    head = ["--custom-compile-command", "make pins", "--upgrade"]
    passed = [run(Step(name, [*uv, *head, f"{name}.in", "-o", f"{name}.txt"])) for name in PINS]
    return all(passed)


def _seeded(seed: str) -> list[str]:
    return [f"--randomly-seed={seed}", f"--hypothesis-seed={seed}"] if seed else []


def _have_chromium() -> bool:
    try:
        chromium.ensure()
    except chromium.NoChromium as problem:
        print(problem, file=sys.stderr)
        return False
    return True


COMMANDS = {"test": test, "lint": lint, "chaos": chaos, "format": reformat, "pins": pins}

if __name__ == "__main__":
    if sys.argv[1:2] == [] or sys.argv[1] not in COMMANDS:
        sys.exit("Say one of: " + ", ".join(COMMANDS) + ".")
    sys.exit(0 if COMMANDS[sys.argv[1]]() else 1)
