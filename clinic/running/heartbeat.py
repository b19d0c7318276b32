"""The worker says that it lives, every ten seconds, straight into PostgreSQL.

A thread of the worker's first process does it, so that it goes on while Redis is away and while
all children are busy. Whether ticks are really worked off is watched apart, by the outbox.
"""

from __future__ import annotations

import logging
import threading

from django.db import Error, connection

from clinic.kernel import clock
from clinic.outbox.models import Heartbeat

log = logging.getLogger(__name__)

EVERY_SECONDS = 10.0
_stopped = threading.Event()


def beat(name: str = "worker") -> None:
    """Write the present moment to the row called ``name``, and give the connection back.

    The connection is closed each time because the worker forks children: one that inherited it
    would end it for all of them.
    """
    try:
        Heartbeat.objects.update_or_create(name=name, defaults={"alive_at": clock.now()})
    finally:
        connection.close()


def start() -> None:
    """Start the thread. It ends with its process, or with ``stop``."""
    _stopped.clear()
    threading.Thread(target=_run, name="heartbeat", daemon=True).start()


def stop() -> None:
    """Let the thread end."""
    _stopped.set()


def _run() -> None:
    while True:
        try:
            beat()
        except Error as error:
            # PostgreSQL away: the page /readyz says so by itself, and we try again.
            log.warning("The worker could not say that it lives: %s", type(error).__name__)
        if _stopped.wait(EVERY_SECONDS):
            return
