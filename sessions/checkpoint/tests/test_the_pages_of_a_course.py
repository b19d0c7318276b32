"""The checkpoint opens by itself in the note and on the patient page; the course's page shows how it was kept."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from clinic.audit.models import AuditEvent
from clinic.staff.tests.cast import a_user, signed_in
from patients.intake.models import QuestionnaireResponse, Score
from sessions.appointments.models import Appointment
from sessions.courses.models import Checkpoint, Course
from sessions.models import TreatmentSession
from sessions.tests.world import NOW, READY, a_treatment, a_visit, at, begin, counted, send

pytestmark = pytest.mark.django_db
WHY = "Pain is down by three, the market is near."


@pytest.fixture(autouse=True)
def a_monday_morning(monkeypatch, tmp_path):
    """The clock of the house stands on the day of the visits, at ten."""
    offset = tmp_path / "clock"
    monkeypatch.setenv("DEQI_CLOCK_FILE", str(offset))
    offset.write_text(str((at(10) - datetime.now(UTC)).total_seconds()))


@pytest.fixture
def world():
    return a_treatment()


def done(world, count):
    Course.objects.filter(pk=world.course.pk).update(sessions_done=count, opened_at=NOW - timedelta(days=60))


def said(world, instrument, output, total, days_ago, *, count=1, answered_by="", answers=None):
    response = QuestionnaireResponse.objects.create(
        patient=world.patient, instrument=instrument, instrument_version="1", answers=answers or {}, status="complete",
        answered_at=NOW - timedelta(days=days_ago), answered_by=answered_by,
    )  # fmt: skip
    Score.objects.create(response=response, output=output, value=total, total=total, count=count)


def in_the_note(world):
    return world.browser.get(reverse("treatments:note", args=[begin(world).public_id]))


def on_the_patient_page(world, browser=None):
    return (browser or world.browser).get(reverse("desk:patient", args=[world.patient.public_id]))


def act(world, name, **fields):
    data = {"form_token": str(uuid.uuid4()), "end": "1", **fields}
    return world.browser.post(reverse(f"courses:{name}", args=[world.course.public_id]), data)


def page_of(world, browser=None):
    return (browser or world.browser).get(reverse("courses:course", args=[world.course.public_id]))


@pytest.mark.parametrize(("sessions_done", "opens"), [(4, False), (5, True), (7, True)])
def test_it_opens_in_the_note_of_its_session_and_on_the_patient_page(world, sessions_done, opens):
    done(world, sessions_done)

    note, patient = in_the_note(world).content.decode(), on_the_patient_page(world).content.decode()

    for page in (note, patient):
        assert (f"Checkpoint at session {sessions_done + 1}" in page) is opens
        assert ("Keep the decision" in page) is opens


def test_it_says_what_changed_and_what_is_missing_and_leaves_out_what_a_helper_answered(world):
    done(world, 5)
    said(world, "checkin", "pain", 7, 50)
    said(world, "checkin", "pain", 9, 20, answered_by="her sister")
    said(world, "checkin", "pain", 4, 2)
    said(world, "peg", "score", 20, 50, count=3)
    said(world, "peg", "score", 14, 2, count=3)
    said(world, "phq-4", "total", 6, 50)
    said(world, "global-change", "change", 2, 2, answers={"gc-1": 2})

    lines = {line.name: line for line in in_the_note(world).context["checkpoint"].lines}

    pain, function = lines["Pain"], lines["Pain and daily life (PEG)"]
    assert (pain.first, pain.last, pain.n) == ("7", "4", 2)
    assert pain.words.startswith("3 points better, 43 %: meaningful")
    assert "30 %: meaningful" in function.words
    assert lines["Mood and worry (PHQ-4)"].words == "Missing since the baseline."
    assert lines["Poor sleep"].words == "Missing: not asked, or not answered by the patient."
    assert lines["Overall, in the patient’s own judgement"].last == "Much better"
    assert "1 questionnaire answered by somebody else is left out." in on_the_patient_page(world).content.decode()


def test_the_decision_is_kept_from_the_note_and_stands_on_every_page(world):
    done(world, 5)
    said(world, "checkin", "pain", 7, 50)
    said(world, "checkin", "pain", 4, 2)
    note = begin(world)

    answer = act(world, "decide", decision="continue", why=WHY, more="4", back=f"note:{note.public_id}")

    assert answer.headers["Location"] == reverse("treatments:note", args=[note.public_id]) + "#checkpoint"
    kept = Checkpoint.objects.get()
    assert (kept.session_number, kept.decision, kept.more_sessions) == (6, "continue", 4)
    assert kept.figures[0]["first"] == "7"
    pages = (in_the_note(world), on_the_patient_page(world), page_of(world))
    for page in pages:
        assert WHY in page.content.decode()
        assert "Keep the decision" not in page.content.decode()
    assert "6 of 12" in pages[0].content.decode()


def test_the_note_s_script_gets_the_part_alone(world):
    done(world, 5)
    address = reverse("courses:decide", args=[world.course.public_id])
    data = {"form_token": str(uuid.uuid4()), "end": "1", "decision": "continue", "why": ""}

    wrong = world.browser.post(address, data, headers={"X-Deqi-Part": "1"})
    right = world.browser.post(address, {**data, "why": WHY}, headers={"X-Deqi-Part": "1"})

    assert (wrong.status_code, right.status_code) == (422, 200)
    assert "Please say why, in a sentence." in wrong.content.decode()
    assert right.content.decode().lstrip().startswith("<section")
    assert WHY in right.content.decode()


@pytest.mark.parametrize(("fields", "sentence"), [
    ({}, "Please choose one of the four."),
    ({"decision": "continue"}, "Please say why, in a sentence."),
    ({"decision": "finish", "why": WHY}, "Please say how it ended."),
    ({"decision": "finish", "why": WHY, "end_reason": "well", "more": "3"}, "A course that ends has no more sessions."),
    ({"decision": "continue", "why": WHY, "new_course": "on"}, "A new course goes with “Change”."),
    ({"decision": "change", "why": WHY, "new_course": "on"}, "Please say how many sessions the new course has."),
    ({"decision": "continue", "why": WHY, "more": "x"}, "Please write a whole number from 0 to 200"),
    ({"decision": "continue", "why": WHY, "more": "195"}, "A course has at most 200 sessions."),
])  # fmt: skip
def test_what_does_not_go_together_is_said_beside_its_field_and_kept(world, fields, sentence):
    done(world, 5)

    answer = act(world, "decide", **fields)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Checkpoint.objects.exists()
    if "why" in fields:
        assert WHY in answer.content.decode()


@pytest.mark.parametrize("state", ["booked", "confirmed", "arrived", "in-treatment"])
def test_the_counter_says_the_same_on_the_board_in_the_note_and_on_the_patient_page(world, state):
    done(world, 3)
    Appointment.objects.filter(pk=world.visit.pk).update(state=state)
    board = world.browser.get(reverse("desk:board")).content.decode()

    pages = [board, on_the_patient_page(world).content.decode(), page_of(world).content.decode()]
    pages += [in_the_note(world).content.decode(), on_the_patient_page(world).content.decode()]

    for page in pages:
        assert '<span class="num">4 of 8</span>' in page
        assert '<span class="num">3 of 8</span>' not in page


def test_the_counter_stays_when_the_session_is_over(world):
    done(world, 3)
    note = begin(world)
    send(world, note, "sign", **READY)

    pages = [world.browser.get(reverse("desk:board")), on_the_patient_page(world), page_of(world)]

    for page in pages:
        assert '<span class="num">4 of 8</span>' in page.content.decode()
    assert TreatmentSession.objects.get(pk=note.pk).number_in_course == 4


def test_the_page_shows_sessions_kept_the_longest_gap_and_a_next_visit_that_is_missing(world):
    for number, days_ago in enumerate((40, 33, 12), start=1):
        TreatmentSession.objects.create(
            patient=world.patient, practitioner=world.clinic.chen, course=world.course, number_in_course=number,
            started_at=NOW - timedelta(days=days_ago), updated_at=NOW,
        )  # fmt: skip
    done(world, 3)
    Appointment.objects.filter(pk=world.visit.pk).update(state="cancelled")

    page = page_of(world)

    assert "3 of 8 planned" in page.content.decode()
    assert page.context["page"].longest_gap.startswith("21 days")
    assert "not booked" in page.content.decode()
    a_visit(world.clinic, world.patient, world.course, state="booked", starts_at=at(9) + timedelta(days=3))
    assert "not booked" not in page_of(world).content.decode()


def test_a_course_is_planned_anew_extended_ended_and_taken_up_again(world):
    plan = {"planned_sessions": "10", "frequency": "weekly", "checkpoint_session": "5", "complaint": "Low back",
            "goal": "Walk to the market."}  # fmt: skip
    for name, fields in (("plan", plan), ("extend", {"more": "2"}), ("end", {"reason": "stopped"}), ("reopen", {})):
        assert act(world, name, **fields).status_code == 302, name
        assert AuditEvent.objects.filter(resource="course", object_id=world.course.pk).exclude(action="read").exists()

    world.course.refresh_from_db()
    assert (world.course.planned_sessions, world.course.checkpoint_session) == (12, 5)
    assert (world.course.goal, world.course.get_frequency_display()) == ("Walk to the market.", "once a week")
    assert (world.course.state, world.course.end_reason, world.course.ended_at) == ("active", "", None)


@pytest.mark.parametrize(("name", "fields", "sentence"), [
    ("plan", {"planned_sessions": "3", "checkpoint_session": "3"}, "5 sessions took place already."),
    ("plan", {"planned_sessions": "8", "checkpoint_session": "9"}, "The course has 8 sessions."),
    ("extend", {"more": "0"}, "Please write a whole number from 1 to 200"),
    ("extend", {"more": "193"}, "A course has at most 200 sessions."),
    ("end", {}, "Please say how it ended."),
    ("reopen", {}, "This course runs already."),
])  # fmt: skip
def test_what_cannot_be_is_said_in_words(world, name, fields, sentence):
    done(world, 5)

    answer = act(world, name, **fields)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_a_course_is_not_taken_up_again_beside_another_one(world):
    act(world, "end", reason="well")
    Course.objects.create(patient=world.patient, practitioner=world.clinic.chen, opened_at=NOW)

    assert "Another course of this patient runs." in act(world, "reopen").content.decode()


def test_the_front_desk_sees_neither_course_nor_checkpoint(world):
    done(world, 5)
    desk = signed_in(a_user("Bob", "front-desk"))

    assert page_of(world, desk).status_code == 403
    shown = on_the_patient_page(world, desk).content.decode()
    assert "Keep the decision" not in shown
    assert '<span class="num">6 of 8</span>' in shown
    assert Client().get(reverse("courses:course", args=[world.course.public_id])).status_code == 302


def test_note_patient_page_and_course_stay_within_their_statements(world):
    done(world, 5)
    said(world, "checkin", "pain", 7, 50)
    said(world, "checkin", "pain", 4, 2)
    note = begin(world)
    for address, most in (
        (reverse("treatments:note", args=[note.public_id]), 9),
        (reverse("desk:patient", args=[world.patient.public_id]), 7),
        (reverse("courses:course", args=[world.course.public_id]), 7),
    ):
        world.browser.get(address)
        with counted() as few:
            world.browser.get(address)
        assert len(few) <= most, few
