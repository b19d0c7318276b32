"""Worker processes to be killed, and a careless twin that shows what the guards are good for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.db import connection

CAREFUL = [sys.executable, str(settings.BASE_DIR / "manage.py"), "run_outbox"]

# The policy of many outboxes: a mail is marked as sent after it was sent, and goes again when a lease ends.
CARELESS = [
    sys.executable,
    "-c",
    """
import django; django.setup()
from clinic.outbox import states
from django.core.management import call_command
def again(rows, *, now, reason):
    return states.OutgoingMessage.objects.filter(rows).update(state="queued", reason=reason)
states._doubt = again
call_command("run_outbox")
""",
]


class Workers:
    """Processes on the test's own database, kept alive while the block runs; a clock that may be moved."""

    def __init__(self, command: Sequence[str], *, count: int, port: int, clock: Path) -> None:
        self.command = command
        self.count = count
        self.clock = clock
        self.deaths = 0
        address = connection.settings_dict
        self.environment = {
            **os.environ,
            "DATABASE_URL": (
                f"postgres://{address['USER']}:{address['PASSWORD']}@{address['HOST']}:{address['PORT']}"
                f"/{address['NAME']}"
            ),
            "DEQI_ROLE": "worker",
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "DJANGO_SETTINGS_MODULE": "clinic.settings",
            "DEBUG": "1",
            "DEQI_CLOCK_FILE": str(clock),
            "PYTHONPATH": str(settings.BASE_DIR),
        }
        # One login that takes the worker's role: see "Environment" of the interfaces.
        for name in ("DATABASE_URL_OWNER", "DATABASE_URL_WORKER"):
            self.environment.pop(name, None)
        self.processes: list[subprocess.Popen[bytes]] = []
        self._over = threading.Event()

    def __enter__(self) -> Workers:
        self.processes = [self._start() for _ in range(self.count)]
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._keeper.join()
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def kill(self, index: int = 0) -> None:
        """Kill one worker with -9."""
        os.kill(self.processes[index].pid, signal.SIGKILL)

    def pass_a_minute(self) -> None:
        """Let every lease end."""
        offset = float(self.clock.read_text() or 0) if self.clock.exists() else 0
        self.clock.write_text(str(offset + 61))

    def _keep(self) -> None:
        while not self._over.wait(0.02):
            for index, process in enumerate(self.processes):
                if process.poll() is not None:
                    self.deaths += 1
                    self.pass_a_minute()
                    self.processes[index] = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
        )


def until(condition, seconds: float) -> bool:
    """Wait until a condition holds, and tell whether it did."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
