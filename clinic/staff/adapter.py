"""How sign-in behaves here: no sign-up, and its mails leave through the outbox like every other."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from clinic.kernel import clock
from clinic.staff.forgotten import ask_for_link

log = logging.getLogger(__name__)

_RESET_MAILS = ("account/email/password_reset_key", "account/email/unknown_account")


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the owner's invitation only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themselves."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Plan the one mail that sign-in needs. No other can occur: what would send it is switched off.

        The token that stands in ``context`` is dropped: the mail gets a fresh one when it is rendered.
        """
        if template_prefix in _RESET_MAILS:
            ask_for_link(address=email, now=clock.now())
        else:
            log.warning("No such mail here: %s", template_prefix)
