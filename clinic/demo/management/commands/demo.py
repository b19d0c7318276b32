"""A demo clinic of any size: invented patients, years of courses, today's board."""

from __future__ import annotations

import signal
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from clinic.demo import house
from clinic.demo.assigning import TooFewPatients
from clinic.demo.courses import MOMENT, TooManySessions
from clinic.demo.days import ZONE
from clinic.demo.services import Refused, make_demo
from clinic.kernel import clock

LOCK_NOT_AVAILABLE = "55P03"
STOPPED = 130


class Command(BaseCommand):
    """Fill an empty database by COPY. The same arguments give the same data."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--patients", type=int, default=1_000)
        parser.add_argument("--sessions", type=int, default=20_000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--today", type=_day, default=None, help="YYYY-MM-DD, by default today")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo is for trying out: it runs with DEBUG=1 only, never in a real clinic.")
        try:
            with _term_as_interrupt():
                made = make_demo(
                    patients=options["patients"],
                    sessions=options["sessions"],
                    seed=options["seed"],
                    today=options["today"] or clock.today(ZONE.key),
                    at=MOMENT if options["today"] else _by_now(),
                    say=self._say,
                )
        except KeyboardInterrupt as stopped:
            raise CommandError("Stopped: nothing was changed.", returncode=STOPPED) from stopped
        except (Refused, TooFewPatients, TooManySessions) as refused:
            raise CommandError(str(refused)) from refused
        except OperationalError as error:
            if getattr(error.__cause__, "pgcode", "") == LOCK_NOT_AVAILABLE:
                raise CommandError("Somebody uses this clinic: stop `make run` first.") from error
            raise
        total = sum(made.rows.values())
        for table, rows in made.rows.items():
            self.stdout.write(f"{rows:>12,} {table}")
        self.stdout.write(f"{total:>12,} rows in {made.seconds:.0f} s")
        for who, email, password in house.logins():
            self.stdout.write(f"{who}: {email} {password}")

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()


@contextmanager
def _term_as_interrupt() -> Iterator[None]:
    """Let TERM end a block as Ctrl-C does: in order, with the embedded servers stopped at the end."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _by_now() -> time:
    """The board of today shows a morning, but never what is still to come."""
    now = clock.now().astimezone(ZONE).time()
    return min(MOMENT, now.replace(minute=now.minute // 5 * 5, second=0, microsecond=0))


def _day(text: str) -> date:
    return date.fromisoformat(text)
