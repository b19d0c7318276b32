"""Gives each request its practice, the practice's zone, and the language of its answer. One small query."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from clinic.kernel.prepared import Prepared
from clinic.policy.middleware import tag_of
from clinic.practice import languages
from clinic.practice.models import Practice

#: Asked often and answered without knowing where we are: no query is spent on the practice.
WITHOUT_PRACTICE = ("/healthz", "/readyz", "/today/news/")


_PRACTICE = Prepared(lambda: Practice.objects.filter(id=1))


class PracticeMiddleware:
    """``request.practice`` is the practice, or None before the opening day."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in WITHOUT_PRACTICE or request.path.startswith("/static/"):
            return self.get_response(request)
        practice = _PRACTICE.first()
        request.practice = practice  # type: ignore[attr-defined]
        if practice is not None:
            timezone.activate(zoneinfo.ZoneInfo(practice.timezone))
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()


class LanguageMiddleware:
    """The house answers in English; a page behind a link in the language its view speaks, or the browser asks for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            response = self.get_response(request)
            if translation.get_language() != languages.ENGLISH:
                response.headers["Content-Language"] = translation.get_language() or languages.ENGLISH
            return response
        finally:
            translation.deactivate()

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        """Begin in the browser's language where a patient may be reading."""
        tag = tag_of(view)
        if tag is not None and tag.kind == "link":
            languages.speak(request, languages.asked_for(request))
