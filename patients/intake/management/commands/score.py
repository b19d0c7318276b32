"""`manage.py score INSTRUMENT`: one JSON object of answers a line in, one JSON result a line out.

Pure: no database, no server. Refused lines keep exit code 0; an unknown instrument exits 2.
"""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from patients.intake.instruments import catalogue
from patients.intake.instruments.scoring import CHANGE_RULE, score

# Python refuses to read longer numbers (a guard against slow conversion); any such is out of range.
LONGEST_NUMBER = 400
BEYOND_EVERY_RANGE: int = 10**LONGEST_NUMBER


class Command(BaseCommand):
    """Scores answers from standard input; the result has the shape of scoring.score."""

    help = "Score answers: one JSON object a line on standard input, one JSON result a line out."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One argument, the code of the instrument."""
        parser.add_argument("instrument", help=f"one of {', '.join(catalogue.all_codes())}, {CHANGE_RULE}")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read lines until the input ends."""
        instrument: str = options["instrument"]
        if instrument != CHANGE_RULE and instrument not in catalogue.all_codes():
            raise CommandError(f"There is no instrument {instrument!r}.", returncode=2)
        try:
            for line in sys.stdin.buffer:
                self.stdout.write(json.dumps(result_of(instrument, line), allow_nan=False))
            self.stdout.flush()
        except BrokenPipeError:
            # the reader has seen enough (as `| head` does): let Python close a pipe that exists
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def result_of(instrument: str, line: bytes) -> dict[str, Any]:
    """The result of one line; whatever is no JSON object gives the error not_an_object."""
    try:
        answers = json.loads(line.decode("utf-8-sig"), parse_int=_whole_number)
    except (ValueError, RecursionError):
        return {"error": "not_an_object"}
    return score(instrument, answers) if isinstance(answers, dict) else {"error": "not_an_object"}


def _whole_number(digits: str) -> int:
    if len(digits) <= LONGEST_NUMBER:
        return int(digits)
    return -BEYOND_EVERY_RANGE if digits.startswith("-") else BEYOND_EVERY_RANGE
