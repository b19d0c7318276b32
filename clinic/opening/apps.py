from __future__ import annotations

from django.apps import AppConfig


class OpeningConfig(AppConfig):
    name = "clinic.opening"
    label = "opening"
    verbose_name = "Opening day"
    default_auto_field = "django.db.models.BigAutoField"
