"""When PostgreSQL does not answer: a calm page that keeps what was typed, and 503 for as long as it lasts."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from clinic.practice import languages

log = logging.getLogger(__name__)

SPEAK_FOR_THEMSELVES = ("/healthz", "/readyz", "/static/")
"""Pages that need no database, or say themselves that it is away."""

OF_PATIENTS = ("/i/", "/p/")
"""Pages behind links: they speak the language of their reader. The staff's are English."""

SECRETS = ("password", "code")
"""Words in the names of fields that no page gives back."""

SOON = "5"
"""Seconds after which a program may ask again."""


class AwayMiddleware:
    """Knocks before anybody asks, catches what breaks off meanwhile, and says so in words.

    The knock costs nothing: it is the connection's own check, which the first statement would make.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(SPEAK_FOR_THEMSELVES):
            return self.get_response(request)
        try:
            connection.close_if_health_check_failed()
            connection.ensure_connection()
        except OperationalError as trouble:
            return _try_again(request, trouble)
        response = self.get_response(request)
        # What fails in a middleware has been made a page of failure by now.
        if response.status_code == 500 and connection.errors_occurred and not connection.is_usable():
            return _try_again(request)
        return response

    def process_exception(self, request: HttpRequest, trouble: Exception) -> HttpResponse | None:
        """Answer for a view whose connection was cut, or who waited too long for a lock or a full disk."""
        return _try_again(request, trouble) if isinstance(trouble, OperationalError | InterfaceError) else None


class SessionMiddleware(DjangoSessionMiddleware):
    """Django's, which takes every session that cannot be stored for one that was ended meanwhile.

    Its page says that nothing was changed; but the view has stored what it had to store.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Store the session, or say "try again" when the database broke off."""
        try:
            return super().process_response(request, response)
        except SessionInterrupted as interrupted:
            not_stored = interrupted.__context__
            trouble = not_stored.__context__ if not_stored else None
            if isinstance(trouble, OperationalError | InterfaceError):
                return _try_again(request, trouble)
            raise


def _try_again(request: HttpRequest, trouble: Exception | None = None) -> HttpResponse:
    """Return the page. Whether the last step was stored may be unknown; forms of ours store it only once."""
    kind = type(trouble.__cause__ or trouble).__name__ if trouble else "in between"
    log.warning("PostgreSQL did not answer (%s)", kind)  # its own words may hold a row
    connection.close_if_unusable_or_obsolete()
    names = [] if request.method != "POST" else list(request.POST)
    secret = any(word in name.lower() for name in names for word in SECRETS)
    typed = [] if secret else [(name, value) for name in names for value in request.POST.getlist(name)]
    context = {"request": request, "typed": typed, "address": request.get_full_path(), "look": request.method != "POST"}
    # Without the processors of a request: they would ask the database who is there.
    with translation.override(_language(request)):
        page = render_to_string("503.html", context)
    return HttpResponse(page, status=503, headers={"Retry-After": SOON})


def _language(request: HttpRequest) -> str:
    if not request.path.startswith(OF_PATIENTS):
        return languages.ENGLISH
    return languages.with_customs(languages.of_device(request), "")
