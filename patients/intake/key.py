"""The cookie that stands for an opened link: limited to /i/, signed, without the token.

It names the request and when the page was last used. It opens nothing by itself: each page asks the database
whether the request still lives.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

PATH = "/i/"
# Browsers keep a name with this prefix only when it came with Secure.
NAME = "__Secure-form" if settings.BASE_IS_HTTPS else "form"
SALT = "patients.intake.key"
IDLE = timedelta(minutes=60)
"""After so long without a page, reading on asks for the birth date again."""
KEPT = timedelta(hours=12)
"""So long a typed page can still be sent: what was written is not lost by a long pause."""


@dataclass(frozen=True)
class Key:
    """What the cookie says. ``known``: this device began the form, or gave the birth date."""

    request: uuid.UUID
    version: int
    known: bool
    used_at: datetime
    sent: bool = False

    def idle(self, now: datetime) -> bool:
        """Tell whether the page rested too long to show anything."""
        return now - self.used_at > IDLE


def read(request: HttpRequest, now: datetime) -> Key | None:
    """Return the key of this browser, or None when there is none, it was changed, or it is too old."""
    try:
        said = signing.loads(request.COOKIES.get(NAME, ""), salt=SALT)
        key = Key(
            uuid.UUID(said["r"]), int(said["v"]), bool(said["k"]), datetime.fromtimestamp(said["t"], UTC),
            bool(said.get("s")),
        )  # fmt: skip
    except (signing.BadSignature, KeyError, TypeError, ValueError, OverflowError):
        return None
    return key if now - key.used_at <= KEPT else None


def give(response: HttpResponse, key: Key, now: datetime) -> HttpResponse:
    """Put the key, used now, into the browser."""
    fresh = replace(key, used_at=now)
    said = {
        "r": fresh.request.hex, "v": fresh.version, "k": fresh.known, "t": int(now.timestamp()), "s": fresh.sent,
    }  # fmt: skip
    response.set_cookie(
        NAME, signing.dumps(said, salt=SALT), max_age=KEPT, path=PATH, httponly=True, samesite="Lax",
        secure=settings.BASE_IS_HTTPS,
    )  # fmt: skip
    return response
