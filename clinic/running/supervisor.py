"""Keeps the processes of the clinic alive: a dead one starts again within five seconds.

One thread, one loop. Each process leads a session of its own, writes into its own log and leaves
its number in the data folder, so that the next start can end what a killed supervisor left.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from clinic.running.files import write_private

MARK = "DEQI_RUN"
"""The environment variable by which processes of one data folder are known."""

PROJECT = Path(__file__).resolve().parent.parent.parent
LOOK_EVERY = 0.25
WAITS = (0.1, 0.5, 1.0, 2.0, 4.0)
"""Seconds before a process starts again, by how often it died in the last half minute."""
MANY = 5
WITHIN = 30.0
LOG_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class Spec:
    """One process to keep: its name, how to start it, how to let it end."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    grace: float = 10.0  # seconds from SIGTERM to SIGKILL
    end_orphans: bool = True  # False: children of a killed process may finish what they do


@dataclass
class Child:
    """A spec with its running process and the moments at which it died."""

    spec: Spec
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)
    not_before: float = 0.0
    told: bool = False


class Supervisor:
    """Starts, watches and ends processes.

    ``keep`` are functions that are called about once a second (the embedded servers look after
    themselves there); ``say`` takes a sentence for the person at the terminal.
    """

    def __init__(
        self,
        data_dir: Path,
        specs: Sequence[Spec],
        *,
        say: Callable[[str], None],
        keep: Sequence[Callable[[], None]] = (),
    ) -> None:
        self.data_dir = data_dir
        self.children = [Child(spec) for spec in specs]
        self.say = say
        self.keep = keep
        self._kept_at = 0.0

    def start(self) -> None:
        """Start every process once."""
        for child in self.children:
            self._launch(child)

    def step(self) -> None:
        """Look once at every process and start again what died."""
        now = time.monotonic()
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                self._bury(child, now)
            if child.process is None and now >= child.not_before:
                self._launch(child)
        if now - self._kept_at >= 1.0:
            self._kept_at = now
            for keep in self.keep:
                keep()

    def run(self, until: Callable[[], bool]) -> None:
        """Watch until ``until`` says so."""
        while not until():
            self.step()
            time.sleep(LOOK_EVERY)

    def failing(self) -> str:
        """Return the name of a process that dies again and again, or an empty string."""
        return next((child.spec.name for child in self.children if child.told), "")

    def pid(self, name: str) -> int | None:
        """Return the number of a running process, None when it does not run just now."""
        for child in self.children:
            if child.spec.name == name and child.process is not None:
                return child.process.pid
        return None

    def stop(self) -> None:
        """End every process: SIGTERM to all at once, SIGKILL to what outlives its grace."""
        alive = [child for child in self.children if child.process is not None]
        for child in alive:
            with suppress(ProcessLookupError):
                os.kill(_pid(child), signal.SIGTERM)
        begun = time.monotonic()
        while alive and any(time.monotonic() - begun < child.spec.grace for child in alive):
            alive = [child for child in alive if child.process and child.process.poll() is None]
            time.sleep(0.02)
        for child in self.children:
            if child.process is not None:
                _signal_group(_pid(child), signal.SIGKILL)
                child.process.wait()
                child.process = None
                _pid_file(self.data_dir, child.spec.name).unlink(missing_ok=True)

    def _launch(self, child: Child) -> None:
        spec = child.spec
        log = log_file(self.data_dir, spec.name)
        with open(log, "ab") as output:
            child.process = subprocess.Popen(
                list(spec.arguments),
                cwd=PROJECT,
                env={**spec.environment, MARK: str(self.data_dir)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 -- there is one thread
            )
        created = psutil.Process(child.process.pid).create_time()
        write_private(
            _pid_file(self.data_dir, spec.name),
            json.dumps({"pid": child.process.pid, "created": created}),
        )

    def _bury(self, child: Child, now: float) -> None:
        if child.spec.end_orphans:
            _signal_group(_pid(child), signal.SIGTERM)
        child.process = None
        child.deaths = [at for at in child.deaths if now - at < WITHIN] + [now]
        if len(child.deaths) < 2:
            child.told = False
        child.not_before = now + WAITS[min(len(child.deaths), len(WAITS)) - 1]
        if len(child.deaths) >= MANY and not child.told:
            child.told = True
            log = log_file(self.data_dir, child.spec.name)
            self.say(
                f"The {child.spec.name} process ended {MANY} times within {int(WITHIN)} seconds. "
                f"Its last words, from {log}:\n{last_lines(log)}"
            )


def end_stale(data_dir: Path) -> list[str]:
    """End what an earlier supervisor of this data folder left behind, and return the names."""
    ended = []
    for path in sorted((data_dir / "run").glob("*.json")):
        try:
            leader = int(json.loads(path.read_text())["pid"])
        except (ValueError, KeyError, OSError):
            leader = 0
        left = _members(leader, str(data_dir)) if leader else []
        for process in left:
            with suppress(psutil.Error):
                process.terminate()
        for process in _outlive(left, 3.0):
            with suppress(psutil.Error):
                process.kill()
        _outlive(left, 1.0)
        if left:
            ended.append(path.stem)
        path.unlink(missing_ok=True)
    return ended


def log_file(data_dir: Path, name: str) -> Path:
    """Return the log of a process, with a fresh file when the old one has grown large."""
    log = data_dir / "log" / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        if log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
    return log


def last_lines(path: Path, count: int = 8) -> str:
    """Return the last lines of a log, indented; a word when there are none."""
    try:
        lines = path.read_text(errors="replace").splitlines()[-count:]
    except OSError:
        lines = []
    return "\n".join(f"    {line}" for line in lines) or "    (nothing)"


def _pid(child: Child) -> int:
    assert child.process is not None
    return child.process.pid


def _pid_file(data_dir: Path, name: str) -> Path:
    return data_dir / "run" / f"{name}.json"


def _members(leader: int, mark: str) -> list[psutil.Process]:
    """Return the living processes of a group that carry our mark: numbers are used again."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if os.getpgid(process.pid) == leader and process.environ().get(MARK) == mark:
                found.append(process)
    return found


def _outlive(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait so long for processes to end, and return those that live still. A zombie has ended."""
    deadline = time.monotonic() + seconds
    while True:
        alive = []
        for process in processes:
            with suppress(psutil.Error):
                if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                    alive.append(process)
        if not alive or time.monotonic() > deadline:
            return alive
        time.sleep(0.02)


def _signal_group(leader: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


_libc = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    """On Linux, have the kernel send SIGTERM when the supervisor is gone, even by SIGKILL."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
