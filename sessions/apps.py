from __future__ import annotations

from django.apps import AppConfig


class TreatmentsConfig(AppConfig):
    name = "sessions"
    label = "treatments"
    verbose_name = "Treatment sessions"
    default_auto_field = "django.db.models.BigAutoField"
