"""Gives each request its practice and activates the practice's zone. One small query."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from clinic.practice.models import Practice

#: Asked often and answered without knowing where we are: no query is spent on the practice.
WITHOUT_PRACTICE = ("/healthz", "/readyz", "/today/news/")


class PracticeMiddleware:
    """``request.practice`` is the practice, or None before the opening day."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in WITHOUT_PRACTICE or request.path.startswith("/static/"):
            return self.get_response(request)
        practice = Practice.objects.filter(id=1).first()
        request.practice = practice  # type: ignore[attr-defined]
        if practice is not None:
            timezone.activate(zoneinfo.ZoneInfo(practice.timezone))
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()
