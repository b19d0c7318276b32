from __future__ import annotations

from django.apps import AppConfig


class FlaggedConfig(AppConfig):
    name = "sessions.flagged"
    label = "flagged"
    verbose_name = "Flags that were answered"
    default_auto_field = "django.db.models.BigAutoField"
