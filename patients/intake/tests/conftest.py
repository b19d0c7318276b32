from __future__ import annotations

import base64
import struct
import zlib
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from clinic.kernel import clock
from clinic.practice.models import ConsentText, Practice, WorryText
from clinic.staff.models import Practitioner, User
from patients.intake import steps
from patients.intake.models import QuestionnaireRequest
from patients.intake.services import issue_request
from patients.intake.services.requests import token_of
from patients.models import Patient

NOW = datetime(2026, 11, 16, 14, 30, tzinfo=UTC)


@pytest.fixture
def practice(db):
    practice = Practice.objects.create(
        id=1, name="Clinic at the Old Mill", country="US", timezone="America/New_York", phone="+12025550142",
        opened_at=NOW,
    )  # fmt: skip
    WorryText.objects.create(kind="emergency", language="en", body="Please call 911 now.")
    WorryText.objects.create(kind="self-harm", language="en", body="You can call or text 988 at any hour.")
    WorryText.objects.create(kind="call-today", language="en", body="Please call us today.")
    for kind, required in (("treatment", True), ("privacy", True), ("email", False)):
        ConsentText.objects.create(kind=kind, title=f"About {kind}", body=f"The words on {kind}.", required=required)
    return practice


def a_user(name, *roles):
    return User.objects.create_user(f"{name}@mill.example", name=name.title(), roles=list(roles), created_at=NOW)


@pytest.fixture
def bob(practice):
    return a_user("bob", "front-desk")


@pytest.fixture
def charlie(practice):
    user = a_user("charlie", "practitioner")
    Practitioner.objects.create(user=user, display_name="Charlie", licence="L 1")
    return user


@pytest.fixture
def maria(practice):
    return Patient.objects.create(
        given_name="María", family_name="Gutiérrez", birth_date=date(1961, 3, 12), email="maria@mail.example",
        phone="+12025550143", created_at=NOW,
    )  # fmt: skip


@pytest.fixture
def asked(maria, bob):
    return issue_request(patient=maria, appointment_id=None, by=bob, now=clock.now())


@pytest.fixture
def link(asked):
    return f"/i/{token_of(asked)}/"


class Phone:
    """A browser of a patient."""

    def __init__(self):
        self.client = Client()

    def get(self, path):
        return self.client.get(path)

    def begin(self, link):
        return self.client.post(link)

    def version(self, step):
        page = self.client.get(f"/i/form/{step}/")
        return page.context["form"]["version"].value() if page.status_code == 200 else 0

    def send(self, step, answers=None, *, version=None, **more):
        said = {
            "form_token": "2b0a1a1e-6b0a-4b61-a1f5-6f3a3ad1b2c4",
            "version": self.version(step) if version is None else version,
            **(ANSWERS[step] if answers is None else answers),
            **more,
        }
        said.setdefault("end", "1")
        return self.client.post(f"/i/form/{step}/", {k: v for k, v in said.items() if v is not None})

    def fill(self, link, until=5):
        self.begin(link)
        for step in range(1, until + 1):
            answer = self.send(step)
            assert answer.status_code == 302, answer.context["form"].errors


@pytest.fixture
def phone():
    return Phone()


@pytest.fixture
def other_phone():
    return Phone()


def row(asked):
    return QuestionnaireRequest.objects.get(pk=asked.pk)


def a_png(width=200, height=60, *, blank=False, colour=6):
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    rows = [b"\0" + bytes([255 if blank or (x + y) % 7 else 0 for x in range(width * channels)]) for y in range(height)]
    parts = [b"\x89PNG\r\n\x1a\n"]
    for name, body in (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"".join(rows))),
        (b"IEND", b""),
    ):
        parts.append(struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)))
    return b"".join(parts)


def as_data_url(png):
    return "data:image/png;base64," + base64.b64encode(png).decode()


CONTACT = {
    "filled_by": "self",
    "given_name": "María",
    "family_name": "Gutiérrez",
    "address_as": "Mafer",
    "email": "maria@mail.example",
    "phone": "+12025550143",
    "desk_facts": ["stairs"],
}
COMPLAINT = {
    "concern": "Neck pain", "story": "Since the move.", "since": "March", "pattern": "constant", "goal": "Swim again",
}  # fmt: skip
HEALTH = {
    "ticks": ["anticoagulant"], "detail_anticoagulant": "apixaban 5 mg", "medicines": "Apixaban 5 mg\r\nAmitriptyline",
}  # fmt: skip
FEELINGS = {
    "peg-1": "6", "peg-2": "7", "peg-3": "5", "phq4-1": "1", "phq4-2": "2", "phq4-3": "1", "phq4-4": "1",
    "ci-mood": "4", "ci-sleep": "6", "ci-analgesic-days": "3",
}  # fmt: skip
AGREEMENT = {"agree_treatment": "on", "agree_privacy": "on", "signed_name": "María Gutiérrez"}
PLACES = {
    "places": ["neck", "front-knee-left"], "strength_neck": "6", "kinds_neck": ["ache", "pulling"],
    "strength_front-knee-left": "3",
}  # fmt: skip
ANSWERS = {
    steps.CONTACT: CONTACT,
    steps.COMPLAINT: COMPLAINT,
    steps.PLACES: PLACES,
    steps.HEALTH: HEALTH,
    steps.FEELINGS: FEELINGS,
    steps.AGREEMENT: AGREEMENT,
}
