from __future__ import annotations

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "patients.intake"
    label = "intake"
    verbose_name = "Intake"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the rooms below how our mails and tasks are written; imported here, since models are loaded by now."""
        from clinic.attention import kinds as tasks
        from clinic.outbox import kinds as mails
        from patients.intake import asked_mail
        from patients.intake.mails import KIND
        from patients.intake.services.addresses import follow_address
        from patients.intake.tasks_shown import KINDS, unread
        from patients.services import registration

        mails.register(KIND)
        mails.register(asked_mail.KIND)
        for kind in KINDS:
            tasks.register(kind)
        tasks.register_unread(unread)
        registration.on_new_address.append(follow_address)
