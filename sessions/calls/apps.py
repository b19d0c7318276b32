from __future__ import annotations

from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "sessions.calls"
    label = "calls"
    verbose_name = "Phone list"
    default_auto_field = "django.db.models.BigAutoField"
