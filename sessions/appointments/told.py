"""What the diary tells the rooms below when they ask."""

from __future__ import annotations

from patients.intake.visits import Visit
from sessions.appointments.models import Appointment


def visit_of(appointment_id: int) -> Visit | None:
    """Return who expects the patient, and when; None when the visit no longer takes place."""
    found = (
        Appointment.objects.holding()
        .filter(pk=appointment_id)
        .values_list("practitioner__display_name", "starts_at")
        .first()
    )
    return Visit(*found) if found else None
