"""The web process. It refuses to exist with unsafe settings or with a broken table of addresses."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from clinic.running.safety import refuse_unsafe

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
os.environ.setdefault("DEQI_ROLE", "web")

application = get_wsgi_application()
refuse_unsafe()
# Django would read the addresses with the first request, and that request would wait for all imports.
assert get_resolver().url_patterns
