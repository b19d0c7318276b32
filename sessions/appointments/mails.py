"""The mails of a visit: booked, changed, cancelled. When, with whom, where, the calendar file, the links, in one mail.

They name the clinic, the time and the place and nothing else: no service, no complaint, no word of health.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import CharField, Exists, OuterRef, Q, TextField, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.kernel import clinic_words, links
from clinic.outbox.kinds import Attachment, Kind, Mail, StillTrue
from clinic.outbox.letters import write
from clinic.outbox.models import OutgoingMessage
from clinic.practice.models import Practice
from patients.contact.services import Purpose, Wanted, tokens_for
from patients.intake.models import QuestionnaireRequest
from patients.models import Patient
from sessions.appointments import walltime
from sessions.appointments.calendar_file import calendar_entry
from sessions.appointments.models import Appointment

CONFIRMATION, CHANGE, CANCELLATION = "confirmation", "change", "cancellation"
_OFF = (Appointment.State.CANCELLED, Appointment.State.LATE_CANCELLED)


def key_of(kind: str, appointment: Appointment) -> str:
    """Return the key under which a kind tells of a visit once for each occurrence: moved on, it is told again."""
    return f"{kind}:mail:visit={appointment.pk}:seq={appointment.sequence}"


def confirmation_key(appointment: Appointment) -> str:
    """Return the key under which a visit is confirmed once for each time it is moved to."""
    return key_of(CONFIRMATION, appointment)


def _still_true(kind: str, now: datetime) -> list[StillTrue]:
    """Return what must hold when a mail of a visit leaves; uses only columns the worker may read."""
    visits = Appointment.objects.filter(pk=OuterRef("appointment_id"))
    key = Concat(Value(f"{kind}:mail:visit="), Cast("pk", TextField()), Value(":seq="), Cast("sequence", TextField()),
                 output_field=CharField())  # fmt: skip
    people = Patient.objects.filter(pk=OuterRef("patient_id"))
    stands = (
        StillTrue(Q(Exists(visits.filter(state__in=_OFF))), "the visit takes place after all")
        if kind == CANCELLATION
        else StillTrue(Q(Exists(visits.filter(state__in=Appointment.HOLDING))), "the visit is no longer booked")
    )
    return [
        stands,
        StillTrue(Q(Exists(visits.alias(key=key).filter(key=OuterRef("dedup_key")))), "the visit was moved"),
        StillTrue(Q(Exists(people.filter(email=OuterRef("to_address")))), "the address was changed"),
        StillTrue(
            Q(Exists(people.exclude(desk_facts__contains=[Patient.DeskFact.NO_EMAIL]))), "wants no e-mail: phone"
        ),
        StillTrue(Q(Exists(people.filter(deceased_on__isnull=True))), "the patient has died"),
    ]


@dataclass(frozen=True)
class Facts:
    """What one mail needs: the visit, the token of the form while it waits to be filled in, those of its own links."""

    visit: Appointment
    token: str
    visit_token: str = ""
    page_token: str = ""


def gather(messages: Sequence[OutgoingMessage], now: datetime) -> dict[int, object]:
    """Read the visits, forms and links of a whole batch, in four statements and with the worker's rights."""
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
    known = [(message, visits[message.appointment_id]) for message in messages if message.appointment_id in visits]
    tokens = tokens_for([link for message, visit in known for link in _links(message, visit)], now)
    facts: dict[int, object] = {}
    for message, visit in known:
        to_visit, to_page = (tokens.get(link, "") for link in _links(message, visit))
        facts[message.pk] = Facts(visit, _token(asked.get(message.subject_id or 0)), to_visit, to_page)
    return facts


def _links(message: OutgoingMessage, visit: Appointment) -> tuple[Wanted, Wanted]:
    """Name the two links of each mail: to this visit, and to the patient's own page."""
    whose, address = visit.patient_id, message.to_address
    return Wanted(whose, Purpose.VISIT, address, visit.pk), Wanted(whose, Purpose.OWN_PAGE, address)


def _token(request: QuestionnaireRequest | None) -> str:
    if request is None:
        return ""
    return links.make_token(purpose="intake", public_id=request.public_id, version=request.version)


def _render(kind: str, message: OutgoingMessage, now: datetime) -> Mail:
    """Write a mail of a visit from the state of this moment. Raises LookupError when the visit is gone."""
    facts = message.gathered if isinstance(message.gathered, Facts) else gather([message], now).get(message.pk)
    if not isinstance(facts, Facts):
        raise LookupError(f"Message {message.pk} speaks of a visit that is not there.")
    practice = message.practice or Practice.objects.get(id=1)
    place = _place(practice, facts.visit)
    entry = calendar_entry(
        appointment=facts.visit, place=", ".join(place), now=now, cancelled=kind == CANCELLATION,
        organizer=practice.reply_to or practice.mail_from,
    )  # fmt: skip
    return write(
        kind,
        practice=practice,
        context=words_of(practice, facts.visit, now)
        | {
            "link": address_of("intake:begin", facts.token),
            "visit_link": address_of("own_page:open", facts.visit_token),
            "page_link": address_of("own_page:open", facts.page_token),
        },
        attachments=[Attachment("appointment.ics", entry, "text/calendar")],
    )


def address_of(name: str, token: str) -> str:
    """Return the address of a link, built from the setting and never from a request; "" without a token."""
    return settings.BASE_URL + reverse(name, args=[token]) if token else ""


def _place(practice: Practice, visit: Appointment) -> list[str]:
    """Return the lines of the address: the location's own, else the practice's."""
    address = visit.room.location.address or practice.address
    return [line.strip() for line in address.splitlines() if line.strip()]


def words_of(practice: Practice, visit: Appointment, now: datetime) -> dict[str, object]:
    """Return what the templates say of a visit, with all times in the clinic's zone."""
    zone = ZoneInfo(practice.timezone)
    start = visit.starts_at.astimezone(zone)
    free_until = walltime.hours_before(visit.starts_at, practice.notice_hours, zone)
    minutes = round((visit.ends_at - visit.starts_at).total_seconds() / 60)
    at = clinic_words.time_of_day(start.time())
    with_whom = _("with {practitioner}, about {minutes} minutes")
    return {
        "greeting_name": visit.patient.address_as or visit.patient.given_name,
        "day": clinic_words.day_long(start.date()),
        "short_day": clinic_words.day(start.date()),
        "at": at,
        "title": f"{clinic_words.day_long(start.date())}, {at}",
        "practitioner": visit.practitioner.display_name,
        "minutes": minutes,
        "place": _place(practice, visit),
        "under": [
            with_whom.format(practitioner=visit.practitioner.display_name, minutes=minutes),
            *_place(practice, visit),
        ],
        "free_until": (
            f"{clinic_words.day(free_until.date())}, {clinic_words.time_of_day(free_until.time())}"
            if free_until > now
            else ""
        ),
    }


_TITLES = {CONFIRMATION: "Booking confirmation", CHANGE: "Change of a visit", CANCELLATION: "Cancellation of a visit"}
KINDS = tuple(
    Kind(
        code=code, title=title, render=partial(_render, code), still_true=partial(_still_true, code), gather=gather
    )
    for code, title in _TITLES.items()
)  # fmt: skip
