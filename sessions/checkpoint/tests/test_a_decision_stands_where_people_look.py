"""The decision of a checkpoint stands on the signed note of its session, on paper, in the history and on the chart."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from pypdf import PdfReader

from clinic.kernel import clock
from patients.intake.models import QuestionnaireResponse
from sessions.checkpoint.services import Decision, decide
from sessions.courses.models import Course
from sessions.tests.world import NOW, a_treatment, a_visit, at, counted, signed

pytestmark = pytest.mark.django_db
WHY = "Pain is down by three, the market is near."


@pytest.fixture
def world():
    world = a_treatment()
    Course.objects.filter(pk=world.course.pk).update(sessions_done=5, opened_at=NOW - timedelta(days=60))
    return world


def decided(world, number=6, kind="continue", why=WHY, more=4):
    decide(
        course=world.course, decision=Decision(kind, why, more), session_number=number, lines=(),
        form_token=uuid.uuid4(), by=world.clinic.chen.user, now=NOW,
    )  # fmt: skip


def page(world, name, *ids):
    return world.browser.get(reverse(name, args=ids)).content.decode()


def paper(world, name, public_id):
    answer = world.browser.get(reverse(name, args=[public_id]))
    return " ".join(" ".join(one.extract_text() for one in PdfReader(io.BytesIO(answer.content)).pages).split())


def test_it_stands_on_the_signed_note_of_its_session(world):
    note = signed(world)
    assert note.number_in_course == 6
    decided(world)

    shown = page(world, "treatments:note", note.public_id)

    assert "Decided at the checkpoint" in shown
    assert f"<b>Continue, 4 more sessions.</b> {WHY}" in shown
    assert "unchanged since signed" in shown


def test_it_stands_on_paper_and_in_the_history_as_one_line(world):
    note = signed(world)
    decided(world)
    line = f"Continue, 4 more sessions: {WHY} ({world.clinic.chen.user.name}, "

    assert line in page(world, "history:history", world.patient.public_id)
    for name, public_id in (("history:note_pdf", note.public_id), ("history:history_pdf", world.patient.public_id)):
        assert "Checkpoint" in paper(world, name, public_id)
        assert line in paper(world, name, public_id)


def test_a_note_of_another_session_or_course_says_nothing_of_it(world):
    note = signed(world)
    other = Course.objects.create(
        patient=world.patient, practitioner=world.clinic.chen, opened_at=NOW, sessions_done=5
    )  # fmt: skip
    elsewhere = signed(world, a_visit(world.clinic, world.patient, other, starts_at=at(11)))
    assert elsewhere.number_in_course == 6
    decided(world, number=5)

    for one in (note, elsewhere):
        assert "Decided at the checkpoint" not in page(world, "treatments:note", one.public_id)


def test_it_takes_no_statement_of_its_own(world):
    note = signed(world)
    addresses = [
        reverse("treatments:note", args=[note.public_id]),
        reverse("history:history", args=[world.patient.public_id]),
        reverse("history:note_pdf", args=[note.public_id]),
    ]

    def statements():
        counts = []
        for address in addresses:
            with counted() as asked:
                world.browser.get(address)
            counts.append(len(asked))
        return counts

    statements()
    without = statements()
    decided(world)
    decided(world, why="Once more.")

    assert statements() == without


def test_the_chart_of_the_patient_page_bears_its_mark_and_its_table_the_words(world):
    for days, pain in ((50, 7), (2, 4)):
        response = QuestionnaireResponse.objects.create(
            patient=world.patient, instrument="checkin", instrument_version="1", answers={}, status="complete",
            answered_at=clock.now() - timedelta(days=days),
        )  # fmt: skip
        response.scores.create(output="pain", value=pain, total=pain, count=1)
    Course.objects.filter(pk=world.course.pk).update(opened_at=clock.now() - timedelta(days=60))
    decided(world)

    shown = page(world, "desk:patient", world.patient.public_id)

    assert ">checkpoint: continue</text>" in shown
    assert "Decided at session 6: continue" in shown
