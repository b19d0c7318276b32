from __future__ import annotations

from django.apps import AppConfig


class ContactConfig(AppConfig):
    name = "patients.contact"
    label = "contact"
    verbose_name = "Contact"
    default_auto_field = "django.db.models.BigAutoField"
