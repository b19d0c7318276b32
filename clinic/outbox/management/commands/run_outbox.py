"""The worker without Celery and Redis: the same rounds, one after the other."""

from __future__ import annotations

import logging
import signal
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, close_old_connections

from clinic.kernel import clock
from clinic.outbox import rounds

log = logging.getLogger(__name__)

EVERY_SECONDS = 10.0
ROUND_SECONDS = 10.0
"""Shorter than with Celery: between two rounds it says that it lives, which may be at most a minute ago."""


class Command(BaseCommand):
    """Plan and send, until told to stop; with ``--once`` only what is due now."""

    help = "Send what is due, without Celery and Redis. --once: plan, send, and exit 1 when something failed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="send what is due now, then exit")

    def handle(self, *args: Any, **options: Any) -> None:
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        if options["once"]:
            self._once(stopped)
        while not options["once"] and not stopped.is_set():
            begun = time.monotonic()
            self._round(stopped)
            stopped.wait(max(0.0, EVERY_SECONDS - (time.monotonic() - begun)))

    def _once(self, stopped: threading.Event) -> None:
        try:
            tally = rounds.run(now=clock.now(), seconds=float("inf"), stop=stopped.is_set, says_alive=True)
        except DatabaseError as trouble:
            raise CommandError(f"The round broke off: {type(trouble).__name__}") from None
        self.stdout.write(f"{tally['sent']} sent, {tally['skipped']} skipped, {tally['delayed']} delayed")
        if tally["failed"] or tally["unsure"] or tally["unreachable"]:
            raise CommandError(f"{tally['failed']} failed, {tally['unsure']} unsure, {tally['delayed']} not sent")

    def _round(self, stopped: threading.Event) -> None:
        close_old_connections()
        try:
            rounds.run(now=clock.now(), seconds=ROUND_SECONDS, stop=stopped.is_set, says_alive=True)
        except DatabaseError as trouble:
            log.error("The round broke off: %s", type(trouble).__name__)
