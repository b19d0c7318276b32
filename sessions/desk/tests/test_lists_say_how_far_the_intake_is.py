"""Every list of patients says how far the intake is, in one statement however many are found."""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patients.intake.models import Draft, QuestionnaireRequest
from sessions.appointments.tests.world import NOW, a_clinic, a_patient

pytestmark = pytest.mark.django_db
State = QuestionnaireRequest.State
STATES = {
    "not sent": None,
    "sent": {"state": State.OPEN, "sent_at": NOW},
    "begun": {"state": State.BEGUN, "begun_at": NOW},
    "step 3 of 6": {"state": State.BEGUN, "begun_at": NOW, "step": 3},
    "done": {"state": State.SUBMITTED, "submitted_at": NOW},
}


def an_intake(patient, *, step=1, **fields):
    """An intake as it stands in the database; nobody has read it."""
    asked = QuestionnaireRequest.objects.create(
        public_id=uuid.uuid4(), patient=patient, form=QuestionnaireRequest.Form.INTAKE,
        token_hash=secrets.token_hex(32), issued_at=NOW, expires_at=NOW + timedelta(days=90), **fields,
    )  # fmt: skip
    Draft.objects.create(request=asked, step=step, updated_at=NOW)


@pytest.fixture
def desk(client):
    clinic = a_clinic()
    for number, fields in enumerate(STATES.values()):
        patient = a_patient("Anna", f"Number {number}", email="")
        if fields:
            an_intake(patient, **fields)
    client.force_login(clinic.desk)
    with time_machine.travel(NOW, tick=False):
        yield client


@pytest.mark.parametrize("asked", ["anna", "12.3.1961"])
def test_the_search_says_it_on_each_row(desk, asked):
    rows = desk.get("/patients/", {"q": asked}).content.decode().split("<tr>")[2:]

    assert len(rows) == len(STATES)
    for number, (row, said) in enumerate(zip(rows, STATES, strict=True)):
        assert f"Number {number}<" in row
        assert f"<td>{said}</td>" in row


def test_the_proposals_while_booking_say_it(desk):
    body = desk.get("/visits/new/known/", {"given_name": "anna"}).content.decode()

    for said in STATES:
        assert f"intake {said}</span>" in body


def test_two_hundred_more_ask_no_more(desk):
    def statements():
        with CaptureQueriesContext(connection) as asked:
            assert desk.get("/patients/", {"q": "anna"}).status_code == 200
        return len(asked)

    statements()  # the first one puts the question together
    few = statements()
    for number in range(200):
        an_intake(a_patient("Anna", f"Another {number}", email=""), state=State.OPEN)

    assert statements() == few
