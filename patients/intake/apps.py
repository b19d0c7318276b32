from __future__ import annotations

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "patients.intake"
    label = "intake"
    verbose_name = "Intake"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the rooms below how our mails and tasks are written; imported here, since models are loaded by now."""
        from clinic.attention import kinds as tasks  # noqa: PLC0415
        from clinic.outbox import kinds as mails  # noqa: PLC0415
        from patients.intake.mails import KIND  # noqa: PLC0415
        from patients.intake.tasks_shown import KINDS  # noqa: PLC0415

        mails.register(KIND)
        for kind in KINDS:
            tasks.register(kind)
