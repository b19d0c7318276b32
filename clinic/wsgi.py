"""The web process. It refuses to exist with unsafe settings."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from clinic.running.safety import refuse_unsafe

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
os.environ.setdefault("DEQI_ROLE", "web")

application = get_wsgi_application()
refuse_unsafe()
