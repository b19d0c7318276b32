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

from clinic.practice import languages

PATH = "/i/"
# Browsers keep a name with this prefix only when it came with Secure.
NAME = "__Secure-form" if settings.BASE_IS_HTTPS else "form"
SALT = "patients.intake.key"
IDLE = timedelta(minutes=60)
"""After so long without a page, reading on asks for the birth date again."""
IDLE_ON_TABLET = timedelta(minutes=10)
"""On a device of the clinic the form ends after so long: the next person holds it."""
KEPT = timedelta(hours=12)
"""So long a typed page can still be sent: what was written is not lost by a long pause."""


@dataclass(frozen=True)
class Key:
    """What the cookie says. ``known``: this device began the form, or gave the birth date.

    ``tablet``: a device of the clinic that a patient holds; ``ended`` when nobody's form is open on it any more.
    ``handed_at`` and ``first``: since when, and from which page on it may show what is saved. What was answered before,
    elsewhere, is not for whoever handed it over.
    """

    request: uuid.UUID
    version: int
    known: bool
    used_at: datetime
    sent: bool = False
    tablet: bool = False
    ended: bool = False
    first: int = 0
    handed_at: datetime | None = None

    def idle(self, now: datetime) -> bool:
        """Tell whether the page rested too long to show anything."""
        return now - self.used_at > (IDLE_ON_TABLET if self.tablet else IDLE)

    def may_show(self, saved_at: datetime) -> bool:
        """Tell whether what was saved then may be shown: on a device of the clinic only what was typed there."""
        return not self.tablet or self.handed_at is None or saved_at >= self.handed_at

    @property
    def is_over(self) -> bool:
        """Whether it opens no form any more: handed in, or given back."""
        return self.sent or self.ended


@dataclass(frozen=True)
class Place:
    """Where a key is kept: the cookie's name, the addresses it is limited to, the salt of its signature."""

    name: str
    path: str
    salt: str


FORMS = Place(NAME, PATH, SALT)


def read(request: HttpRequest, now: datetime, place: Place = FORMS) -> Key | None:
    """Return the key of this browser, or None when there is none, it was changed, or it is too old."""
    try:
        said = signing.loads(request.COOKIES.get(place.name, ""), salt=place.salt)
        key = Key(
            uuid.UUID(said["r"]), int(said["v"]), bool(said["k"]), datetime.fromtimestamp(said["t"], UTC),
            bool(said.get("s")), bool(said.get("d")), bool(said.get("e")), int(said.get("f", 0)),
            datetime.fromtimestamp(said["h"], UTC) if said.get("h") else None,
        )  # fmt: skip
    except (signing.BadSignature, KeyError, TypeError, ValueError, OverflowError):
        return None
    return key if now - key.used_at <= KEPT else None


def give(response: HttpResponse, key: Key, now: datetime, place: Place = FORMS) -> HttpResponse:
    """Put the key, used now, into the browser."""
    fresh = replace(key, used_at=now)
    said = {
        "r": fresh.request.hex, "v": fresh.version, "k": fresh.known, "t": int(now.timestamp()), "s": fresh.sent,
        "d": fresh.tablet, "e": fresh.ended, "f": fresh.first,
        "h": int(fresh.handed_at.timestamp()) if fresh.handed_at else 0,
    }  # fmt: skip
    response.set_cookie(
        place.name, signing.dumps(said, salt=place.salt), max_age=KEPT, path=place.path, httponly=True, samesite="Lax",
        secure=settings.BASE_IS_HTTPS,
    )  # fmt: skip
    # Read while the database is away, when nobody can be looked up.
    response.set_cookie(
        languages.COOKIE, languages.active(), max_age=KEPT, path=place.path, httponly=True, samesite="Lax",
        secure=settings.BASE_IS_HTTPS,
    )  # fmt: skip
    return response


def give_back(response: HttpResponse, now: datetime) -> HttpResponse:
    """Leave on a device of the clinic a key that opens nothing and names nobody, and empty the browser's memory."""
    give(response, Key(uuid.UUID(int=0), 0, known=False, used_at=now, tablet=True, ended=True), now)
    response.delete_cookie(languages.COOKIE, path=PATH, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
