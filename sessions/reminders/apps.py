from __future__ import annotations

from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "sessions.reminders"
    label = "reminders"
    verbose_name = "Reminders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the reminders and their planning known to the outbox, and what is called when a mail may not go.

        Imported here because models are not loaded before.
        """
        from clinic.outbox import kinds
        from sessions.calls import kinds as calls
        from sessions.reminders import (
            after_care,
            course_end,
            course_end_mail,
            intake_follow_up,
            last_reminder,
            last_reminder_mail,
            unsigned_notes,
        )
        from sessions.reminders.check_in_mail import KIND
        from sessions.reminders.check_ins import plan

        own = (last_reminder_mail.KIND, course_end_mail.KIND, KIND, intake_follow_up.KIND, after_care.KIND)
        for kind in (*own, unsigned_notes.KIND):
            kinds.register(kind)
        for call in (last_reminder_mail.CALL, after_care.CALL):
            calls.register(call)
        # The reminder and the end of a course go first: what they ask is not asked between sessions.
        first = (last_reminder.plan, course_end.plan)
        kinds.planners.extend((*first, plan, intake_follow_up.plan, after_care.plan, unsigned_notes.plan))
