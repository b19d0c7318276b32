"""Before the opening day is done, the house leads to it: owners to their next step, others to a word of patience."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from clinic.opening.views.pages import is_open
from clinic.policy.middleware import tag_of
from clinic.staff.services import users

_ALSO_BEFORE = frozenset({"mail_again", "mail_status"})
"""Pages of the settings that the opening day uses too."""


class OpeningMiddleware:
    """Costs nothing once the house is open: the practice is known by then."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Lead a page of the staff to the opening day, while that is not done."""
        # Where the practice is not looked up, somebody asks often and knows that the house is open.
        if not hasattr(request, "practice") or is_open(request):
            return None
        match = request.resolver_match
        name = (match.url_name or "") if match and match.namespace == "opening" else ""
        if name.startswith("step_") or name in _ALSO_BEFORE:
            return None
        tag = tag_of(view)
        if tag is None or tag.kind != "cell":
            return None
        if not request.user.is_authenticated and users.has_owner():
            return None  # the policy asks them to sign in
        return redirect("opening:home")
