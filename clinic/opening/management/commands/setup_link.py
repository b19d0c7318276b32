"""Print the one-time link that opens a new clinic; nothing when the clinic has an owner already."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from clinic.kernel import clock
from clinic.staff.models import User
from clinic.staff.services import links


class Command(BaseCommand):
    """``Set-up: URL``, on a database without users."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists():
            return
        link = links.issue_set_up_link(now=clock.now())
        self.stdout.write(f"Set-up: {links.url_of(link)}")
