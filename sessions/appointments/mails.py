"""The confirmation of a visit: when, with whom, where, the calendar file and the link to the form, in one mail.

It names the clinic, the time and the place and nothing else: no service, no complaint, no word of health.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import CharField, Exists, OuterRef, Q, TextField, Value
from django.db.models.functions import Cast, Concat
from django.template.loader import render_to_string
from django.urls import reverse

from clinic.kernel import clinic_words, links
from clinic.outbox.kinds import Attachment, Kind, Mail, StillTrue
from clinic.outbox.models import OutgoingMessage
from clinic.practice.models import Practice
from patients.intake.models import QuestionnaireRequest
from patients.models import Patient
from sessions.appointments.calendar_file import calendar_entry
from sessions.appointments.models import Appointment

CONFIRMATION = "confirmation"
_KEY = "confirmation:mail:visit="
_KEPT_LINK = "[link]"


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


def render(message: OutgoingMessage, now: datetime) -> Mail:
    """Write the confirmation from the state of this moment. Raises DoesNotExist when the visit is gone."""
    practice = Practice.objects.get(id=1)
    visit = (
        Appointment.objects.select_related("patient", "practitioner", "room__location")
        .only(
            "public_id", "starts_at", "ends_at", "sequence", "patient", "practitioner", "room", "room__location",
            "practitioner__display_name", "patient__given_name", "patient__address_as", "room__location__address",
        )
        .get(pk=message.appointment_id or 0)
    )  # fmt: skip
    link = _intake_link(message)
    context = _words(practice, visit, now) | {"link": link}
    text = render_to_string("emails/confirmation-body.txt", context)
    place = ", ".join(_place(practice, visit))
    return Mail(
        subject=render_to_string("emails/confirmation-subject.txt", context).strip(),
        text=text,
        html=render_to_string("emails/confirmation-body.html", context),
        kept=text.replace(link, _KEPT_LINK) if link else text,
        attachments=(
            Attachment(
                "appointment.ics",
                calendar_entry(appointment=visit, place=place, now=now),
                "text/calendar; charset=utf-8",
            ),
        ),
    )


def _intake_link(message: OutgoingMessage) -> str:
    """Return the link to the form while it waits to be filled in, else ""."""
    live = (QuestionnaireRequest.State.OPEN, QuestionnaireRequest.State.BEGUN)
    request = QuestionnaireRequest.objects.filter(pk=message.subject_id or 0, state__in=live).first()
    if request is None:
        return ""
    token = links.make_token(purpose="intake", public_id=request.public_id, version=request.version)
    return settings.BASE_URL + reverse("intake:begin", args=[token])


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
        "practice": practice,
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


KIND = Kind(code=CONFIRMATION, title="Booking confirmation", render=render, still_true=still_true)
