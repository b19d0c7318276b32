"""At the end of a course the change from the baseline is judged exactly; what was not answered is said plainly."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.outbox.models import OutgoingMessage
from patients.intake.models import QuestionnaireRequest, QuestionnaireResponse, Score
from patients.intake.tests.check_ins import a_check_in
from sessions.appointments.models import Appointment
from sessions.checkpoint.judging import NOT_AT_END, Scale, Value, judged, line_at_end
from sessions.courses.models import Course
from sessions.courses.services import end_course
from sessions.tests.world import NOW, a_treatment, at, counted, signed

DAY = date(2026, 9, 28)
TEN = Scale(Fraction(10), important=Fraction(2))
numbers = st.fractions(min_value=0, max_value=10, max_denominator=1000)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(before=st.lists(numbers, max_size=6), end=st.none() | numbers)
def test_the_end_is_held_against_the_baseline_with_the_same_arithmetic(before, end):
    values = [Value(DAY + timedelta(days=7 * index), value) for index, value in enumerate(before)]
    at_end = None if end is None else Value(DAY + timedelta(days=90), end)

    line = line_at_end("Pain", values, at_end, TEN, baseline=DAY if before else None)

    assert line.n == len(before) + (end is not None)
    if end is None:
        assert (line.last, line.words, line.way) == ("–", NOT_AT_END, "")
    elif before:
        assert (line.words, line.way) == judged(before[0], end, TEN)
    else:
        assert line.words.startswith("Missing at the baseline")


@pytest.fixture(autouse=True)
def a_monday_morning(monkeypatch, tmp_path):
    """The clock of the house stands on the day of the visits, at ten."""
    offset = tmp_path / "clock"
    monkeypatch.setenv("DEQI_CLOCK_FILE", str(offset))
    offset.write_text(str((at(10) - datetime.now(UTC)).total_seconds()))


@pytest.fixture
def world(db):
    """Eight of eight sessions took place, the last ten days ago and signed; the course began with pain 7, PEG 20/3."""
    world = a_treatment()
    Course.objects.update(sessions_done=7, opened_at=NOW - timedelta(days=60))
    world.note = signed(world)
    Appointment.objects.update(starts_at=at(9) - timedelta(days=10), ends_at=at(10) - timedelta(days=10))
    type(world.note).objects.filter(pk=world.note.pk)
    world.course.refresh_from_db()
    said(world, "checkin", "pain", 7, 59)
    said(world, "peg", "score", 20, 59, count=3)
    said(world, "phq-4", "total", 6, 59)
    return world


def said(world, instrument, output, total, days_ago, *, count=1, request=None, answers=None, by=""):
    response = QuestionnaireResponse.objects.create(
        patient=world.patient, instrument=instrument, instrument_version="1", answers=answers or {}, status="complete",
        answered_at=NOW - timedelta(days=days_ago), request=request, answered_by=by,
    )  # fmt: skip
    Score.objects.create(response=response, output=output, value=total, total=total, count=count)


def asked(world, days_ago=7, **fields):
    return a_check_in(
        world.patient, form="course-end", course_id=world.course.pk, appointment_id=world.visit.pk,
        issued_at=NOW - timedelta(days=days_ago), **fields,
    )  # fmt: skip


def answered(world, days_ago=5, by="", **fields):
    request = asked(world, state="submitted", submitted_at=NOW - timedelta(days=days_ago), ten_questions=True)
    said(world, "checkin", "pain", 3, days_ago, request=request, by=by)
    said(world, "peg", "score", 14, days_ago, count=3, request=request, by=by)
    said(world, "global-change", "change", 2, days_ago, request=request, answers={"gc-1": 2}, by=by)
    return request


def ended(world, days_ago=9, reason="well"):
    now = NOW - timedelta(days=days_ago)
    return end_course(course=world.course, reason=reason, by=world.clinic.chen.user, now=now)


def page_of(world):
    return world.browser.get(reverse("courses:course", args=[world.course.public_id]))


def lines(world):
    return {line.name: line for line in page_of(world).context["end"].lines}


def test_what_was_answered_after_the_course_had_ended_is_its_end(world):
    ended(world)
    answered(world)

    page = page_of(world)
    found = {line.name: line for line in page.context["end"].lines}

    assert "At the end" in page.content.decode()
    assert "Answered on Wed 11 Nov 2026." in page.content.decode()
    assert (found["Pain"].first, found["Pain"].last) == ("7", "3")
    assert found["Pain"].words.startswith("4 points better, 57 %: large")
    assert "30 %: meaningful" in found["Pain and daily life (PEG)"].words
    assert found["Overall, in the patient’s own judgement"].last == "Much better"
    assert found["Mood and worry (PHQ-4)"].words == NOT_AT_END
    assert found["Mood and worry (PHQ-4)"].first == "6"


def test_a_check_in_after_the_end_is_none_of_it(world):
    ended(world)
    answered(world)
    said(world, "checkin", "pain", 9, 1)

    assert lines(world)["Pain"].last == "3"


def test_nothing_answered_is_said_plainly_and_compared_with_nothing(world):
    said(world, "checkin", "pain", 5, 20)
    asked(world)
    ended(world)

    found = lines(world)

    assert {line.words for name, line in found.items() if not name.startswith(("Poor", "Days"))} == {NOT_AT_END}
    assert (found["Pain"].first, found["Pain"].last, found["Pain"].n) == ("7", "–", 2)
    assert "Not answered yet: asked in the clinic." in page_of(world).content.decode()


def test_the_ten_of_a_checkpoint_just_before_the_last_session_are_the_end(world):
    request = a_check_in(
        world.patient, appointment_id=world.visit.pk, before_visit=True, state="submitted", ten_questions=True,
        issued_at=NOW - timedelta(days=2), submitted_at=NOW - timedelta(days=1),
    )  # fmt: skip
    said(world, "checkin", "pain", 4, 1, request=request)

    assert lines(world)["Pain"].last == "4"
    assert page_of(world).context["end"].visit_id == ""


def test_what_somebody_else_answered_stays_out(world):
    answered(world, by="her sister")

    page = page_of(world).content.decode()

    assert "Answered by somebody else: that stays out of the change." in page
    assert "3 questionnaires answered by somebody else are left out." in page
    assert lines(world)["Pain"].words == NOT_AT_END


@pytest.mark.parametrize(
    ("mail", "words"),
    [
        ({"state": "sent", "sent_at": NOW - timedelta(days=3)}, "Not answered yet: asked by mail on Fri 13 Nov 2026."),
        ({"state": "queued"}, "Not asked yet: the mail goes out on Tue 17 Nov 2026."),
        ({"state": "cancelled", "reason": "no e-mail on file: phone"}, "Not asked by mail: no e-mail on file: phone."),
    ],
)
def test_it_says_how_it_was_asked(world, mail, words):
    request = asked(world) if mail["state"] != "cancelled" else None
    OutgoingMessage.objects.create(
        kind="course-end", dedup_key="one", to_address="greta@example.org", patient_id=world.patient.pk,
        appointment_id=world.visit.pk, subject_id=request and request.pk, not_before=NOW + timedelta(days=1),
        not_after=NOW + timedelta(days=3), created_at=NOW, message_id=f"<{uuid.uuid4()}@mill.example>", **mail,
    )  # fmt: skip

    page = page_of(world)

    assert words in page.content.decode()
    assert reverse("desk:check_in_here", args=[world.visit.public_id]) in page.content.decode()


def test_a_link_that_ended_unanswered_is_not_answered(world):
    asked(world, days_ago=20)
    QuestionnaireRequest.objects.update(expires_at=NOW - timedelta(days=10))

    assert "Not answered: asked on Tue 27 Oct 2026, the link has ended." in page_of(world).content.decode()


def test_a_course_that_runs_has_no_end_yet(world):
    Course.objects.update(planned_sessions=12)

    assert "At the end" not in page_of(world).content.decode()


def test_it_takes_no_statement_of_its_own(world):
    with counted() as before:
        page_of(world)
    ended(world)
    answered(world)
    with counted() as after:
        page_of(world)

    assert len(after) == len(before) <= 7


def test_the_chart_goes_on_to_the_end(world):
    ended(world)
    answered(world)

    patient = world.browser.get(reverse("desk:patient", args=[world.patient.public_id]))

    said_days = patient.context["page"].answers.trend.said
    assert [(one.source, one.pain) for one in said_days] == [("baseline", 7), ("end of course", 3)]
