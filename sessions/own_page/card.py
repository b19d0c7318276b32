"""The card of all dates in large print: for the fridge door, by the patient or the front desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import get_language

from clinic.practice.models import Practice
from patients.models import Patient
from sessions.appointments.models import Appointment

MOST_DATES = 40
#: A day in full words with its year, as each language writes it.
_FULL = {"en": "l j F Y", "es": r"l j \d\e F \d\e Y", "zh": "Y年n月j日l"}


@dataclass(frozen=True)
class Date:
    """One visit on the card: its day in full words, its moment, who is there."""

    day: str
    starts_at: datetime
    practitioner: str


@dataclass(frozen=True)
class Card:
    """Who comes, when, where to. Nothing of health stands on it."""

    name: str
    practice: Practice
    address: list[str]
    dates: list[Date]


def address_of(practice: Practice, visit: Appointment | None) -> list[str]:
    """Return the lines of where to go: the location's own, else the practice's."""
    address = (visit.room.location.address if visit else "") or practice.address
    return [line.strip() for line in address.splitlines() if line.strip()]


def card_of(patient: Patient, practice: Practice, now: datetime) -> Card:
    """Read the dates of a patient's visits ahead. One statement."""
    ahead = Appointment.objects.ahead_of(patient, now).select_related("room__location", "practitioner")
    visits = list(ahead[:MOST_DATES])
    pattern = _FULL.get((get_language() or "en").split("-")[0], _FULL["en"])
    dates = [
        Date(
            date_format(timezone.localtime(visit.starts_at), pattern), visit.starts_at, visit.practitioner.display_name
        )
        for visit in visits
    ]
    return Card(patient.full_name, practice, address_of(practice, visits[0] if visits else None), dates)
