"""What a second window sends for a form that was handed in meanwhile: kept beside it, for the practitioner to see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from clinic.kernel import clock
from patients.intake import key, querysets, services
from patients.intake.forms import StepFacts, StepForm


def kept_when_late(
    forms: Mapping[int, type[StepForm]],
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let a page of the form, sent after the form itself, be kept as a second version; ``forms`` read the pages."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def watched(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
            step = options.get("step")
            response = view(request, *args, **options)
            was_closed = response.status_code == 404 or response.headers.get("Location") == "/i/sent/"
            if request.method == "POST" and was_closed and isinstance(step, int) and _keep(request, step, forms):
                return redirect("intake:sent")
            return response

        return watched

    return decorate


def _keep(request: HttpRequest, step: int, forms: Mapping[int, type[StepForm]]) -> bool:
    """Keep it when this browser had the form open and it differs from what was handed in.

    The cookie opens nothing any more, and nothing is written over.
    """
    now = clock.now()
    mine, kind = key.read(request, now), forms.get(step)
    if mine is None or mine.ended or not mine.known or kind is None:
        return False
    asked = querysets.handed_in_whole(mine.request, mine.version)
    if asked is None:
        return False
    country = getattr(getattr(request, "practice", None), "country", "")
    form = kind(request.POST, facts=StepFacts(request=asked, country=country, today=timezone.localdate(now)))
    form.is_valid()
    return services.keep_late(request=asked, step=step, answers=form.so_far(), now=now)
