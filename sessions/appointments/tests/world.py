"""A small clinic for the tests of the diary: one practice, two practitioners, rooms, two services, weekly hours."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from clinic.practice.models import Location, Practice, Room, Service
from clinic.staff.models import Practitioner, User, WeeklyHours
from patients.models import Patient

ZONE = ZoneInfo("Europe/Berlin")
#: A Monday in winter time, 8:00 in Berlin.
NOW = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)
TODAY = date(2026, 11, 16)


def at(hour, minute=0, day=TODAY):
    """A moment of the clinic's wall clock."""
    return datetime.combine(day, time(hour, minute), tzinfo=ZONE).astimezone(UTC)


def a_user(name="Rosa", roles=("front-desk",), password=None):
    """Somebody who signs in."""
    return User.objects.create_user(
        f"{name.lower().split()[-1]}-{uuid.uuid4().hex[:6]}@mill.example", password, name=name, roles=list(roles),
        created_at=NOW,
    )  # fmt: skip


def a_practitioner(name="Dr. Mei-Ling Chen", weekdays=range(7), hours=((8, 18),), **fields):
    """Somebody who works from ``hours[0]`` to ``hours[1]``."""
    practitioner = Practitioner.objects.create(
        user=a_user(name, ("practitioner",)), display_name=name, licence="L-1", **fields
    )
    WeeklyHours.objects.bulk_create(
        WeeklyHours(practitioner=practitioner, weekday=day, opens=time(a), closes=time(b))
        for day in weekdays
        for a, b in hours
    )
    return practitioner


def a_patient(given="Greta", family="Lindqvist", email="greta@example.org", **fields):
    """Somebody receiving care."""
    fields.setdefault("birth_date", date(1961, 3, 12))
    return Patient.objects.create(given_name=given, family_name=family, email=email, created_at=NOW, **fields)


def a_clinic(rooms=2, **practice):
    """The practice with what booking needs."""
    Practice.objects.create(
        id=1,
        **{
            "name": "Clinic at the Old Mill", "country": "DE", "timezone": "Europe/Berlin", "phone": "+4930555014",
            "address": "14 Mill Lane\n12345 Berlin", "reply_to": "desk@mill.example", "opened_at": NOW,
            **practice,
        },
    )  # fmt: skip
    location = Location.objects.create(name="Mill", address="14 Mill Lane\n12345 Berlin")
    return SimpleNamespace(
        location=location,
        rooms=[Room.objects.create(location=location, name=f"Room {n}") for n in range(1, rooms + 1)],
        desk=a_user(),
        chen=a_practitioner(),
        first=Service.objects.create(
            name="First visit", settling_minutes=5, hands_on_start_minutes=45, resting_minutes=25,
            hands_on_end_minutes=10, turnover_minutes=5, first_visit=True,
        ),
        follow=Service.objects.create(
            name="Follow-up", settling_minutes=5, hands_on_start_minutes=10, resting_minutes=25,
            hands_on_end_minutes=5, turnover_minutes=5,
        ),
    )  # fmt: skip
