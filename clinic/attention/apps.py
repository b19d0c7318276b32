from __future__ import annotations

from django.apps import AppConfig


class AttentionConfig(AppConfig):
    name = "clinic.attention"
    label = "attention"
    verbose_name = "Attention"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the mail and its planning known to the outbox; imported here, since models are loaded by now."""
        from clinic.attention.mails import KIND
        from clinic.attention.planning import plan
        from clinic.outbox import kinds

        kinds.register(KIND)
        kinds.planners.append(plan)
