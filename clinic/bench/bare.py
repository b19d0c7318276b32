"""The bare view: Django without middleware, session or database. It tells how even the machine is.

Settings, addresses and view in one file.
"""

from __future__ import annotations

import os

from django.http import HttpRequest, HttpResponse
from django.urls import path

SECRET_KEY = os.environ.get("SECRET_KEY") or "the bare view signs nothing"
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "clinic.bench.bare"
MIDDLEWARE: list[str] = []
INSTALLED_APPS: list[str] = []
USE_TZ = True


def bare(request: HttpRequest) -> HttpResponse:
    """Answer two letters."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [path("bare", bare)]
