from __future__ import annotations

from django.apps import AppConfig


class OpeningConfig(AppConfig):
    name = "clinic.opening"
    label = "opening"
    verbose_name = "Opening day"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the outbox how the test mail is written."""
        from clinic.opening import mails
        from clinic.outbox import kinds

        kinds.register(mails.KIND)
