"""The visit as a calendar entry that is right on every phone and says nothing about health."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, Event, vText

from sessions.appointments.models import Appointment


def calendar_entry(*, appointment: Appointment, place: str, now: datetime) -> bytes:
    """Return an .ics file (RFC 5545) for a visit; ``place`` is the address to go to, or "".

    Times are in UTC: an instant needs no zone rules and stays right through both clock changes. The UID never
    changes and SEQUENCE grows with each move, so that a later file replaces this one. The summary is one word that
    anybody may read over a shoulder.
    """
    event = Event()
    event["uid"] = vText(f"{appointment.public_id}@{urlsplit(settings.BASE_URL).hostname}")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", appointment.starts_at.astimezone(UTC))
    event.add("dtend", appointment.ends_at.astimezone(UTC))
    event.add("summary", "Appointment")
    if place:
        event.add("location", place)
    event["class"] = vText("PRIVATE")
    event.add("status", "CONFIRMED")
    event.add("transp", "OPAQUE")
    calendar = Calendar()
    calendar.add("prodid", "-//Deqi//Deqi//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
