from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.attention.models import Task
from clinic.audit.models import AuditEvent
from clinic.kernel import clock
from patients.intake import querysets
from patients.intake.models import QuestionnaireRequest
from patients.intake.reading import reading_for
from patients.intake.tests.conftest import HEALTH, a_user, row
from patients.intake.tests.test_a_step_is_saved import counted
from patients.models import Patient


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def page_of(patient):
    return f"/patients/{patient.public_id}/intake/"


def read(patient, user):
    return reading_for(patient.pk, today=timezone.localdate(clock.now()), user=user)


def test_the_front_desk_never_sees_answers_nor_tasks(link, maria, phone, bob):
    phone.fill(link, until=3)
    phone.send(4, HEALTH | {"ticks": ["acute_emergency"]})
    desk = browser(bob)
    task = Task.objects.get()

    for path in (page_of(maria), "/attention/"):
        assert desk.get(path).status_code == 403
    assert desk.post(page_of(maria) + "confirm/", {"request": str(maria.public_id)}).status_code == 403
    assert desk.post(f"/attention/{task.public_id}/seen/").status_code == 403
    assert AuditEvent.objects.filter(actor_id=bob.pk, result="denied").count() == 4


def test_an_owner_who_treats_nobody_does_not_read_answers(maria):
    assert browser(a_user("alice", "owner")).get(page_of(maria)).status_code == 403


def test_a_stranger_is_asked_to_sign_in(maria):
    for path in (page_of(maria), "/attention/"):
        assert Client().get(path).status_code == 302


def test_reading_leaves_a_trace_also_of_a_draft(link, maria, phone, charlie):
    phone.fill(link, until=3)

    page = browser(charlie).get(page_of(maria))

    assert "not finished, step 4 of 6" in page.content.decode()
    assert AuditEvent.objects.filter(
        actor_id=charlie.pk, action="read", resource="intake-answers", patient_id=maria.pk
    ).exists()


def test_the_page_says_what_worries_first_and_everything_else(link, maria, phone, charlie):
    phone.fill(link, until=3)
    phone.send(4, HEALTH | {"ticks": ["acute_emergency", "anticoagulant"]})
    phone.send(5)
    phone.send(6)

    page = browser(charlie).get(page_of(maria)).content.decode()

    order = [
        "Signs of an emergency",
        "Blood thinner: Apixaban 5 mg",
        "Neck pain",
        "Swim again",
        ">6.0<",
        ">apixaban 5 mg<",
    ]
    assert [page.index(words) for words in order] == sorted(page.index(words) for words in order)
    assert "by link, not yet confirmed in person" in page
    assert "signed as “María Gutiérrez”" in page
    assert "moderate" in page


def test_reading_takes_two_statements(link, maria, phone, charlie):
    phone.fill(link)
    phone.send(6)

    with CaptureQueriesContext(connection) as queries:
        intake = read(maria, charlie)

    assert len(counted(queries)) == 2
    assert [score.value for score in intake.scores][:2] == ["6.0", "5"]
    assert intake.may_confirm


def test_a_patient_without_an_intake_has_an_empty_page(maria, charlie):
    assert not read(maria, charlie).written
    assert "No questions were sent" in browser(charlie).get(page_of(maria)).content.decode()


def test_confirming_in_person_keeps_the_name_and_ends_the_link(link, asked, maria, phone, charlie):
    phone.fill(link)
    phone.send(6)
    client = browser(charlie)

    client.post(page_of(maria) + "confirm/", {"request": str(asked.public_id)})
    client.post(page_of(maria) + "confirm/", {"request": str(asked.public_id)})

    stored = row(asked)
    assert stored.signed_off_by_id == charlie.pk
    assert AuditEvent.objects.filter(action="sign-off").count() == 1
    assert "confirmed in person by Charlie" in client.get(page_of(maria)).content.decode()
    assert phone.get(link).status_code == 404


@pytest.mark.parametrize("sent", ["", "x", "00000000-0000-0000-0000-000000000000", "\x00"])
def test_confirming_something_that_is_not_there(maria, charlie, sent):
    assert browser(charlie).post(page_of(maria) + "confirm/", {"request": sent}).status_code == 404


def test_a_draft_cannot_be_confirmed(link, asked, maria, phone, charlie):
    phone.fill(link, until=4)
    browser(charlie).post(page_of(maria) + "confirm/", {"request": str(asked.public_id)})

    assert row(asked).signed_off_at is None


def state_of(patient):
    return Patient.objects.annotate(words=querysets.intake_state(clock.now(), "pk")).get(pk=patient.pk).words


def test_the_desk_reads_the_state_in_words(link, asked, maria, phone, charlie):
    assert state_of(maria) == "not sent"
    QuestionnaireRequest.objects.filter(pk=asked.pk).update(sent_at=clock.now())
    assert state_of(maria) == "sent"
    phone.begin(link)
    assert state_of(maria) == "begun"
    phone.send(1)
    phone.send(2)
    assert state_of(maria) == "step 3 of 6"
    for step in (3, 4, 5, 6):
        phone.send(step)
    assert state_of(maria) == "done"
    browser(charlie).post(page_of(maria) + "read/", {"request": str(asked.public_id)})
    assert state_of(maria) == "read by Charlie"
    browser(charlie).post(page_of(maria) + "confirm/", {"request": str(asked.public_id)})
    assert state_of(maria) == "confirmed"
