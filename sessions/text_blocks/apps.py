from __future__ import annotations

from django.apps import AppConfig


class TextBlocksConfig(AppConfig):
    name = "sessions.text_blocks"
    label = "text_blocks"
    verbose_name = "Texts for notes"
    default_auto_field = "django.db.models.BigAutoField"
