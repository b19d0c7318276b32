from __future__ import annotations

from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "clinic.staff"
    label = "staff"
    verbose_name = "Staff"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the outbox how the staff's mails are written."""
        from clinic.outbox import kinds
        from clinic.staff import forgotten, mails

        kinds.register(mails.KIND)
        kinds.register(forgotten.KIND)
