"""Whom a task waits for, who is told when, and by which mail; with real rounds of the worker."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client

from clinic.attention import kinds, services
from clinic.attention.models import Absence, Duty, Task
from clinic.attention.planning import plan
from clinic.audit.models import AuditEvent
from clinic.outbox import rounds
from clinic.outbox.models import OutgoingMessage
from clinic.outbox.tests.conftest import sink  # noqa: F401 - a fixture
from clinic.practice.models import Practice
from sessions.appointments.tests.world import NOW, a_clinic, a_patient, a_practitioner, at
from sessions.courses.models import Course
from sessions.tests.world import a_visit


@pytest.fixture
def clinic(db):
    clinic = a_clinic()
    Practice.objects.update(opened_at=NOW)
    clinic.greta = a_patient("Greta")
    return clinic


@pytest.fixture(autouse=True)
def a_kind():
    def lines(tasks):
        return {task.pk: kinds.Line("Greta", "/somewhere/") for task in tasks}

    kinds.register(kinds.Kind("test-kind", "Something to look at", lines))


def a_task(patient, key="one", urgency="same-day", now=None):
    services.open_task(
        kind="test-kind", dedup_key=key, urgency=urgency, patient_id=patient.pk, subject_id=None, now=now or at(9)
    )
    return Task.objects.get(dedup_key=key)


@pytest.fixture
def one_round(in_role):
    """A whole round of the worker with its own rights, planning and sending."""

    def run(now):
        with in_role("worker"), time_machine.travel(now, tick=False):
            return rounds.run(now=now)

    return run


def named(task):
    task.refresh_from_db()
    return task.assigned_to, task.escalated_to


def test_the_practitioner_of_the_course_is_named_and_told_at_once(clinic, one_round, sink):  # noqa: F811
    other = a_practitioner("Dr. Other")
    Course.objects.create(patient=clinic.greta, practitioner=other, opened_at=NOW)
    a_visit(clinic, clinic.greta, starts_at=at(15))
    task = a_task(clinic.greta)

    one_round(at(9, 1))

    assert named(task) == (other.user, None)
    message = OutgoingMessage.objects.get()
    assert (message.to_address, message.state, message.patient_id) == (other.user.email, "sent", None)
    assert "A form needs you" in message.body_sent
    assert message.subject_line == "A form needs you: open Deqi"
    assert "Greta" not in message.body_sent
    assert AuditEvent.objects.filter(action="assign", resource="attention", object_id=task.pk).count() == 1


def test_before_a_course_whoever_expects_the_patient_is_named(clinic, one_round):
    other = a_practitioner("Dr. Other")
    a_visit(clinic, clinic.greta, starts_at=at(15), state="booked", practitioner=other)
    task = a_task(clinic.greta)

    one_round(at(9, 1))

    assert named(task)[0] == other.user


def test_a_second_round_changes_nothing(clinic, one_round):
    task = a_task(clinic.greta)
    one_round(at(9, 1))
    one_round(at(9, 2))

    assert OutgoingMessage.objects.count() == 1
    assert named(task)[1] is None


def test_after_half_an_hour_of_opening_a_second_person_is_told(clinic, one_round):
    second = a_practitioner("Dr. Second")
    a_visit(clinic, clinic.greta)
    task = a_task(clinic.greta)
    one_round(at(9, 1))

    one_round(at(9, 29))
    assert named(task) == (clinic.chen.user, None)
    one_round(at(9, 30))

    assert named(task)[1] == second.user
    assert task.escalated_at == at(9, 30)
    told = list(OutgoingMessage.objects.order_by("id").values_list("to_address", flat=True))
    assert told == [clinic.chen.user.email, task.escalated_to.email]
    assert AuditEvent.objects.filter(action="escalate", object_id=task.pk).count() == 1


def test_the_night_does_not_count(clinic, one_round):
    """The week of the clinic ends at 18:00 and begins at 8:00."""
    late = at(17, 50)
    task = a_task(clinic.greta, now=late)
    one_round(late)

    one_round(late + timedelta(hours=10))
    assert named(task)[1] is None
    one_round(at(8, 19, date(2026, 11, 17)))
    assert named(task)[1] is None
    one_round(at(8, 20, date(2026, 11, 17)))

    assert named(task)[1] is not None


def test_what_somebody_saw_is_not_passed_on(clinic, one_round):
    task = a_task(clinic.greta)
    one_round(at(9, 1))
    services.acknowledge(task=task, by=clinic.chen.user, now=at(9, 5))

    one_round(at(12))

    assert named(task)[1] is None
    assert OutgoingMessage.objects.count() == 1


def test_a_mail_that_waited_until_it_was_seen_does_not_go(clinic, in_role, one_round):
    task = a_task(clinic.greta)
    with in_role("worker"):
        plan(at(9, 1))
    services.acknowledge(task=task, by=clinic.chen.user, now=at(9, 2))

    one_round(at(9, 3))

    message = OutgoingMessage.objects.get()
    assert (message.state, message.reason) == ("cancelled", "somebody has seen it")


def test_what_may_wait_names_somebody_and_rings_nobody(clinic, one_round):
    task = a_task(clinic.greta, urgency="prompt")
    one_round(at(9, 1))
    one_round(at(17))

    assert named(task)[0] is not None
    assert named(task)[1] is None
    assert not OutgoingMessage.objects.exists()


def test_the_owners_order_goes_before_the_course(clinic, one_round):
    first, second = a_practitioner("Dr. First"), a_practitioner("Dr. Second")
    Duty.objects.create(id=1, first=first.user, second=second.user, first_rings="911@sms.example")
    Course.objects.create(patient=clinic.greta, practitioner=clinic.chen, opened_at=NOW)
    task = a_task(clinic.greta)
    one_round(at(9, 1))
    one_round(at(9, 31))

    assert named(task) == (first.user, second.user)
    told = list(OutgoingMessage.objects.order_by("id").values_list("to_address", flat=True))
    assert told == [first.user.email, "911@sms.example", second.user.email]


def test_who_is_away_is_covered(clinic, one_round):
    first, second, cover = (a_practitioner(f"Dr. {name}") for name in ("First", "Second", "Cover"))
    Duty.objects.create(id=1, first=first.user, second=second.user, cover=cover.user)
    Absence.objects.create(user=first.user, first_day=date(2026, 11, 16), last_day=date(2026, 11, 16))
    today, tomorrow = a_task(clinic.greta), a_task(clinic.greta, "two", now=at(9, day=date(2026, 11, 17)))
    Task.objects.filter(pk=tomorrow.pk).update(acknowledged_at=NOW, acknowledged_by=cover.user)
    one_round(at(9, 1))
    one_round(at(9, 31))
    assert named(today) == (second.user, cover.user)

    Task.objects.filter(pk=tomorrow.pk).update(acknowledged_at=None, acknowledged_by=None)
    one_round(at(9, 1, date(2026, 11, 17)))

    assert named(tomorrow)[0] == first.user


def test_alone_in_the_house_the_same_person_is_told_again(clinic, one_round):
    task = a_task(clinic.greta)
    one_round(at(9, 1))
    one_round(at(9, 31))

    assert named(task) == (clinic.chen.user, clinic.chen.user)
    assert OutgoingMessage.objects.count() == 2


def test_who_was_switched_off_meanwhile_is_replaced(clinic, one_round):
    other = a_practitioner("Dr. Other")
    a_visit(clinic, clinic.greta)
    task = a_task(clinic.greta)
    one_round(at(9, 1))
    clinic.chen.user.is_active = False
    clinic.chen.user.save()

    one_round(at(9, 2))

    assert named(task)[0] == other.user


def test_two_answers_of_one_moment_ring_once(clinic, one_round):
    a_task(clinic.greta, "one")
    a_task(clinic.greta, "two", urgency="emergency")
    one_round(at(9, 1))

    assert OutgoingMessage.objects.count() == 1
    assert not Task.objects.filter(assigned_to=None).exists()


def test_the_worker_reads_no_answer_that_a_key_could_name(clinic, in_role):
    a_task(clinic.greta)
    with in_role("worker"), pytest.raises(Exception, match="permission denied"):
        list(Task.objects.values_list("dedup_key", flat=True))


def test_the_list_says_how_long_and_for_whom_the_emergency_first(clinic, one_round):
    a_practitioner("Dr. Other")
    a_visit(clinic, clinic.greta)
    a_task(clinic.greta, "one", urgency="same-day")
    one_round(at(9, 1))
    one_round(at(9, 31))
    a_task(clinic.greta, "two", urgency="emergency", now=at(9, 32))
    browser = Client()
    with time_machine.travel(at(9, 34), tick=False):
        browser.force_login(clinic.chen.user)
        page = browser.get("/attention/").content.decode()

    assert page.index("emergency</span>") < page.index("waits 34 min")
    assert "waits 2 min" in page
    assert "Dr. Mei-Ling Chen, and Dr. Other since 9:31" in page
    assert "passed on" in page


def test_the_rail_counts_on_every_page_for_practitioners_alone(clinic):
    a_task(clinic.greta)
    browser = Client()
    browser.force_login(clinic.chen.user)
    for page in ("/account/", "/patients/", "/today/", "/reminders/"):
        assert '<span class="count">1<' in browser.get(page).content.decode(), page
    desk = Client()
    desk.force_login(clinic.desk)
    assert "To look at" not in desk.get("/today/").content.decode()
