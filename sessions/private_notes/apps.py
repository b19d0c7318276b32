from __future__ import annotations

from django.apps import AppConfig


class PrivateNotesConfig(AppConfig):
    name = "sessions.private_notes"
    label = "private_notes"
    verbose_name = "Private notes"
    default_auto_field = "django.db.models.BigAutoField"
