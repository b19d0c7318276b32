"""A form is abandoned after a worrying answer: who is told, who may read it, and who never does."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.attention.models import Task
from clinic.attention.sign_in import Backend
from clinic.audit.models import AuditEvent
from clinic.outbox import rounds
from clinic.outbox.models import OutgoingMessage
from clinic.staff.models import Practitioner, WeeklyHours
from patients.intake import steps
from patients.intake.tests.conftest import HEALTH, NOW, a_user

EMERGENCY = HEALTH | {"ticks": ["acute_emergency"], "medicines": "Only for these eyes"}
SAYS = "Signs of an emergency"


@pytest.fixture
def ana(practice):
    user = a_user("ana", "practitioner")
    Practitioner.objects.create(user=user, display_name="Ana", licence="L 2")
    return user


@pytest.fixture
def one_round(in_role):
    def run(now):
        with in_role("worker"), time_machine.travel(now, tick=False):
            return rounds.run(now=now)

    return run


@pytest.fixture
def abandoned(link, phone, charlie, ana, one_round):
    """María ticks an emergency, saves the page and never comes back; the worker goes round."""
    with time_machine.travel(NOW, tick=False):
        phone.fill(link, until=steps.HEALTH - 1)
        phone.send(steps.HEALTH, EMERGENCY)
    one_round(NOW + timedelta(seconds=10))
    return Task.objects.get()


def page_of(patient):
    return f"/patients/{patient.public_id}/intake/"


def opened_by(user, path):
    browser = Client()
    browser.force_login(user)
    with CaptureQueriesContext(connection) as captured:
        page = browser.get(path)
    return page, [query["sql"] for query in captured.captured_queries]


def test_the_task_exists_and_names_somebody_who_got_a_mail(abandoned, charlie):
    assert abandoned.urgency == "emergency"
    assert abandoned.assigned_to == charlie
    message = OutgoingMessage.objects.get(kind="form-needs-you")
    assert message.to_address == charlie.email
    assert message.patient_id is None


def test_who_is_named_reads_that_answer_and_leaves_a_trace(abandoned, maria, charlie):
    page, _ = opened_by(charlie, page_of(maria))
    text = page.content.decode()

    assert SAYS in text
    assert "wait for you by name" in text
    assert "Only for these eyes" not in text, "the rest of the draft is still the patient's own"
    assert "Neck pain" not in text
    assert AuditEvent.objects.filter(
        actor_id=charlie.pk, action="read", resource="intake-answers", patient_id=maria.pk
    ).exists()


def test_another_practitioner_does_not_get_it_out_of_the_database(abandoned, maria, ana, charlie):
    page, statements = opened_by(ana, page_of(maria))
    text = page.content.decode()

    assert page.status_code == 200
    assert "not finished" in text
    assert SAYS not in text
    # The control: the same statement gives it to who is named.
    [asked] = [sql for sql in statements if "draft_data" in sql]
    with connection.cursor() as cursor:
        cursor.execute(asked)
        assert "acute_emergency" not in str(cursor.fetchall())
    _, statements = opened_by(charlie, page_of(maria))
    [asked] = [sql for sql in statements if "draft_data" in sql]
    with connection.cursor() as cursor:
        cursor.execute(asked)
        assert "acute_emergency" in str(cursor.fetchall())


def test_the_second_person_reads_it_once_it_was_passed_on(abandoned, maria, ana, one_round):
    one_round(NOW + timedelta(minutes=31))
    abandoned.refresh_from_db()
    assert abandoned.escalated_to == ana

    page, _ = opened_by(ana, page_of(maria))
    assert SAYS in page.content.decode()


def test_the_front_desk_sees_none_of_it_on_any_page(abandoned, maria, bob, charlie):
    """Not selected: no statement of the desk's pages names a draft's answers, flags or the task's key."""
    pages = ["/today/", "/patients/", f"/patients/{maria.public_id}/", "/patients/?q=mar", "/reminders/"]
    for path in pages:
        page, statements = opened_by(bob, path)
        assert page.status_code == 200, path
        text = page.content.decode()
        assert SAYS not in text, path
        assert "A form needs a practitioner" not in text, path
        for sql in statements:
            assert '"intake_draft"."data"' not in sql, path
            assert '"intake_draft"."flags"' not in sql, path
            assert "dedup_key" not in sql or "attention_task" not in sql, path
    for path in (page_of(maria), "/attention/"):
        page, statements = opened_by(bob, path)
        assert page.status_code == 403
        assert not [sql for sql in statements if "intake_draft" in sql]
        # The one statement that could count tasks counts them for who treats, and none for the desk.
        [counting] = [sql for sql in statements if "attention_task" in sql]
        assert 'FROM "staff_user"' in counting
    assert Backend().get_user(bob.pk).open_tasks == 0
    assert Backend().get_user(charlie.pk).open_tasks == 1


def test_the_page_says_when_it_is_read(link, phone, charlie):
    """The clinic opens on Mondays from 8:00; it is Saturday."""
    WeeklyHours.objects.create(practitioner=charlie.practitioner, weekday=0, opens=time(8), closes=time(12))
    with time_machine.travel(NOW + timedelta(days=5), tick=False):
        phone.begin(link)
        first = phone.get("/i/form/1/").content.decode()
        phone.fill(link, until=steps.HEALTH - 1)
        phone.send(steps.HEALTH, EMERGENCY)
        page = phone.get("/i/please-read/").content.decode()

    for text in (first, page):
        assert "not before Monday 23 November, 8:00" in text.replace("\xa0", " "), text[-1500:]


def test_once_somebody_saw_it_nobody_else_is_told(abandoned, charlie, one_round):
    browser = Client()
    browser.force_login(charlie)
    browser.post(f"/attention/{abandoned.public_id}/seen/")

    one_round(NOW + timedelta(hours=5))

    abandoned.refresh_from_db()
    assert abandoned.escalated_to is None
    assert AuditEvent.objects.filter(action="acknowledge", actor_id=charlie.pk).count() == 1
