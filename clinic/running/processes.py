"""What runs: web, worker, beat; for trying out the local inbox, for a real clinic the nightly backup."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from clinic.running.supervisor import Spec

WEB_WORKERS = 2
WEB_THREADS = 4
WORKER_PROCESSES = 2


def specs(env: Mapping[str, str], *, inbox_port: int | None = None, nightly: bool = False) -> list[Spec]:
    """Return the processes of one clinic; ``env`` holds addresses, keys, HOST and PORT."""
    found = [_web(env), _worker(env), _beat(env)]
    if inbox_port is not None:
        found.insert(0, _inbox(env, inbox_port))
    if nightly:
        found.append(_nightly(env))
    return found


def _web(env: Mapping[str, str]) -> Spec:
    # Its beating heart is a file; in memory, a slow disk is no reason to end a worker.
    memory = Path("/dev/shm")  # noqa: S108
    in_memory = memory.is_dir() and os.access(memory, os.W_OK)
    host = f"[{env['HOST']}]" if ":" in env["HOST"] else env["HOST"]
    return Spec(
        "web",
        [
            *(sys.executable, "-m", "gunicorn", "clinic.wsgi:application"),
            *("--bind", f"{host}:{env['PORT']}"),
            *("--worker-class", "gthread"),
            *("--workers", str(WEB_WORKERS), "--threads", str(WEB_THREADS)),
            *("--timeout", "30", "--graceful-timeout", "8", "--log-level", "warning"),
            *(("--worker-tmp-dir", str(memory)) if in_memory else ()),
            *("--logger-class", "clinic.running.weblog.WebLogger"),
            "--no-control-socket",
        ],
        {**env, "DEQI_ROLE": "web"},
    )


def _worker(env: Mapping[str, str]) -> Spec:
    return Spec(
        "worker",
        [
            *(sys.executable, "-m", "celery", "--app", "clinic.celery", "worker"),
            *("--concurrency", str(WORKER_PROCESSES), "--loglevel", "WARNING"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ],
        {**env, "DEQI_ROLE": "worker"},
        # A mail that is being handed over may be finished: cutting it makes it unsure.
        end_orphans=False,
    )


def _beat(env: Mapping[str, str]) -> Spec:
    return Spec(
        "beat",
        [
            *(sys.executable, "-m", "celery", "--app", "clinic.celery", "beat"),
            # Our only entry is an interval: nothing needs to be remembered between starts.
            *("--scheduler", "celery.beat.Scheduler", "--pidfile", ""),
            *("--loglevel", "WARNING"),
        ],
        {**env, "DEQI_ROLE": "worker"},
        grace=3.0,
    )


def _inbox(env: Mapping[str, str], port: int) -> Spec:
    return Spec(
        "inbox",
        [sys.executable, "-m", "clinic.inbox.server", "--port", str(port)],
        dict(env),
        grace=3.0,
    )


def _nightly(env: Mapping[str, str]) -> Spec:
    return Spec(
        "backup",
        [sys.executable, "-m", "clinic.running.backups", "nightly"],
        {**env, "DEQI_ROLE": "owner"},
    )
