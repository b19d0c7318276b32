from __future__ import annotations

from django.apps import AppConfig


class ClockConfig(AppConfig):
    name = "sessions.clock"
    label = "clock"
    verbose_name = "Needle clocks"
    default_auto_field = "django.db.models.BigAutoField"
