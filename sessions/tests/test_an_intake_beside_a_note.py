"""The intake stands beside the note, whole or not at all, and costs the page no more than it may."""

from __future__ import annotations

import pytest
from django.urls import reverse

from patients.intake.models import Draft, IntakeSubmission, QuestionnaireRequest
from patients.intake.services import issue_request
from sessions.tests.world import NOW, a_treatment, begin, counted, send

pytestmark = pytest.mark.django_db
ANSWERS = {
    "1": {"filled_by": "self"},
    "2": {"concern": "Neck pain", "story": "Since the move.", "goal": "Swim again"},
    "4": {"ticks": ["none"], "medicines": "Amitriptyline"},
}


def an_intake(world, *, handed_in):
    asked = issue_request(patient=world.patient, appointment_id=None, by=world.clinic.desk, now=NOW)
    state = {"state": "submitted", "submitted_at": NOW} if handed_in else {"state": "begun"}
    QuestionnaireRequest.objects.filter(pk=asked.pk).update(begun_at=NOW, **state)
    Draft.objects.create(request=asked, data=ANSWERS, step=5, updated_at=NOW)
    if handed_in:
        IntakeSubmission.objects.create(
            request=asked, patient=world.patient, answers=ANSWERS, content_sha256="0" * 64, submitted_at=NOW
        )
    return asked


def page_of(world, note):
    with counted() as statements:
        answer = world.browser.get(reverse("treatments:note", args=[note.public_id]))
    assert answer.status_code == 200
    return answer.content.decode(), statements


def test_an_intake_that_was_handed_in_is_read_beside_the_note_within_nine_statements():
    world = a_treatment()
    an_intake(world, handed_in=True)
    note = begin(world)

    page, statements = page_of(world, note)

    assert "Since the move." in page
    assert "Mark it as read" in page
    assert len(statements) <= 9, "\n".join(statements)


def test_an_intake_that_is_not_handed_in_stays_the_patients_own():
    world = a_treatment()
    an_intake(world, handed_in=False)
    note = begin(world)

    page, statements = page_of(world, note)

    assert "the answers are still the patient’s own" in page
    assert "Since the move." not in page
    assert len(statements) <= 9, "\n".join(statements)


def test_a_saved_note_shows_it_too():
    world = a_treatment()
    an_intake(world, handed_in=True)
    note = begin(world)
    send(world, note, subjective="Better.")

    assert "Since the move." in page_of(world, note)[0]
