"""The one page a practitioner reads: order, words, change since last time, marks, corrections, read by whom."""

from __future__ import annotations

import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from clinic.audit.models import AuditEvent
from clinic.kernel import clock
from patients.intake import steps
from patients.intake.models import Correction, QuestionnaireRequest
from patients.intake.services import issue_request
from patients.intake.services.requests import token_of
from patients.intake.tests.conftest import FEELINGS, row


@pytest.fixture
def sent(link, phone):
    phone.fill(link, until=steps.LAST)


@pytest.fixture
def charlies(charlie):
    browser = Client()
    browser.force_login(charlie)
    return browser


def page_of(patient, more=""):
    return f"/patients/{patient.public_id}/intake/{more}"


def a_correction(asked, **said):
    return {"request": str(asked.public_id), "field": "medicines", "words": "Apixaban 2.5 mg, not 5.",
            "form_token": str(uuid.uuid4()), "end": "1", **said}  # fmt: skip


def test_an_intake_that_came_in_waits_to_be_read_until_somebody_did(sent, asked, maria, charlie, charlies):
    waiting = charlies.get("/attention/").content.decode()
    assert "An intake that came in" in waiting
    assert "María Gutiérrez" in waiting
    assert "not yet confirmed in person" in charlies.get(page_of(maria)).content.decode()

    charlies.post(page_of(maria, "read/"), {"request": str(asked.public_id)})
    charlies.post(page_of(maria, "read/"), {"request": str(asked.public_id)})

    stored = row(asked)
    assert stored.read_by_id == charlie.pk
    assert stored.signed_off_at is None, "reading is not confirming in person"
    assert AuditEvent.objects.filter(action="review", patient_id=maria.pk).count() == 1
    assert "An intake that came in" not in charlies.get("/attention/").content.decode()
    assert "read by Charlie" in charlies.get(page_of(maria)).content.decode()


def test_confirming_in_person_is_reading_too(sent, asked, maria, charlie, charlies):
    charlies.post(page_of(maria, "confirm/"), {"request": str(asked.public_id)})
    assert row(asked).read_by_id == charlie.pk


def test_a_draft_is_neither_read_nor_corrected(link, asked, maria, phone, charlies):
    phone.fill(link, until=2)
    charlies.post(page_of(maria, "read/"), {"request": str(asked.public_id)})
    charlies.post(page_of(maria, "correct/"), a_correction(asked))

    assert row(asked).read_at is None
    assert not Correction.objects.exists()


def test_a_correction_stands_beside_the_answer_that_stays(sent, asked, maria, charlies):
    before = row(asked).submission.answers
    said = a_correction(asked)
    charlies.post(page_of(maria, "correct/"), said)
    charlies.post(page_of(maria, "correct/"), said)

    page = charlies.get(page_of(maria)).content.decode()
    assert "Apixaban 2.5 mg, not 5." in page
    assert "by Charlie" in page
    assert "Apixaban 5 mg" in page
    assert row(asked).submission.answers == before
    assert Correction.objects.count() == 1
    assert AuditEvent.objects.filter(action="correct", patient_id=maria.pk).count() == 1


@pytest.mark.parametrize(("change", "sentence"), [
    ({"words": ""}, "Please fill this in."),
    ({"field": ""}, "Please choose one."),
    ({"field": "anything"}, "Please choose one of these."),
    ({"words": "x" * 2_001}, "characters"),
])  # fmt: skip
def test_a_correction_that_says_nothing_is_refused_with_what_was_typed(sent, asked, maria, charlies, change, sentence):
    page = charlies.post(page_of(maria, "correct/"), a_correction(asked, **change)).content.decode()

    assert sentence in page
    assert not Correction.objects.exists()
    if "words" not in change:
        assert "Apixaban 2.5 mg, not 5." in page


@pytest.mark.parametrize("sql", ["UPDATE intake_correction SET words = 'else'", "DELETE FROM intake_correction"])
def test_the_database_refuses_to_change_a_correction(sent, asked, maria, charlies, sql, in_role):
    charlies.post(page_of(maria, "correct/"), a_correction(asked))
    for role in ("web", "owner"):
        with in_role(role), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_change_since_last_time_is_said_with_the_change_that_matters(sent, asked, maria, phone, bob, charlies):
    charlies.post(page_of(maria, "confirm/"), {"request": str(asked.public_id)})
    second = issue_request(patient=maria, appointment_id=None, by=bob, now=clock.now())
    phone.begin(f"/i/{token_of(second)}/")
    for step in range(1, steps.LAST + 1):
        better = FEELINGS | {"peg-1": "3", "peg-2": "3", "peg-3": "3"} if step == steps.FEELINGS else None
        answer = phone.send(step, better)
        assert answer.status_code == 302, answer.context["form"].errors

    page = charlies.get(page_of(maria)).content.decode()
    assert "was 6.0 on" in page
    assert "<b>better</b>" in page
    assert "Sent more than once" in page
    older = charlies.get(page_of(maria) + f"?sent={asked.public_id}").content.decode()
    assert ">6.0<" in older
    assert "was 6.0 on" not in older, "the first one has nothing before it"


def test_the_page_says_which_words_were_asked_and_where_it_hurts(sent, maria, charlies):
    page = charlies.get(page_of(maria)).content.decode()

    assert "in English: original" in page
    assert "Neck" in page
    assert "Left knee, front" in page
    assert 'class="is-on"' in page
    assert "dull, aching" in page
    assert "data-print" in page


def test_only_practitioners_review(sent, asked, maria, bob):
    desk = Client()
    desk.force_login(bob)
    for more in ("read/", "correct/"):
        assert desk.post(page_of(maria, more), a_correction(asked)).status_code == 403
    assert row(asked).read_at is None
    assert QuestionnaireRequest.objects.get(pk=asked.pk).read_by_id is None
