"""The try-out begins in the middle of a day, whatever the hour."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from clinic.kernel import clock
from clinic.outbox.models import OutgoingMessage
from clinic.staff.models import StaffLink, User
from clinic.staff.tests.cast import a_user
from patients.intake.models import IntakeSubmission
from patients.models import Patient, SafetyFact
from sessions.appointments.models import Appointment
from sessions.courses.models import Course
from sessions.details import read_details
from sessions.models import TreatmentSession
from sessions.services import verify_chain
from sessions.trends import answers_for

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 18, 12, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def trying_out(settings, tmp_path, monkeypatch):
    settings.DEBUG = True
    settings.DATA_DIR = tmp_path
    at(NOON, monkeypatch)


def at(moment, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: moment)


def demo():
    out = StringIO()
    call_command("demo_clinic", stdout=out)
    return out.getvalue()


def test_three_people_may_sign_in():
    lines = demo().splitlines()

    assert [line.split(": ")[0] for line in lines] == ["Front desk", "Practitioner", "Owner"]
    for line in lines:
        email, password = line.split(": ")[1].split()
        user = authenticate(username=email, password=password)
        assert user is not None
        assert len(password) >= 15


def test_every_state_of_a_day_is_there():
    demo()

    today = Appointment.objects.filter(starts_at__date=NOON.date())
    states = {visit.state for visit in today}
    assert states == {"completed", "in-treatment", "arrived", "confirmed", "booked", "cancelled"}
    assert Patient.objects.count() == 14
    greta = Course.objects.get(appointments__in=today.filter(patient__given_name="Greta", state="in-treatment"))
    assert (greta.sessions_done, greta.planned_sessions) == (3, 8)
    assert TreatmentSession.objects.filter(signed_at__isnull=False).count() >= 8
    assert all(verify_chain(patient.pk) == [] for patient in Patient.objects.all())


def test_its_notes_begin_with_what_the_house_set_and_are_whole_by_it():
    demo()

    out = StringIO()
    call_command("stricta", stdout=out)
    told = out.getvalue().splitlines()
    assert len(told) == 13
    assert all("100.0 %" in line for line in told)
    waiting = TreatmentSession.objects.filter(signed_at__isnull=True)
    assert waiting.exists()
    assert {read_details(note.details).needle.lot for note in waiting} == {"A20262"}


def test_an_intake_with_a_blood_thinner_is_there():
    demo()

    assert IntakeSubmission.objects.count() == 4
    assert SafetyFact.objects.filter(rule_id="anticoagulant", detail="apixaban 5 mg").exists()


def test_a_course_has_a_baseline_and_check_ins_to_chart():
    demo()

    greta = Course.objects.get(patient__given_name="Greta", sessions_done=3)
    trend = answers_for(greta.patient_id, course_id=greta.pk).trend
    assert [(said.source, said.pain) for said in trend.said] == [
        ("baseline", 7), ("check-in", 6), ("check-in", 5), ("check-in", 4),
    ]  # fmt: skip


def test_no_mail_can_reach_anybody():
    demo()

    assert OutgoingMessage.objects.exists()
    assert all(row.to_address.endswith(".example") for row in OutgoingMessage.objects.all())
    assert not OutgoingMessage.objects.filter(kind="set-password").exists()


@pytest.mark.parametrize("hour", [0, 2, 17, 22, 23])
def test_it_begins_at_any_hour_and_on_any_day(hour, monkeypatch):
    moment = datetime(2026, 3, 28, hour, 58, 31, tzinfo=ZoneInfo("Europe/Dublin"))  # the clocks change that night
    at(moment.astimezone(UTC), monkeypatch)

    assert len(demo().splitlines()) == 3
    states = {visit.state for visit in Appointment.objects.filter(starts_at__lt=moment + timedelta(hours=4))}
    assert states >= {"in-treatment", "arrived", "confirmed", "booked"}
    future = Appointment.objects.filter(booked_at__gt=moment + timedelta(seconds=1))
    assert not future.exists()


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Asia/Kolkata"])
def test_it_begins_in_any_zone(zone, settings):
    settings.DEFAULT_TIMEZONE = zone

    assert len(demo().splitlines()) == 3


def test_a_later_start_prints_the_same_and_changes_nothing(tmp_path):
    first = demo()
    before = (User.objects.count(), Appointment.objects.count(), OutgoingMessage.objects.count())

    assert demo() == first
    assert (User.objects.count(), Appointment.objects.count(), OutgoingMessage.objects.count()) == before
    assert json.loads((tmp_path / "demo.json").read_text()).keys() == {"Front desk", "Practitioner", "Owner"}
    assert (tmp_path / "demo.json").stat().st_mode & 0o077 == 0


def test_on_somebody_elses_data_it_says_nothing_and_changes_nothing():
    a_user("Alice", "owner")

    assert demo() == ""
    assert User.objects.count() == 1
    assert not StaffLink.objects.exists()


def test_it_refuses_with_debug_off(settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="DEBUG off"):
        demo()
    assert not User.objects.exists()


def test_it_is_quick():
    began = time.process_time()  # of this process alone: the machine may be busy

    demo()

    assert time.process_time() - began < 4


def test_nothing_of_it_looks_real():
    demo()

    assert all(re.fullmatch(r"(\+35315550\d\d\d)?", patient.phone) for patient in Patient.objects.all())
