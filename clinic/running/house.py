"""Opening and closing the house: servers, tables, processes, in this order and back."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO
from urllib.parse import urlsplit

from clinic import embedded
from clinic.running import processes
from clinic.running.environment import BASE_DIR, data_dir_of, ensure_keys
from clinic.running.supervisor import Supervisor, end_stale, last_lines, log_file

READY_SECONDS = 90


class Problem(Exception):
    """Something a person must change; the text is a sentence that says what."""


class Stopped(BaseException):
    """Ctrl-C or SIGTERM, wherever we are."""


class House:
    """One running clinic. ``trying_out`` is ``make run``: DEBUG, demo clinic and local inbox."""

    def __init__(self, env: Mapping[str, str], *, trying_out: bool, demo: bool = True) -> None:
        self.trying_out = trying_out
        self.demo = demo
        self.env = dict(env)
        self.env["DEBUG"] = "1" if trying_out else "0"
        self.env.pop("DEQI_ROLE", None)
        self.env["HOST"] = self.env.get("HOST") or "127.0.0.1"
        self.env["PORT"] = self.env.get("PORT") or "8000"
        self.data_dir = data_dir_of(env)
        self.env["DATA_DIR"] = str(self.data_dir)
        self.supervisor: Supervisor | None = None
        self.lease: embedded.Lease | None = None
        self._lock: IO[str] | None = None
        self._closing = False
        self._stopped = False

    # --- open -------------------------------------------------------------------------------

    def __enter__(self) -> House:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        return self

    def open(self) -> None:
        """Start everything and print what a person needs. Raises Problem, Stopped or OSError."""
        self._check_port_number()
        embedded.make_data_dir(self.data_dir)
        self._lock = take_lock(self.data_dir)
        end_stale(self.data_dir)
        self._check_port()
        ensure_keys(self.env)
        self.lease = embedded.fill_in(self.env, self.data_dir)
        inbox_port = self._inbox_port()
        self._manage("prepare", *(() if self.trying_out else ("--static",)))
        self.supervisor = Supervisor(
            self.data_dir,
            processes.specs(self.env, inbox_port=inbox_port, nightly=not self.trying_out),
            say=lambda sentence: say(sentence, file=sys.stderr),
            keep=[self._keep_servers] if self.lease else [],
        )
        self.supervisor.start()
        self._introduce()
        self._await_ready()
        say("Ready")

    def watch(self) -> None:
        """Keep everything alive until a signal comes."""
        assert self.supervisor is not None
        self._closing = True  # from here a signal is only noted, so that no step is cut in half
        self.supervisor.run(lambda: self._stopped)

    # --- close ------------------------------------------------------------------------------

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        if self.supervisor:
            self.supervisor.stop()
        if self.lease:
            self.lease.release()
        if self._lock:
            self._lock.close()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stopped = True
        if not self._closing:
            self._closing = True
            raise Stopped

    # --- steps ------------------------------------------------------------------------------

    def _check_port_number(self) -> None:
        port = self.env["PORT"]
        if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise Problem(f"PORT={port} is no port: give a number from 1 to 65535.")

    def _check_port(self) -> None:
        host, port = self.env["HOST"], int(self.env["PORT"])
        try:
            family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
                probe.listen(1)
        except socket.gaierror:
            raise Problem(f"HOST={host} is no address of this machine.") from None
        except PermissionError:
            raise Problem(f"Port {port} may only be used by root: choose one above 1023 with PORT=.") from None
        except OSError as error:
            raise Problem(
                f"Port {port} on {host} is taken ({error.strerror}): stop what uses it, "
                f"or choose another with PORT=, for example PORT={port + 1 if port < 65535 else 8000}."
            ) from None

    def _inbox_port(self) -> int | None:
        """Choose a port for the local inbox, unless the mails are sent elsewhere."""
        if not self.trying_out or self.env.get("EMAIL_URL"):
            return None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        self.env["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
        return port

    def _keep_servers(self) -> None:
        """Start an embedded server again when it died."""
        wanted = {
            name
            for name, variable in (("postgres", "DATABASE_URL"), ("redis", "REDIS_URL"))
            if variable not in os.environ
        }
        if wanted - embedded.running(self.data_dir).keys():
            try:
                embedded.start(self.data_dir, postgres="postgres" in wanted, redis="redis" in wanted)
            except (embedded.CannotStart, OSError) as problem:
                say(str(problem), file=sys.stderr)
                self._stopped = True

    def _manage(self, command: str, *arguments: str) -> str:
        """Run a command of manage.py and return what it printed. Raises Problem with its words."""
        done = subprocess.run(
            [sys.executable, str(BASE_DIR / "manage.py"), command, *arguments],
            cwd=BASE_DIR,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            log = log_file(self.data_dir, command)
            with suppress(OSError):
                log.write_text(done.stdout + done.stderr)
            words = done.stderr.strip()
            if "Traceback" in words:
                words = f"`manage.py {command}` failed (log: {log}):\n{last_lines(log, 4)}"
            raise Problem(words.removeprefix("CommandError: ") or f"`manage.py {command}` failed.")
        return done.stdout

    def _introduce(self) -> None:
        base = self.env.get("BASE_URL", "").rstrip("/") or f"http://127.0.0.1:{self.env['PORT']}"
        if self.trying_out:
            credentials = self._manage("demo_clinic") if self.demo else ""
            say(f"Deqi: {base}/")
            say(f"Inbox: {base}/dev/inbox/")
            if credentials.strip():
                say(credentials.strip())
            return
        link = self._manage("setup_link")
        say(f"Deqi: {base}/")
        if not self.env.get("EMAIL_URL"):
            say("EMAIL_URL is not set: mails go to a mail server on this machine (127.0.0.1, port 25).")
        if link.strip():
            say(link.strip())

    def _await_ready(self) -> None:
        assert self.supervisor is not None
        deadline = time.monotonic() + READY_SECONDS
        while (word := self.ready()) != "ok":
            self.supervisor.step()
            name = self.supervisor.failing()
            if name:
                raise Problem(f"Deqi cannot start: the {name} process does not stay alive.")
            if time.monotonic() > deadline:
                raise Problem(
                    f"Deqi did not get ready within {READY_SECONDS} seconds; missing: {word}. "
                    f"The logs are in {self.data_dir / 'log'}."
                )
            time.sleep(0.2)

    def ready(self) -> str:
        """Return the word of /readyz, or ``web`` when nobody answers."""
        host = self.env["HOST"]
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
        asked = urllib.request.Request(f"http://{host}:{self.env['PORT']}/readyz")
        name = urlsplit(self.env.get("BASE_URL", "")).netloc
        if name:
            asked.add_header("Host", name)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(asked, timeout=5) as answer:
                return str(answer.read(20).decode())
        except urllib.error.HTTPError as answer:
            return answer.read(20).decode(errors="replace") if answer.code == 503 else f"error {answer.code}"
        except OSError:
            return "web"


def take_lock(data_dir: Path) -> IO[str]:
    """Take the one lock of a data folder; it ends with the file, or with the process, however that ends.

    Raises Problem when another house has it.
    """
    lock = open(data_dir / "house.lock", "a+")  # noqa: SIM115
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        who = lock.read().strip() or "unknown"
        lock.close()
        raise Problem(
            f"Deqi already runs with the data in {data_dir} (process {who}): "
            "stop it first, or name another folder with DATA_DIR=."
        ) from None
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def say(sentence: str, file: IO[str] | None = None) -> None:
    """Print a line at once; a closed terminal is no reason to stop a clinic."""
    with suppress(BrokenPipeError):
        print(sentence, file=file or sys.stdout, flush=True)
