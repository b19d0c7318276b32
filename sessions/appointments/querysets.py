"""What is asked of the diary."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet

if TYPE_CHECKING:
    from patients.models import Patient
    from sessions.appointments.models import Appointment, HandsOn, RoomUse  # noqa: F401 - named in the base class

Stretch = tuple[datetime, datetime]


def _ends(during: DateTimeTZRange) -> Stretch:
    """Return both ends; the diary stores no stretch without them."""
    assert during.lower is not None
    assert during.upper is not None
    return during.lower, during.upper


class AppointmentQuerySet(QuerySet["Appointment"]):
    """Visits."""

    def starting_between(self, begins: datetime, ends: datetime) -> AppointmentQuerySet:
        """Visits that start from ``begins`` until just before ``ends``."""
        return self.filter(starts_at__gte=begins, starts_at__lt=ends)

    def holding(self) -> AppointmentQuerySet:
        """Visits that hold their practitioner and room: booked, confirmed, here or in treatment."""
        return self.filter(state__in=self.model.HOLDING)

    def ahead_of(self, patient: Patient, now: datetime) -> AppointmentQuerySet:
        """What a patient is booked for from now on, the next first, with service and practitioner."""
        expected = self.filter(patient=patient, starts_at__gte=now, state__in=("booked", "confirmed"))
        return expected.select_related("service", "practitioner").order_by("starts_at", "id")


class HandsOnQuerySet(QuerySet["HandsOn"]):
    """Stretches of a practitioner's hands."""

    def taken(self, practitioner_id: int, begins: datetime, ends: datetime) -> HandsOnQuerySet:
        """Held stretches of one practitioner that meet the window."""
        return self.filter(practitioner_id=practitioner_id, held=True, squeezed=False, during__overlap=(begins, ends))

    def stretches(self) -> list[Stretch]:
        """The bare stretches."""
        return [_ends(during) for during in self.values_list("during", flat=True)]


class RoomUseQuerySet(QuerySet["RoomUse"]):
    """Stretches of rooms."""

    def taken(self, begins: datetime, ends: datetime) -> RoomUseQuerySet:
        """Held stretches of any room that meet the window."""
        return self.filter(held=True, during__overlap=(begins, ends))

    def by_room(self) -> dict[int, list[Stretch]]:
        """The bare stretches of each room."""
        found: dict[int, list[Stretch]] = {}
        for room_id, during in self.values_list("room_id", "during"):
            found.setdefault(room_id, []).append(_ends(during))
        return found
