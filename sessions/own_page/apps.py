from __future__ import annotations

from django.apps import AppConfig


class OwnPageConfig(AppConfig):
    name = "sessions.own_page"
    label = "own_page"
    verbose_name = "Own page"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the mail with the link and the nightly forgetting known; models are not loaded before."""
        from clinic.outbox import kinds
        from sessions.own_page import forgetting
        from sessions.own_page.mails import KIND

        kinds.register(KIND)
        kinds.planners.append(forgetting.plan)
