"""Names of one letter and of two hundred, in any script: created, found, booked, mailed, shown."""

from __future__ import annotations

import uuid
from email import message_from_bytes
from email.policy import default
from html import unescape

import pytest
import time_machine

from clinic.outbox import kinds
from clinic.outbox.letters import compose
from clinic.outbox.models import OutgoingMessage
from clinic.practice.models import Practice
from patients.models import Patient
from sessions.appointments.models import Appointment
from sessions.appointments.tests.world import NOW, a_clinic
from sessions.models import TreatmentSession

pytestmark = pytest.mark.django_db

NAMES = [
    ("O", "", "O"),
    ("李", "王", "王"),
    ("Ł" * 200, "ß" * 200, "l" * 20),
    ("O'Brien-Ó Súilleabháin", "Null", "suilleabhain"),
    ("<b>", "{{7*7}}", "{{7*7}}"),
    ("Ngọc Ánh", "👩🏽‍⚕️", "ngoc anh"),
    ("ﷴ", "محمد", "محمد"),
]


@pytest.mark.parametrize(("given", "family", "typed"), NAMES, ids=[str(number) for number in range(len(NAMES))])
def test_a_name_goes_the_whole_way(client, in_role, given, family, typed):
    with time_machine.travel(NOW, tick=False):
        clinic = a_clinic()
        client.force_login(clinic.desk)
        answer = client.post(
            "/visits/new/",
            {
                "form_token": str(uuid.uuid4()), "given_name": given, "family_name": family, "birth_date_day": "12",
                "birth_date_month": "3", "birth_date_year": "1961", "email": "a@mail.example", "phone": "",
                "service": str(clinic.first.public_id), "practitioner": str(clinic.chen.public_id),
                "day": "2026-11-16", "start": "", "time": "11:50", "room": "", "open_course": "on", "sessions": "8",
                "end": "1",
            },
        )  # fmt: skip
        patient = Patient.objects.get()
        assert answer.status_code == 302
        assert (patient.given_name, patient.family_name) == (given, family)

        full = patient.full_name
        for address in (f"/patients/?q={typed}", "/today/", f"/patients/{patient.public_id}/", "/reminders/"):
            assert full in unescape(client.get(address).content.decode()), address

        message = OutgoingMessage.objects.get()
        with in_role("worker"):
            kind = kinds.get(message.kind)
            message.practice = Practice.objects.get()
            message.gathered = kind.gather([message], NOW) if kind.gather else None
            mail = kind.render(message, NOW)
            raw = compose(message, mail, now=NOW)
        parsed = message_from_bytes(raw, policy=default)
        assert parsed["To"].addresses[0].addr_spec == "a@mail.example"
        assert len(parsed["To"].addresses) == 1

        client.force_login(clinic.chen.user)
        client.post(f"/visits/{Appointment.objects.get().public_id}/arrive/")
        client.post(f"/visits/{Appointment.objects.get().public_id}/note/")
        note = TreatmentSession.objects.get()
        assert full in unescape(client.get(f"/notes/{note.public_id}/").content.decode())
