from __future__ import annotations

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "sessions.desk"
    label = "desk"
    verbose_name = "Front desk"
    default_auto_field = "django.db.models.BigAutoField"
