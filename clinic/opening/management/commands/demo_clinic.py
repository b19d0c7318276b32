"""Fill an empty try-out with a clinic in the middle of its day, and print who may sign in.

On a database with users that this command did not make it changes nothing and prints nothing.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from clinic.kernel import clock
from clinic.opening.demo import day, house
from clinic.running import tryout
from clinic.staff.models import User
from patients.models import Patient


class Command(BaseCommand):
    """Three lines: front desk, practitioner, owner, each with e-mail and password."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo clinic is for trying out: it is not made with DEBUG off.")
        passwords = tryout.passwords(settings.DATA_DIR)
        if not User.objects.exists() and not Patient.objects.exists():
            self._build(passwords)
        elif not self._is_ours():
            return
        for who, email in tryout.EMAILS.items():
            self.stdout.write(f"{who}: {email} {passwords[who]}")

    @transaction.atomic
    def _build(self, passwords: dict[str, str]) -> None:
        now = clock.now()
        built = house.build(passwords=passwords, now=now)
        day.fill(built, owner=User.objects.get(email=tryout.EMAILS[tryout.OWNER]), now=now)

    def _is_ours(self) -> bool:
        emails = set(tryout.EMAILS.values())
        return User.objects.filter(email__in=emails).count() == len(emails)
