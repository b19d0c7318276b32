"""Django's migrate, followed by the grants of the two working roles."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate

from clinic.kernel import grants


class Command(migrate.Command):
    """Migrate, then hand out rights: a new table is closed to web and worker until it is named."""

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        try:
            grants.apply()
        except LookupError as problem:
            raise CommandError(str(problem)) from problem
