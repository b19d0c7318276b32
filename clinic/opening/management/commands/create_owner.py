"""Print a one-time link that sets the password of an owner: a new one, or one who is an owner already."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from clinic.kernel import clock
from clinic.kernel.text_fields import read_email
from clinic.staff.services import links, users


class Command(BaseCommand):
    """``create_owner EMAIL``; whoever may run commands on the machine may open the house."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address the owner signs in with")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            link = users.owner_link(email=read_email(options["email"].strip()), now=clock.now())
        except ValidationError as unread:
            raise CommandError(" ".join(unread.messages)) from unread
        except users.Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(links.url_of(link))
