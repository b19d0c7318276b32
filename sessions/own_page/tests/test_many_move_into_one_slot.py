"""Twenty patients press the same free time in the same second: one has it, nineteen keep theirs and see free ones."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.db.models import QuerySet
from django.test import Client

from sessions.appointments.models import Appointment, HandsOn, RoomUse
from sessions.appointments.tests.world import NOW, TODAY, a_clinic, a_patient, at
from sessions.own_page.tests.world import a_visit, visit_path

SLOT = at(9, day=TODAY + timedelta(days=1))
GUARDS = [(HandsOn, "hands_on_never_overlap"), (RoomUse, "rooms_never_overlap")]


def race(paths):
    """Press from as many phones at once; return the status of each answer."""
    start = threading.Barrier(len(paths))

    def one(path):
        try:
            start.wait(30)
            return Client().post(path, {"seq": "0", "start": f"{SLOT:%Y-%m-%dT%H:%MZ}"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(paths)) as pool:
        return list(pool.map(one, paths))


def expected(clinic, count):
    """The links of so many visits, two a day."""
    days = [TODAY + timedelta(days=2 + number // 2) for number in range(count)]
    hours = [9 + number % 2 * 2 for number in range(count)]
    visits = [
        a_visit(clinic, a_patient(f"P{number}", email=f"p{number}@example.org"), at(hour, day=day))
        for number, (hour, day) in enumerate(zip(hours, days, strict=True))
    ]
    return [visit_path(visit) for visit in visits]


@pytest.mark.django_db(transaction=True)
def test_one_wins_and_nobody_loses_the_time_they_had():
    with time_machine.travel(NOW, tick=False):
        outcome = race(expected(a_clinic(rooms=3), 20))

    assert sorted(outcome) == [302] + [409] * 19
    assert Appointment.objects.filter(starts_at=SLOT).count() == 1
    assert Appointment.objects.filter(state="booked").count() == 20
    assert HandsOn.objects.filter(held=True).count() == 40


@pytest.mark.django_db(transaction=True)
def test_positive_control_without_guards_several_get_it(monkeypatch, in_role):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)
    guards = [(model, next(c for c in model._meta.constraints if c.name == name)) for model, name in GUARDS]
    with in_role("owner"), connection.schema_editor() as editor:
        for model, guard in guards:
            editor.remove_constraint(model, guard)
    try:
        moved = 0
        with time_machine.travel(NOW, tick=False):
            paths = expected(a_clinic(rooms=3), 20)
            for _ in range(5):
                moved = race(paths).count(302)
                if moved > 1:
                    break
        assert moved > 1, "the check could not have failed"
    finally:
        with in_role("owner"):
            with connection.cursor() as cursor:
                cursor.execute("TRUNCATE appointments_appointment CASCADE")
            with connection.schema_editor() as editor:
                for model, guard in guards:
                    editor.add_constraint(model, guard)
