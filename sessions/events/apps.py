from __future__ import annotations

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "sessions.events"
    label = "events"
    verbose_name = "Adverse events"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the list of tasks how ours are called; imported here, since models are loaded by now."""
        from clinic.attention import kinds
        from sessions.events.tasks_shown import KINDS

        for kind in KINDS:
            kinds.register(kind)
