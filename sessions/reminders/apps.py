from __future__ import annotations

from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "sessions.reminders"
    label = "reminders"
    verbose_name = "Reminders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the check-in and its planning known to the outbox.

        Imported here because models are not loaded before.
        """
        from clinic.outbox import kinds
        from sessions.reminders import intake_follow_up
        from sessions.reminders.check_in_mail import KIND
        from sessions.reminders.check_ins import plan

        kinds.register(KIND)
        kinds.planners.append(plan)
        kinds.register(intake_follow_up.KIND)
        kinds.planners.append(intake_follow_up.plan)
