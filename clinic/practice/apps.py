from __future__ import annotations

from django.apps import AppConfig


class PracticeConfig(AppConfig):
    name = "clinic.practice"
    label = "practice"
    verbose_name = "The practice"
    default_auto_field = "django.db.models.BigAutoField"
