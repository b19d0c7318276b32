"""Fill an empty try-out with a clinic in the middle of its day, and print who may sign in.

On a database with users that this command did not make it changes nothing and prints nothing.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from clinic.kernel import clock
from clinic.opening.demo import day, house
from clinic.running.files import write_private
from clinic.staff.models import User
from patients.models import Patient

_LETTERS = "abcdefghkmnpqrstuvwxyz23456789"
"""Without letters that look like others: these passwords are read from a terminal."""


class Command(BaseCommand):
    """Three lines: front desk, practitioner, owner, each with e-mail and password."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo clinic is for trying out: it is not made with DEBUG off.")
        passwords = self._passwords()
        if not User.objects.exists() and not Patient.objects.exists():
            self._build(passwords)
        elif not self._is_ours():
            return
        for who, email in house.EMAILS.items():
            self.stdout.write(f"{who}: {email} {passwords[who]}")

    def _passwords(self) -> dict[str, str]:
        """Return the passwords of this installation, made at random on the first start and kept beside the data."""
        path = settings.DATA_DIR / "demo.json"
        try:
            kept: dict[str, str] = json.loads(path.read_text())
        except (OSError, ValueError):
            kept = {}
        if not kept.keys() >= house.EMAILS.keys():
            kept = {who: _password() for who in house.EMAILS}
            settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
            write_private(path, json.dumps(kept))
        return kept

    @transaction.atomic
    def _build(self, passwords: dict[str, str]) -> None:
        now = clock.now()
        built = house.build(passwords=passwords, now=now)
        day.fill(built, owner=User.objects.get(email=house.EMAILS[house.OWNER]), now=now)

    def _is_ours(self) -> bool:
        emails = set(house.EMAILS.values())
        return User.objects.filter(email__in=emails).count() == len(emails)


def _password() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
