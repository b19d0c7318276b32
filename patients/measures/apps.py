from __future__ import annotations

from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    name = "patients.measures"
    label = "measures"
    verbose_name = "Measures"
    default_auto_field = "django.db.models.BigAutoField"
