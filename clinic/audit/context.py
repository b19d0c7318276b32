"""Where an act comes from: request, session and address, kept for the length of one request."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True)
class Origin:
    """The request an act belongs to. The session is kept as a hash only."""

    request_id: uuid.UUID | None = None
    session_hash: str = ""
    address: str | None = None


_NOWHERE = Origin()
_origin: ContextVar[Origin] = ContextVar("deqi_origin", default=_NOWHERE)


def current() -> Origin:
    """Return the origin of the running request; an empty one in a process without requests."""
    return _origin.get()


class OriginMiddleware:
    """Remembers the origin while the request runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.session.session_key or ""
        token = _origin.set(
            Origin(
                request_id=getattr(request, "id", None),
                session_hash=hashlib.sha256(key.encode()).hexdigest() if key else "",
                address=request.META.get("REMOTE_ADDR") or None,
            )
        )
        try:
            return self.get_response(request)
        finally:
            _origin.reset(token)
