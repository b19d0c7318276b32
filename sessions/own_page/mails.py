"""The mail that brings the link to the own page alone. It names the clinic and nothing of health."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from clinic.outbox.kinds import Kind, Mail, StillTrue
from clinic.outbox.letters import write
from clinic.outbox.models import OutgoingMessage
from clinic.practice.models import Practice
from patients.contact.services import Purpose, Wanted, tokens_for
from patients.models import Patient

OWN_PAGE = "own-page"


def still_true(now: datetime) -> list[StillTrue]:
    """Return what must hold when the link leaves; uses only columns the worker may read."""
    people = Patient.objects.filter(pk=OuterRef("patient_id"))
    return [
        StillTrue(Q(Exists(people.filter(email=OuterRef("to_address")))), "the address was changed"),
        StillTrue(Q(Exists(people.filter(deceased_on__isnull=True))), "the patient has died"),
    ]


def gather(messages: Sequence[OutgoingMessage], now: datetime) -> dict[int, object]:
    """Make the links of a whole batch, and read how their patients are addressed: three statements."""
    wanted = {message.pk: _wanted(message) for message in messages}
    tokens = tokens_for(wanted.values(), now)
    people = Patient.objects.only("given_name", "address_as", "language").in_bulk(
        [message.patient_id or 0 for message in messages]
    )
    return {
        message.pk: (people[message.patient_id], tokens[wanted[message.pk]])
        for message in messages
        if message.patient_id in people and wanted[message.pk] in tokens
    }


def _wanted(message: OutgoingMessage) -> Wanted:
    return Wanted(message.patient_id or 0, Purpose.OWN_PAGE, message.to_address)


def render(message: OutgoingMessage, now: datetime) -> Mail:
    """Write the mail from the state of this moment. Raises LookupError when the patient is gone."""
    facts = message.gathered if isinstance(message.gathered, tuple) else gather([message], now).get(message.pk)
    if not isinstance(facts, tuple):
        raise LookupError(f"Message {message.pk} is for a patient who is not there.")
    patient, token = facts
    return write(
        OWN_PAGE,
        practice=message.practice or Practice.objects.get(id=1),
        context={
            "greeting_name": patient.address_as or patient.given_name,
            "link": settings.BASE_URL + reverse("own_page:open", args=[token]),
        },
    )


KIND = Kind(
    code=OWN_PAGE, title="Link to the own page", render=render, still_true=still_true, gather=gather, repeatable=True
)
