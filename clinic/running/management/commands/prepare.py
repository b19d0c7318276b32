"""Bring the database to where the code is, before any other process starts."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from clinic.running.safety import unsafe_database, unsafe_settings

TRIES = 5
LOCK_NOT_AVAILABLE = "55P03"


class Command(BaseCommand):
    """Refuse what is unsafe, migrate as the owner, collect static files when asked."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--static", action="store_true", help="collect and hash static files")

    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse(unsafe_settings())
        try:
            connection.ensure_connection()
        except OperationalError as error:
            raise CommandError(f"PostgreSQL does not answer: {error}".strip()) from error
        self._refuse(unsafe_database())
        if options["static"]:
            call_command("collectstatic", interactive=False, verbosity=0)
        # The cache table first: migrate ends with the grants, which name it.
        call_command("createcachetable", verbosity=0)
        self._migrate()

    def _refuse(self, sentences: list[str]) -> None:
        if sentences:
            raise CommandError("\n".join(sentences))

    def _migrate(self) -> None:
        """Migrate; when a table is in use, give way and try again, so that nobody queues behind us."""
        for attempt in range(1, TRIES + 1):
            try:
                call_command("migrate", interactive=False, verbosity=0)
            except OperationalError as error:
                if getattr(error.__cause__, "pgcode", "") != LOCK_NOT_AVAILABLE:
                    raise
                if attempt == TRIES:
                    raise CommandError(
                        f"The database was too busy for the new tables, {TRIES} times: try again in a quiet minute."
                    ) from error
                time.sleep(1)
            else:
                return
