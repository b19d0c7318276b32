from __future__ import annotations

from django.apps import AppConfig


class HabitsConfig(AppConfig):
    name = "sessions.habits"
    label = "habits"
    verbose_name = "Needles and habits"
    default_auto_field = "django.db.models.BigAutoField"
