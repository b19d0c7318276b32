"""What a restored database needs before anybody may use it. ``make restore`` calls it."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from clinic.kernel import clinic_words, clock
from clinic.outbox import held
from clinic.practice.models import Practice


class Command(BaseCommand):
    """Migrate and hand out rights, hold all mail back, and write a trace."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--database", required=True, help="the name of the database")
        parser.add_argument("--file", required=True, help="the name of the backup")
        parser.add_argument("--of", type=datetime.fromisoformat, help="when it was written")

    def handle(self, *args: Any, **options: Any) -> None:
        connection.close()
        connection.settings_dict["NAME"] = options["database"]
        loader = MigrationLoader(connection)
        newer = loader.applied_migrations.keys() - loader.disk_migrations.keys()
        if newer:
            app, name = min(newer)
            raise CommandError(f"The backup was made by a newer Deqi ({app} {name}): update Deqi first.")
        call_command("migrate", interactive=False, verbosity=0)
        practice = Practice.objects.filter(id=1).first()
        with timezone.override(practice.timezone if practice else "UTC"):
            written = options["of"]
            of = f" of {clinic_words.day_year(written)}, {clinic_words.time_of_day(written)}" if written else ""
        held.hold_after_restore(why=f"restored from {options['file']}{of}", now=clock.now())
