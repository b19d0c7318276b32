"""The desk moves a visit: what stays is said, a clash keeps what was chosen, and the patient page leads there."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import time_machine

from clinic.outbox.models import OutgoingMessage
from clinic.staff.tests.cast import signed_in
from sessions.appointments.models import Appointment
from sessions.appointments.services import book, cancel
from sessions.appointments.tests.world import NOW, TODAY, a_clinic, a_patient, a_practitioner, at

pytestmark = pytest.mark.django_db
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def clinic():
    with time_machine.travel(NOW, tick=False):
        yield a_clinic()


@pytest.fixture
def visit(clinic):
    return booked(clinic, a_patient(), at(9, day=TOMORROW))


@pytest.fixture
def desk(clinic):
    return signed_in(clinic.desk)


def booked(clinic, patient, starts_at):
    return book(
        patient=patient, service=clinic.follow, practitioner=clinic.chen, room=None, starts_at=starts_at,
        by=clinic.desk, now=NOW,
    )  # fmt: skip


def said(visit, start="", **changes):
    return {
        "service": str(visit.service.public_id), "practitioner": str(visit.practitioner.public_id),
        "day": TOMORROW.isoformat(), "start": start, "room": "", "time": "", "form_token": str(uuid.uuid4()),
        "end": "1", **changes,
    }  # fmt: skip


def test_it_is_moved_and_the_words_say_when(desk, visit):
    page = desk.get(f"/visits/{visit.public_id}/move/").content.decode()
    assert "Now Tue 17 Nov 2026, 9:00" in page
    assert "Course, forms and links stay with the visit." in page

    answer = desk.post(f"/visits/{visit.public_id}/move/", said(visit, f"{TOMORROW}T14:00"), follow=True)

    assert "Greta Lindqvist comes Tue 17 Nov, 14:00 now." in answer.content.decode()
    assert Appointment.objects.get().starts_at == at(14, day=TOMORROW)
    assert OutgoingMessage.objects.get().kind == "change"


def test_to_another_practitioner_and_told_at_once(clinic, desk, visit):
    ana = a_practitioner("Ana Ruiz")
    body = said(visit, f"{TOMORROW}T09:00", practitioner=str(ana.public_id), send_now="on")
    desk.post(f"/visits/{visit.public_id}/move/", body)

    assert Appointment.objects.get().practitioner == ana
    assert OutgoingMessage.objects.get().not_before == NOW


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"start": f"{TOMORROW}T11:00"}, 409, "is with somebody else at that time"),
        ({"time": "3:00"}, 400, "works 8:00 to 18:00"),
        ({"time": "nine"}, 400, "Please write the time as"),
        ({}, 400, "Please choose one of the free times, or type one."),
        ({"service": "x", "time": "14:00"}, 400, "Please choose one of these."),
    ],
)
def test_what_cannot_be_is_said_beside_it(clinic, desk, visit, changes, status, words):
    booked(clinic, a_patient("Ruth"), at(11, day=TOMORROW))

    answer = desk.post(f"/visits/{visit.public_id}/move/", said(visit, **changes))

    assert answer.status_code == status
    assert words in answer.content.decode()
    assert Appointment.objects.get(pk=visit.pk).starts_at == at(9, day=TOMORROW)


def test_what_is_off_leads_back_with_a_word(clinic, desk, visit):
    cancel(appointment=visit, by=clinic.desk, now=NOW)

    answer = desk.get(f"/visits/{visit.public_id}/move/", follow=True)

    assert "This visit is cancelled already." in answer.content.decode()


def test_the_patient_page_leads_to_move_cancel_missed_link_and_card(clinic, desk, visit):
    late = booked(clinic, visit.patient, at(9))
    page = desk.get(f"/patients/{visit.patient.public_id}/").content.decode()
    for path in ("own-page/", "dates/"):
        assert f"/patients/{visit.patient.public_id}/{path}" in page
    assert f"/visits/{visit.public_id}/move/" in page
    assert f"/visits/{late.public_id}/miss/" not in page

    with time_machine.travel(at(9, 30), tick=False):
        desk = signed_in(clinic.desk)
        page = desk.get(f"/patients/{visit.patient.public_id}/").content.decode()
        assert f"/visits/{late.public_id}/miss/" in page
        answer = desk.post(f"/visits/{late.public_id}/miss/?back=patient", follow=True)
        assert "Greta Lindqvist: no-show" in answer.content.decode()
        desk.post(f"/visits/{late.public_id}/undo/noshow/?back=patient")
    assert Appointment.objects.get(pk=late.pk).state == "booked"
