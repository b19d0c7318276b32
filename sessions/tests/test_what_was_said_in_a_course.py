"""What a patient said stands in the head of the note and on the patient page, and makes the chart of the course."""

from __future__ import annotations

import uuid
from datetime import timedelta
from fractions import Fraction

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from patients.intake.models import QuestionnaireRequest, QuestionnaireResponse, Score
from sessions.courses.models import Course
from sessions.models import TreatmentSession
from sessions.tests.world import NOW, a_treatment, a_user, a_visit, at, begin, counted, signed
from sessions.trends import answers_for

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
QUIET = {"ci-new": 0, "ci-worried": 0}
WORDS = {
    "ci-analgesic-days": 2, "ci-analgesic-change": 0, "ci-new": 1, "ci-new-text": "Amitriptyline is 10 mg now.",
    "ci-worried": 1, "ci-effects": ["bruise"], "ci-effects-text": "Behind the knee, gone now.",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(at(9, 20), tick=True):
        yield


@pytest.fixture
def world():
    made = a_treatment()
    Course.objects.update(opened_at=NOW - 60 * DAY)
    return made


def said(world, days_ago, pain, form="check-in", answers=None, flags=(), instrument="checkin", **more):
    when = NOW - days_ago * DAY
    request = QuestionnaireRequest.objects.create(
        patient=world.patient, form=form, token_hash=uuid.uuid4().hex, state="submitted", issued_at=when,
        submitted_at=when, expires_at=when + 90 * DAY,
    )  # fmt: skip
    response = QuestionnaireResponse.objects.create(
        patient=world.patient, request=request, instrument=instrument, instrument_version="1.1", status="complete",
        answers=answers or QUIET, flags=list(flags), answered_at=when, **more,
    )  # fmt: skip
    outputs = (("pain", pain, 1), ("mood", 6, 1), ("sleep", 5, 1), ("analgesic_days", 2, 1))
    if instrument == "peg":
        outputs = (("score", pain, 3),)
    Score.objects.bulk_create(
        Score(response=response, output=output, value=value, total=value, count=count)
        for output, value, count in outputs
    )


def page_of(world, name="note"):
    note = TreatmentSession.objects.order_by("-id").first()
    address = {
        "note": ("treatments:note", note and note.public_id),
        "patient": ("desk:patient", world.patient.public_id),
    }
    where, key = address[name]
    return world.browser.get(reverse(where, args=[key])).content.decode()


def pains(world):
    return [(day.source, day.pain) for day in answers_for(world.patient.pk).trend.said]


def test_the_intake_is_the_baseline_and_check_ins_follow(world):
    said(world, 30, 7, form="intake")
    said(world, 20, 6)
    said(world, 3, 4)

    assert pains(world) == [("baseline", 7), ("check-in", 6), ("check-in", 4)]


def test_an_intake_of_before_the_course_counts_when_it_is_not_too_old(world):
    said(world, 100, 8, form="intake")
    said(world, 3, 4)
    assert pains(world) == [("baseline", 8), ("check-in", 4)]

    Course.objects.update(opened_at=NOW - 5 * DAY)
    assert pains(world) == [("baseline", 4)]


def test_the_course_before_has_its_own_chart(world):
    said(world, 50, 9)
    said(world, 3, 4)
    earlier = Course.objects.create(
        patient=world.patient, opened_at=NOW - 55 * DAY, ended_at=NOW - 40 * DAY, state="completed", end_reason="well"
    )
    Course.objects.filter(pk=world.course.pk).update(opened_at=NOW - 10 * DAY)

    assert pains(world) == [("baseline", 4)]
    assert [day.pain for day in answers_for(world.patient.pk, course_id=earlier.pk).trend.said] == [9]


def test_what_her_sister_filled_in_and_what_was_replaced_stay_out(world):
    said(world, 30, 7, form="intake")
    said(world, 20, 1, answered_by="her sister")
    said(world, 10, 2, state="replaced")
    said(world, 9, 2, state="entered-in-error")

    assert pains(world) == [("baseline", 7)]


def test_what_her_sister_filled_in_is_compared_with_nothing(world):
    said(world, 30, 7)
    said(world, 20, 1, answered_by="her sister")
    pain = answers_for(world.patient.pk).lines[0]
    assert (pain.value, pain.before, pain.way) == ("1", "", "")

    said(world, 10, 4)
    pain = answers_for(world.patient.pk).lines[0]
    assert (pain.value, pain.before, pain.way) == ("4", "7", "better")


def test_the_mean_of_the_peg_keeps_its_exact_fraction_and_stays_a_line_of_its_own(world):
    said(world, 30, 20, form="intake", instrument="peg")

    answers = answers_for(world.patient.pk)

    assert answers.trend.said == ()
    [line] = answers.lines
    assert (line.name, line.value) == ("Pain and daily life", "6.7")
    assert Fraction(20, 3) != Fraction("6.7")


def test_sessions_are_ticks_and_what_is_booked_comes_after_them(world):
    said(world, 30, 7, form="intake")
    signed(world)
    a_visit(world.clinic, world.patient, world.course, state="booked", starts_at=at(9) + 7 * DAY)
    a_visit(world.clinic, world.patient, world.course, state="cancelled", starts_at=at(9) + 14 * DAY)

    ticks = answers_for(world.patient.pk).trend.ticks

    assert [(tick.number, tick.done) for tick in ticks] == [(1, True), (2, False)]


def test_the_next_note_begins_with_what_she_said(world):
    said(world, 30, 7, form="intake")
    said(world, 1, 4, answers=WORDS, flags=["new_information"])
    begin(world)

    page = page_of(world)

    for words in (
        "<b>Pain 7 to 4.</b>", "Something is new", "“Amitriptyline is 10 mg now.”",
        "Please confirm it before needling.", "“Behind the knee, gone now.”", "Said before today", "Bruise",
        "<b>4</b> of 10, was 7", "Pain and mood",
        '<svg class="is-narrow"', "Pain 43 % better",
    ):  # fmt: skip
        assert words in page, words
    assert page_of(world, "patient").count("Amitriptyline is 10 mg now.") == 1


def test_a_check_in_of_before_the_last_session_was_gone_through_then(world):
    said(world, 30, 7, form="intake")
    said(world, 1, 4, answers=WORDS, flags=["new_information"])
    signed(world)
    with time_machine.travel(at(11, 20), tick=True):
        begin(world, a_visit(world.clinic, world.patient, world.course, starts_at=at(11)))
        page = page_of(world)

    assert "Something is new" not in page
    assert "<b>Pain 7 to 4.</b>" in page


def test_one_answer_is_said_and_nothing_is_drawn(world):
    said(world, 30, 7, form="intake")

    page = page_of(world, "patient")

    assert "Pain 7 at the baseline." in page
    assert 'class="is-wide"' not in page


def test_the_front_desk_sees_neither_chart_nor_words(world):
    said(world, 30, 7, form="intake")
    said(world, 1, 4, answers=WORDS)
    desk = Client()
    desk.force_login(a_user("Rosa Delgado", ("front-desk",)))

    page = desk.get(reverse("desk:patient", args=[world.patient.public_id])).content.decode()

    for words in ("is-wide", "Pain 7", "Amitriptyline", "Said before today"):
        assert words not in page, words


@pytest.mark.parametrize("answers", [2, 40])
def test_the_pages_cost_the_same_for_few_and_for_many(world, answers):
    said(world, 50, 7, form="intake")
    for number in range(answers):
        said(world, 40 - number, 5)
    begin(world)

    for name, most in (("note", 9), ("patient", 7)):
        with counted() as statements:
            page_of(world, name)
        # The test's own look for the note is one of them.
        assert len(statements) - 1 <= most, "\n".join(statements)
