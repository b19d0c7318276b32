"""The confirmation of a visit: when, with whom, where, the calendar file and the link to the form, in one mail.

It names the clinic, the time and the place and nothing else: no service, no complaint, no word of health.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import CharField, Exists, OuterRef, Q, TextField, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from clinic.kernel import clinic_words, links
from clinic.outbox.kinds import Attachment, Kind, Mail, StillTrue
from clinic.outbox.letters import write
from clinic.outbox.models import OutgoingMessage
from clinic.practice.models import Practice
from patients.intake.models import QuestionnaireRequest
from patients.models import Patient
from sessions.appointments.calendar_file import calendar_entry
from sessions.appointments.models import Appointment

CONFIRMATION = "confirmation"
_KEY = "confirmation:mail:visit="


def confirmation_key(appointment: Appointment) -> str:
    """Return the key under which a visit is confirmed once for each time it is moved to."""
    return f"{_KEY}{appointment.pk}:seq={appointment.sequence}"


def still_true(now: datetime) -> list[StillTrue]:
    """Return what must hold when the confirmation leaves; uses only columns the worker may read."""
    visits = Appointment.objects.filter(pk=OuterRef("appointment_id"))
    key = Concat(Value(_KEY), Cast("pk", TextField()), Value(":seq="), Cast("sequence", TextField()),
                 output_field=CharField())  # fmt: skip
    people = Patient.objects.filter(pk=OuterRef("patient_id"))
    return [
        StillTrue(Q(Exists(visits.filter(state__in=Appointment.HOLDING))), "the visit is no longer booked"),
        StillTrue(Q(Exists(visits.alias(key=key).filter(key=OuterRef("dedup_key")))), "the visit was moved"),
        StillTrue(Q(Exists(people.filter(email=OuterRef("to_address")))), "the address was changed"),
        StillTrue(
            Q(Exists(people.exclude(desk_facts__contains=[Patient.DeskFact.NO_EMAIL]))), "wants no e-mail: phone"
        ),
        StillTrue(Q(Exists(people.filter(deceased_on__isnull=True))), "the patient has died"),
    ]


@dataclass(frozen=True)
class Facts:
    """What one confirmation needs: the visit, and the token of the form while it waits to be filled in."""

    visit: Appointment
    token: str


def gather(messages: Sequence[OutgoingMessage], now: datetime) -> dict[int, object]:
    """Read the visits and forms of a whole batch, in two statements and only in columns the worker may read."""
    visits = (
        Appointment.objects.select_related("patient", "practitioner", "room__location")
        .only(
            "public_id", "starts_at", "ends_at", "sequence", "patient", "practitioner", "room", "room__location",
            "practitioner__display_name", "patient__given_name", "patient__address_as", "room__location__address",
        )
        .in_bulk([message.appointment_id for message in messages])
    )  # fmt: skip
    live = (QuestionnaireRequest.State.OPEN, QuestionnaireRequest.State.BEGUN)
    asked = QuestionnaireRequest.objects.filter(state__in=live).in_bulk([message.subject_id for message in messages])
    return {
        message.pk: Facts(visits[message.appointment_id], _token(asked.get(message.subject_id or 0)))
        for message in messages
        if message.appointment_id in visits
    }


def _token(request: QuestionnaireRequest | None) -> str:
    if request is None:
        return ""
    return links.make_token(purpose="intake", public_id=request.public_id, version=request.version)


def render(message: OutgoingMessage, now: datetime) -> Mail:
    """Write the confirmation from the state of this moment. Raises LookupError when the visit is gone."""
    facts = message.gathered if isinstance(message.gathered, Facts) else gather([message], now).get(message.pk)
    if not isinstance(facts, Facts):
        raise LookupError(f"Message {message.pk} speaks of a visit that is not there.")
    practice = message.practice or Practice.objects.get(id=1)
    place = _place(practice, facts.visit)
    entry = calendar_entry(appointment=facts.visit, place=", ".join(place), now=now)
    return write(
        "confirmation",
        practice=practice,
        context=_words(practice, facts.visit, now)
        | {"link": settings.BASE_URL + reverse("intake:begin", args=[facts.token]) if facts.token else ""},
        attachments=[Attachment("appointment.ics", entry, "text/calendar")],
    )


def _place(practice: Practice, visit: Appointment) -> list[str]:
    """Return the lines of the address: the location's own, else the practice's."""
    address = visit.room.location.address or practice.address
    return [line.strip() for line in address.splitlines() if line.strip()]


def _words(practice: Practice, visit: Appointment, now: datetime) -> dict[str, object]:
    """Return what the three templates say, with all times in the clinic's zone."""
    zone = ZoneInfo(practice.timezone)
    start = visit.starts_at.astimezone(zone)
    # The clock's reading a number of hours before, as people count: the same time on the day before for 24.
    free_until = (start.replace(tzinfo=None) - timedelta(hours=practice.notice_hours)).replace(tzinfo=zone)
    minutes = round((visit.ends_at - visit.starts_at).total_seconds() / 60)
    at = clinic_words.time_of_day(start.time())
    return {
        "greeting_name": visit.patient.address_as or visit.patient.given_name,
        "day": clinic_words.day_long(start.date()),
        "short_day": clinic_words.day(start.date()),
        "at": at,
        "title": f"{clinic_words.day_long(start.date())}, {at}",
        "practitioner": visit.practitioner.display_name,
        "minutes": minutes,
        "place": _place(practice, visit),
        "under": [f"with {visit.practitioner.display_name}, about {minutes} minutes", *_place(practice, visit)],
        "free_until": (
            f"{clinic_words.day(free_until.date())}, {clinic_words.time_of_day(free_until.time())}"
            if free_until > now
            else ""
        ),
    }


KIND = Kind(code=CONFIRMATION, title="Booking confirmation", render=render, still_true=still_true, gather=gather)
