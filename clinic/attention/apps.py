from __future__ import annotations

from django.apps import AppConfig


class AttentionConfig(AppConfig):
    name = "clinic.attention"
    label = "attention"
    verbose_name = "Attention"
    default_auto_field = "django.db.models.BigAutoField"
