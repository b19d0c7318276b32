from __future__ import annotations

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "patients"
    label = "patients"
    verbose_name = "Patients"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let mails to patients be written in their language; imported here, since models are loaded by now."""
        from clinic.outbox import kinds
        from patients.services.registration import languages_of

        kinds.readers.append(languages_of)
