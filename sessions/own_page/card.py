"""The card of all dates in large print: for the fridge door, by the patient or the front desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clinic.practice.models import Practice
from patients.models import Patient
from sessions.appointments.models import Appointment

MOST_DATES = 40


@dataclass(frozen=True)
class Card:
    """Who comes, when, where to. Nothing of health stands on it."""

    name: str
    practice: Practice
    address: list[str]
    visits: list[Appointment]


def address_of(practice: Practice, visit: Appointment | None) -> list[str]:
    """Return the lines of where to go: the location's own, else the practice's."""
    address = (visit.room.location.address if visit else "") or practice.address
    return [line.strip() for line in address.splitlines() if line.strip()]


def card_of(patient: Patient, practice: Practice, now: datetime) -> Card:
    """Read the dates of a patient's visits ahead. One statement."""
    ahead = Appointment.objects.ahead_of(patient, now).select_related("room__location", "practitioner")
    visits = list(ahead[:MOST_DATES])
    return Card(patient.full_name, practice, address_of(practice, visits[0] if visits else None), visits)
