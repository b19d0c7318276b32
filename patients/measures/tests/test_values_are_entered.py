from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.test import Client

from clinic.audit.models import AuditEvent
from clinic.kernel import clock
from patients.measures.models import MeasureValue
from patients.measures.tests.world import a_clinic, a_measure, a_patient, a_user, a_value

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    clinic = a_clinic()
    browser = Client()
    browser.force_login(clinic.chen.user)
    _, version = a_measure("flexion", decimals=1, worse="down", important_change=10)
    return browser, a_patient(), version


def enter(browser, patient, **fields):
    data = {
        "form_token": str(uuid.uuid4()), "end": "1", "measure": "flexion", "value": "95,5",
        "day": clock.now().date().isoformat(), "answered_by": "", **fields,
    }  # fmt: skip
    return browser.post(f"/patients/{patient.public_id}/measures/", data)


def test_a_practitioner_enters_degrees_of_motion_with_a_comma(world):
    browser, patient, version = world

    answer = enter(browser, patient)

    assert answer.status_code == 302
    kept = MeasureValue.objects.get()
    assert (str(kept.value), kept.source, kept.version_id) == ("95.500", "staff", version.pk)
    assert AuditEvent.objects.filter(action="enter", resource="measure", patient_id=patient.pk).count() == 1


def test_an_earlier_day_is_kept_at_its_noon(world):
    browser, patient, *_ = world
    day = clock.now().date() - timedelta(days=9)

    enter(browser, patient, day=day.isoformat())

    kept = MeasureValue.objects.get()
    assert kept.measured_at.date() == day
    assert kept.recorded_at > kept.measured_at


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"value": "200"}, "Please write a number from 0 to 160."),
        ({"value": "9.55"}, "At most 1 digit fits behind the point or comma."),
        ({"value": "ninety"}, "Please write one number in digits"),
        ({"value": ""}, "Please write the number."),
        ({"measure": ""}, "Please choose what was measured."),
        ({"measure": "height"}, "Please choose one of these."),
        ({"day": "2099-01-01"}, "The last day that fits here is"),
    ],
)
def test_what_does_not_fit_gets_a_sentence_beside_it(world, fields, sentence):
    browser, patient, *_ = world

    answer = enter(browser, patient, **fields)

    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not MeasureValue.objects.exists()


def test_the_same_form_sent_twice_is_one_value(world):
    browser, patient, *_ = world
    token = str(uuid.uuid4())

    for _ in range(2):
        assert enter(browser, patient, form_token=token).status_code == 302

    assert MeasureValue.objects.count() == 1


def test_a_wrong_value_is_corrected_with_its_date_and_reason_and_stays_on_record(world):
    browser, patient, version = world
    wrong = a_value(patient, version, "59")
    path = f"/patients/{patient.public_id}/measures/{wrong.public_id}/wrong/"

    assert browser.get(path).status_code == 200
    answer = browser.post(
        path, {"form_token": str(uuid.uuid4()), "end": "1", "why": "two figures turned", "value": "95"}
    )

    assert answer.status_code == 302
    wrong.refresh_from_db()
    right = MeasureValue.objects.standing().get()
    assert (wrong.state, wrong.ended_why, wrong.value) == ("entered-in-error", "two figures turned", 59)
    assert (right.value, right.corrects_id, right.measured_at) == (95, wrong.pk, wrong.measured_at)
    assert "two figures turned" in browser.get(f"/patients/{patient.public_id}/measures/").content.decode()
    assert browser.get(path).status_code == 404


def test_a_value_is_taken_out_without_another(world):
    browser, patient, version = world
    wrong = a_value(patient, version, "59")
    path = f"/patients/{patient.public_id}/measures/{wrong.public_id}/wrong/"

    refused = browser.post(path, {"form_token": str(uuid.uuid4()), "end": "1", "why": "", "value": ""})
    assert "Please say what was wrong." in refused.content.decode()
    browser.post(path, {"form_token": str(uuid.uuid4()), "end": "1", "why": "another patient", "value": ""})

    assert not MeasureValue.objects.standing().exists()


def test_the_front_desk_neither_reads_nor_enters_numbers(world):
    _, patient, *_ = world
    desk = Client()
    desk.force_login(a_user("dora", ["front-desk"]))

    assert desk.get(f"/patients/{patient.public_id}/measures/").status_code == 403
    assert enter(desk, patient).status_code == 403


def test_a_value_of_another_patient_is_not_found(world):
    browser, patient, version = world
    other = a_value(a_patient(given="Other"), version, "59")

    assert browser.get(f"/patients/{patient.public_id}/measures/{other.public_id}/wrong/").status_code == 404
