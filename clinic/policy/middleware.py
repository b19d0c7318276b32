"""Judges every request by the tag of its view, before the view runs: the role first, the record later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from clinic.policy.refusals import on_denied
from clinic.policy.tags import Tag

# Views of packages carry no tag of ours; each is named here with its cell, so that a new one fails closed.
FOREIGN_OPEN = ("allauth.", "django.contrib.staticfiles.", "django.views.static", "django.views.defaults")
FOREIGN_VIEWS: dict[str, Tag] = {prefix: Tag("public", why="sign-in, or a file of our own") for prefix in FOREIGN_OPEN}


def tag_of(view: Callable[..., Any]) -> Tag | None:
    """Return the policy tag of a view, or of the package it comes from; None when there is none."""
    tag = getattr(view, "policy", None) or getattr(getattr(view, "view_class", None), "policy", None)
    if isinstance(tag, Tag):
        return tag
    module = getattr(getattr(view, "view_class", view), "__module__", "")
    return next((tag for prefix, tag in FOREIGN_VIEWS.items() if module.startswith(prefix)), None)


class PolicyMiddleware:
    """403 for a view without a tag or a user without the role; the sign-in page for nobody in particular."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Judge the view that is about to run."""
        tag = tag_of(view)
        if tag is None:
            raise PermissionDenied("This page has no policy.")
        if tag.kind != "cell":
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not tag.allows(request.user.roles):
            for told in on_denied:
                told(request, tag)
            raise PermissionDenied
        return None
