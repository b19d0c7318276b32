"""The visit as a calendar entry that is right on every phone and says nothing about health."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vText

from sessions.appointments.models import Appointment


def calendar_entry(
    *, appointment: Appointment, place: str, now: datetime, cancelled: bool = False, organizer: str = ""
) -> bytes:
    """Return an .ics file (RFC 5545) for a visit; ``place`` is the address to go to, or "".

    Times are in UTC: an instant needs no zone rules and stays right through both clock changes. The UID never
    changes and SEQUENCE grows with each move, so that a later file replaces this one. The summary is one word that
    anybody may read over a shoulder. ``organizer`` is the clinic's address. A cancelled visit is taken out of the
    calendar again (METHOD:CANCEL, its SEQUENCE one higher, RFC 5546).
    """
    calendar = _calendar("CANCEL" if cancelled else "PUBLISH")
    calendar.add_component(_event(appointment, place=place, now=now, cancelled=cancelled, organizer=organizer))
    return bytes(calendar.to_ical())


def calendar_of(*, visits: Iterable[Appointment], place: str, now: datetime, organizer: str = "") -> bytes:
    """Return one .ics file for several visits that take place; the same entries as their mails brought."""
    calendar = _calendar("PUBLISH")
    for visit in visits:
        calendar.add_component(_event(visit, place=place, now=now, cancelled=False, organizer=organizer))
    return bytes(calendar.to_ical())


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Deqi//Deqi//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _event(visit: Appointment, *, place: str, now: datetime, cancelled: bool, organizer: str) -> Event:
    event = Event()
    event["uid"] = vText(f"{visit.public_id}@{urlsplit(settings.BASE_URL).hostname}")
    event.add("sequence", visit.sequence + cancelled)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", visit.starts_at.astimezone(UTC))
    event.add("dtend", visit.ends_at.astimezone(UTC))
    event.add("summary", _("Appointment"))
    if place:
        event.add("location", place)
    if organizer:
        event.add("organizer", f"mailto:{organizer}")
    event["class"] = vText("PRIVATE")
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE")
    return event
