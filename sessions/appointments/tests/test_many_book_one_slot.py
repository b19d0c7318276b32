"""Twenty people press the button in the same second: one visit, nineteen sentences, no deadlock, no 500."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection
from django.db.models import QuerySet

from clinic.outbox.models import OutgoingMessage
from patients.models import Patient
from sessions.appointments.models import Appointment, HandsOn, RoomUse
from sessions.appointments.services import Clash, NewPatient, book, book_first_visit
from sessions.appointments.tests.world import NOW, a_clinic, a_patient, at
from sessions.courses.models import Course

GUARDS = [
    (HandsOn, "hands_on_never_overlap"),
    (RoomUse, "rooms_never_overlap"),
]


def race(clinic, patients, *, at_once):
    """Book the same minutes from as many connections; return what each got."""
    start = threading.Barrier(at_once)

    def one(patient):
        try:
            start.wait(30)
            book(
                patient=patient, service=clinic.follow, practitioner=clinic.chen, room=None, starts_at=at(9),
                by=clinic.desk, now=NOW,
            )  # fmt: skip
            return "booked"
        except Clash as clash:
            return "clash" if clash.free else "clash without an offer"
        finally:
            connection.close()

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(one, patients))


@pytest.fixture
def clinic():
    return a_clinic(rooms=3)


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_make_one_visit_and_nineteen_offers(clinic):
    outcome = race(clinic, [a_patient(f"P{n}") for n in range(20)], at_once=20)

    assert sorted(outcome) == ["booked"] + ["clash"] * 19
    assert Appointment.objects.count() == 1


@pytest.mark.chaos
@pytest.mark.django_db(transaction=True)
def test_two_hundred_in_waves_make_one_visit(clinic):
    outcome = race(clinic, [a_patient(f"P{n}") for n in range(200)], at_once=20)

    assert sorted(outcome) == ["booked"] + ["clash"] * 199
    assert Appointment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_database_alone_refuses_too(clinic, monkeypatch):
    """Without our locks the exclusion constraint, deadlocks and all, still ends in one visit."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)

    outcome = race(clinic, [a_patient(f"P{n}") for n in range(6)], at_once=6)

    assert outcome.count("booked") == Appointment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_positive_control_without_guards_it_books_twice(clinic, monkeypatch, in_role):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)
    guards = [(model, next(c for c in model._meta.constraints if c.name == name)) for model, name in GUARDS]
    with in_role("owner"), connection.schema_editor() as editor:
        for model, guard in guards:
            editor.remove_constraint(model, guard)
    try:
        booked = 0
        for _ in range(5):
            booked = race(clinic, [a_patient(f"P{n}") for n in range(20)], at_once=20).count("booked")
            if booked > 1:
                break
            with in_role("owner"), connection.cursor() as cursor:
                cursor.execute("TRUNCATE appointments_appointment CASCADE")
        assert booked > 1, "the check could not have failed"
    finally:
        with in_role("owner"):
            with connection.cursor() as cursor:
                cursor.execute("TRUNCATE appointments_appointment CASCADE")
            with connection.schema_editor() as editor:
                for model, guard in guards:
                    editor.add_constraint(model, guard)


@pytest.mark.django_db(transaction=True)
def test_one_form_pressed_twelve_times_at_once_makes_one_of_everything(clinic):
    token = uuid.uuid4()
    start = threading.Barrier(12)

    def press(_):
        try:
            start.wait(30)
            return book_first_visit(
                patient=NewPatient("Greta", "Lindqvist", date(1961, 3, 12), "greta@example.org", ""),
                service=clinic.first, practitioner=clinic.chen, starts_at=at(9), sessions=8, form_token=token,
                by=clinic.desk, now=NOW,
            ).appointment.pk  # fmt: skip
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        made = set(pool.map(press, range(12)))

    assert len(made) == 1
    assert Patient.objects.count() == Course.objects.count() == OutgoingMessage.objects.count() == 1
