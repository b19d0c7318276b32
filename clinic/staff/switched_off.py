"""Pages of allauth that this house does not have: addresses are changed by the owner, nobody signs up."""

from __future__ import annotations

from typing import NoReturn

from django.http import Http404, HttpRequest
from django.urls import path, re_path

from clinic.policy import policy


@policy.public("there is nothing here, for anybody")
def nothing_here(request: HttpRequest, **_: str) -> NoReturn:
    """Say that there is no such page."""
    raise Http404


urlpatterns = [
    path("signup/", nothing_here),
    path("email/", nothing_here),
    path("confirm-email/", nothing_here),
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", nothing_here),
]
