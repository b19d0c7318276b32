"""A forgotten password: whoever asks gets the same answer, and only a stored address gets a mail.

Asking writes one row and looks nothing up, so that an address with an account and one without cost the same and leave
the same. Whether there is an account is found out when the mail would leave; the link is made then, too.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse

from clinic.kernel import clock
from clinic.outbox import letters
from clinic.outbox import services as outbox
from clinic.outbox.kinds import Kind, Mail, StillTrue
from clinic.outbox.models import OutgoingMessage
from clinic.staff.models import User

CODE = "password-reset"
GOOD_FOR = timedelta(hours=2)
"""A link that comes later than this would surprise whoever asked for it."""


def ask_for_link(*, address: str, now: datetime) -> OutgoingMessage:
    """Plan the mail with the link, whether or not ``address`` has an account; asking twice in a minute plans one."""
    # Letters beyond ASCII could fold onto others (Kelvin sign): they stay as they are and match nobody.
    folded = address.strip().lower() if address.isascii() else address.strip()
    who = hashlib.sha256(folded.encode("utf-8", "replace")).hexdigest()[:32]
    return outbox.enqueue(
        kind=CODE,
        dedup_key=f"{CODE}:mail:{who}:{now:%Y%m%dT%H%M}",
        to_address=folded,
        not_before=now,
        not_after=now + GOOD_FOR,
        now=now,
        priority=1,
    )


class ResetTokens(PasswordResetTokenGenerator):
    """Tokens that end with the password, the sign-in or the day, and need no password hash to be made."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        signed_in = user.last_login.replace(microsecond=0, tzinfo=None) if user.last_login else ""
        return f"{user.pk}{user.password_stamp}{signed_in}{timestamp}{user.email}"

    def _now(self) -> datetime:
        return clock.now().replace(tzinfo=None)


def still_true(now: datetime) -> list[StillTrue]:
    """Return what must hold when the link leaves."""
    return [StillTrue(Q(Exists(_people().filter(folded=OuterRef("to_address")))), "no account")]


def render(message: OutgoingMessage, now: datetime) -> Mail:
    """Write the mail with a fresh link. Raises DoesNotExist when the account is gone."""
    user = (
        _people()
        .only("id", "email", "name", "last_login", "password_stamp")  # all that the worker may read of it
        .get(folded=message.to_address)
    )
    where = {"uidb36": user_pk_to_url_str(user), "key": ResetTokens().make_token(user)}
    link = settings.BASE_URL + reverse("account_reset_password_from_key", kwargs=where)
    return letters.write(CODE, practice=message.practice, context={"name": user.name, "link": link})


def _people() -> QuerySet[Any]:
    return User.objects.filter(is_active=True).alias(folded=Lower("email"))


KIND = Kind(code=CODE, title="Link for a new password", render=render, still_true=still_true, repeatable=True)
