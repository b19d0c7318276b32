from __future__ import annotations

from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    name = "sessions.appointments"
    label = "appointments"
    verbose_name = "Appointments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the mails of visits known to the outbox, and visits to the forms that precede them.

        Imported here because models are not loaded before.
        """
        from clinic.attention import people
        from clinic.outbox import kinds
        from patients.intake import visits
        from sessions.appointments.mails import KINDS
        from sessions.appointments.told import after_visit, visit_of, who_treats

        for kind in KINDS:
            kinds.register(kind)
        visits.register(visit_of)
        visits.register_after(after_visit)
        people.register(who_treats)
