"""Pages behind a link travel packed: the phone they are read on may have little network."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from clinic.policy.middleware import tag_of


class PackingMiddleware(GZipMiddleware):
    """Packs what patients read. Pages of staff are left alone: they stand on the clinic's own network.

    Django adds some random bytes, so that the size of a packed page tells nothing about the secrets in it.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Pack an answer of a view that is tagged as behind a link, when the browser says that it can unpack it."""
        match = getattr(request, "resolver_match", None)
        tag = tag_of(match.func) if match else None
        return super().process_response(request, response) if tag and tag.kind == "link" else response
