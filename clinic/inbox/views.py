"""The local inbox in the browser. With DEBUG off these pages do not exist."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from clinic.inbox.box import Mail, mail, mails
from clinic.policy import policy

SHOWN = 200
NOT_PLAIN = re.compile(r"[^A-Za-z0-9 ._()+-]")
# A mail brings its own few styles; it may run nothing and fetch nothing. Links open outside of the frame.
FRAME_RULE = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def _for_trying_out(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.DEBUG:
            raise Http404
        return view(request, *args, **kwargs)

    return cast("View", guarded)


@policy.public("the local inbox of the try-out; 404 in a real clinic")
@require_safe
@_for_trying_out
def box(request: HttpRequest) -> HttpResponse:
    """All mails, newest first."""
    return render(request, "inbox/box.html", {"mails": mails(settings.INBOX_DIR, SHOWN), "shown": SHOWN})


@policy.public("the local inbox of the try-out; 404 in a real clinic")
@require_safe
@_for_trying_out
def as_json(request: HttpRequest) -> HttpResponse:
    """Id, recipient, subject and date of each mail, newest first."""
    found = [
        {"id": kept.id, "to": kept.to, "subject": kept.subject, "date": kept.date.isoformat()}
        for kept in mails(settings.INBOX_DIR)
    ]
    return JsonResponse(found, safe=False)


@policy.public("the local inbox of the try-out; 404 in a real clinic")
@require_safe
@_for_trying_out
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One mail: headers, text, HTML in a frame of its own, attachments."""
    return render(request, "inbox/mail.html", {"mail": _find(number)})


@policy.public("the local inbox of the try-out; 404 in a real clinic")
@require_safe
@_for_trying_out
def as_file(request: HttpRequest, number: int) -> HttpResponse:
    """The mail as it came."""
    return _download(_find(number).raw, "message/rfc822", f"{number}.eml")


@policy.public("the local inbox of the try-out; 404 in a real clinic")
@require_safe
@_for_trying_out
@xframe_options_sameorigin
def as_html(request: HttpRequest, number: int) -> HttpResponse:
    """The HTML of a mail, for the frame."""
    response = HttpResponse(_find(number).html)
    response.headers["Content-Security-Policy"] = FRAME_RULE
    return response


@policy.public("the local inbox of the try-out; 404 in a real clinic")
@require_safe
@_for_trying_out
def attachment(request: HttpRequest, number: int, part: int) -> HttpResponse:
    """One attachment, to be saved."""
    for found in _find(number).attachments:
        if found.number == part:
            return _download(found.content, found.content_type, found.name)
    raise Http404


def _find(number: int) -> Mail:
    found = mail(settings.INBOX_DIR, number)
    if found is None:
        raise Http404
    return found


def _download(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    plain = NOT_PLAIN.sub("_", name)
    response.headers["Content-Disposition"] = f'attachment; filename="{plain}"'
    return response
