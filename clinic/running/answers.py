"""Every answer has a number and stays out of the browser's memory; a failure says so, and says nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string

NUMBER = "X-Request-ID"


class AnswerMiddleware:
    """Outermost of all, so that answers of a middleware that failed are numbered too. ``request.id`` is the number."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4()  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers[NUMBER] = str(request.id)  # type: ignore[attr-defined]
        # What stands on a clinic's screen must not come back from a browser's memory after sign-out. Files of our
        # own say themselves how long they keep.
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def failed(request: HttpRequest) -> HttpResponse:
    """Say that something failed on our side, with the number that the log has too.

    The request is not given to the template: what it would look up (who is signed in) may be what failed.
    """
    page = render_to_string("500.html", {"failure_id": getattr(request, "id", "")})
    return HttpResponseServerError(page)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what could not be read: 413 for more than the house takes at once, else 400, in words."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)
