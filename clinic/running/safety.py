"""What no clinic may run with. Each finding is one sentence that says what to change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

SHORT_KEY = 32
_MUST_BE_ON = ("fsync", "synchronous_commit", "full_page_writes")


def unsafe_settings() -> list[str]:
    """Return a sentence for each unsafe setting; none with DEBUG on, which is for trying out."""
    if settings.DEBUG:
        return []
    found = []
    for name in ("SECRET_KEY", "LINK_KEY"):
        key = getattr(settings, name)
        if key == settings.DEFAULT_KEY:
            found.append(f"{name} is the default key that everybody knows: set a secret of your own.")
        elif len(key) < SHORT_KEY:
            found.append(f"{name} is too short: use at least {SHORT_KEY} characters.")
    if settings.SECRET_KEY == settings.LINK_KEY != settings.DEFAULT_KEY:
        found.append("SECRET_KEY and LINK_KEY are the same: use two different secrets.")
    if not settings.BASE_IS_HTTPS and not settings.BASE_IS_LOOPBACK:
        found.append(
            f"BASE_URL is {settings.BASE_URL}, without encryption: use an https address, "
            "patients' answers travel over it."
        )
    if any(host.strip() == "*" for host in settings.ALLOWED_HOSTS):
        found.append("ALLOWED_HOSTS holds *, which is any name: name the hosts of the clinic.")
    return found


def unsafe_database() -> list[str]:
    """Ask PostgreSQL, as the present connection, and return a sentence for each unsafe setting.

    A mail is an outside action: PostgreSQL's manual says not to use synchronous_commit off where
    outside actions rely on a commit.
    """
    found = []
    with connection.cursor() as cursor:
        for name in _MUST_BE_ON:
            cursor.execute("SELECT current_setting(%s)", [name])
            value = cursor.fetchone()[0]
            if value in ("off", "false", "no", "0"):
                found.append(
                    f"PostgreSQL runs with {name} off: switch it on, "
                    "or saved notes and mails can be lost in a power cut."
                )
    return found


def refuse_unsafe() -> None:
    """Raise ImproperlyConfigured with all sentences when a setting is unsafe."""
    found = unsafe_settings()
    if found:
        raise ImproperlyConfigured(" ".join(found))


@register(Tags.security, deploy=True)
def _deploy_check(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:
    return [Error(sentence, id="deqi.E001") for sentence in unsafe_settings()]
