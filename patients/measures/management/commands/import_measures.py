"""`manage.py import_measures FILE [--map 'Column=field'] [--dates dmy|mdy|ymd] [--dry-run]`: measured values in.

Prints one JSON object: rows, created, recognised, refused (row, column, problem; the header is row 1), mapping, dates.
Anything refused: exit code 1, and nothing is stored. A file that cannot be opened exits 2.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic.kernel import clock
from patients.measures.importing import run
from patients.measures.importing.days import ORDERS


class Command(BaseCommand):
    """Imports measured values, all of them or none."""

    help = "Import measured values: columns patient, measure, date (with its time if any), value."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV file; its first row names the columns")
        parser.add_argument("--map", action="append", default=[], metavar="'Column=field'", help="which column is what")
        parser.add_argument("--dates", choices=ORDERS, help="how days are written, when the file does not show it")
        parser.add_argument("--dry-run", action="store_true", help="look at everything, store nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the file, import it, print what came of it."""
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as problem:
            raise CommandError(f"{path} cannot be read: {problem.strerror}.", returncode=2) from problem
        outcome = run(
            content=content, maps=options["map"], dates=options["dates"], dry_run=options["dry_run"], now=clock.now()
        )
        self.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False))
        if outcome.refused:
            sys.exit(1)
