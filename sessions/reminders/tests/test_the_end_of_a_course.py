"""At the end of a course its patient is asked the ten questions once, in the place of the next check-in."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from clinic.attention.models import Task
from clinic.kernel.links import hash_token
from clinic.outbox import kinds
from clinic.outbox.models import OutgoingMessage
from patients.contact.models import ContactPreference
from patients.intake.models import QuestionnaireRequest
from patients.intake.services.requests import token_of
from patients.models import Consent
from sessions.appointments.models import Appointment
from sessions.courses.models import Course
from sessions.courses.services import end_course, extend, reopen_course
from sessions.reminders import check_ins, course_end, last_reminder
from sessions.reminders.check_in_mail import KIND as CHECK_IN_MAIL
from sessions.reminders.course_end_mail import KIND, render
from sessions.reminders.last_reminder_mail import KIND as LAST_REMINDER_MAIL
from sessions.tests.world import a_treatment, a_visit, at, signed

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    for kind in (KIND, CHECK_IN_MAIL, LAST_REMINDER_MAIL):
        kinds.register(kind)


@pytest.fixture
def plan(in_role):
    def as_the_worker(now):
        with in_role("worker"):
            last_reminder.plan(now)
            course_end.plan(now)
            check_ins.plan(now)

    return as_the_worker


def completed(world, number, visit=None):
    """A visit of which the note is signed, and its patient has gone: so many sessions are done."""
    Appointment.objects.filter(pk=(visit or world.visit).pk).update(state="completed")
    Course.objects.filter(pk=world.course.pk).update(sessions_done=number)


def a_world(number=8, **patient):
    """The eighth of eight sessions: begun on Monday at 9:00, signed at 9:20, and over."""
    with time_machine.travel(at(9, 20), tick=True):
        world = a_treatment(**patient)
        Course.objects.update(sessions_done=number - 1)
        world.note = signed(world)
    completed(world, number)
    return world


def ended(world, now, reason="well"):
    return end_course(course=world.course, reason=reason, by=world.clinic.chen.user, now=now)


def messages(kind="course-end"):
    return OutgoingMessage.objects.filter(kind=kind)


def the_request():
    return QuestionnaireRequest.objects.get(form="course-end")


def leaves(message, now, in_role):
    """Return what holds it back at a moment, as the worker judges it; "" when it may go."""
    with in_role("worker"):
        for held in KIND.still_true(now):
            if not OutgoingMessage.objects.filter(held.condition, pk=message.pk).exists():
                return held.else_reason
    return ""


def test_after_the_last_planned_session_it_takes_the_place_of_the_check_in(plan):
    world = a_world()

    plan(at(10))
    plan(at(10, 1))

    message = messages().get()
    assert (message.state, message.not_before, message.to_address) == ("queued", at(9) + 3 * DAY, world.patient.email)
    assert message.not_after == at(20) + 5 * DAY
    request = the_request()
    assert (request.pk, request.appointment_id, request.course_id) == (
        message.subject_id,
        world.visit.pk,
        world.course.pk,
    )
    assert (request.state, request.expires_at) == ("open", at(9) + 10 * DAY)
    assert request.token_hash == hash_token(token_of(request))
    assert not messages("check-in").exists()


@pytest.mark.parametrize("number", [1, 7])
def test_before_the_last_planned_session_the_check_in_is_asked_and_no_end(plan, number):
    a_world(number)

    plan(at(10))

    assert not messages().exists()
    assert messages("check-in").count() == 1


def test_a_check_in_that_waits_gives_way_when_the_course_turns_out_to_be_over(plan):
    world = a_world(5)
    plan(at(10))
    assert messages("check-in").get().state == "queued"

    ended(world, at(11))
    plan(at(11, 1))

    assert messages().count() == 1
    assert set(QuestionnaireRequest.objects.values_list("form", "state")) == {
        ("check-in", "revoked"), ("course-end", "open"),
    }  # fmt: skip


def test_a_course_that_a_practitioner_ends_is_asked_about_a_day_later_at_least(plan):
    world = a_world(5)
    ended(world, at(11) + 5 * DAY, reason="no-help")

    plan(at(12) + 5 * DAY)

    assert messages().get().not_before == at(11) + 6 * DAY


def test_ended_in_its_note_it_waits_for_the_session_to_be_over(plan):
    with time_machine.travel(at(9, 20), tick=True):
        world = a_treatment()
        earlier = a_visit(world.clinic, world.patient, world.course, state="completed", starts_at=at(9) - 7 * DAY)
        Course.objects.update(sessions_done=5, opened_at=at(9) - 40 * DAY)
    world.course.refresh_from_db()
    ended(world, at(9, 30))

    plan(at(9, 31))
    assert not messages().exists()

    completed(world, 6)
    plan(at(10))
    message = messages().get()
    assert (message.appointment_id, message.not_before) == (world.visit.pk, at(9) + 3 * DAY)
    assert message.appointment_id != earlier.pk


def test_a_course_without_a_session_is_not_asked_about(plan):
    with time_machine.travel(at(9), tick=True):
        world = a_treatment(arrived=False)
    ended(world, at(10))

    plan(at(11))

    assert not messages().exists()


def test_the_mail_says_nothing_of_health_and_who_reads_it(plan, in_role):
    a_world()
    plan(at(10))

    with in_role("worker"):
        mail = render(messages().get(), at(9) + 3 * DAY)

    token = token_of(the_request())
    for part in (mail.text, mail.html):
        assert f"/i/check-in/{token}/" in part
        assert "about two minutes" in part
        assert "reads it with your record" in part
        for word in ("pain", "mood", "needle", "acupuncture", "session", "treatment", "course"):
            assert word not in part.lower().replace("old mill acupuncture", ""), word
    assert token not in mail.kept


def test_it_is_asked_once_whatever_becomes_of_the_course(plan):
    world = a_world()
    plan(at(10))
    ended(world, at(11))
    plan(at(12))
    reopen_course(course=world.course, by=world.clinic.chen.user, now=at(13))
    ended(world, at(14))
    plan(at(15))
    ninth = a_visit(world.clinic, world.patient, world.course, state="completed", starts_at=at(9) + 7 * DAY)
    completed(world, 9, ninth)
    plan(at(10) + 7 * DAY)

    assert messages().count() == 1
    assert QuestionnaireRequest.objects.filter(form="course-end").count() == 1


def test_a_course_that_was_taken_up_again_and_ends_months_later_is_asked_again(plan):
    world = a_world()
    plan(at(10))
    late = at(9) + 60 * DAY
    ninth = a_visit(world.clinic, world.patient, world.course, state="completed", starts_at=late)
    completed(world, 9, ninth)
    ended(world, late + HOUR)

    plan(late + 2 * HOUR)

    assert sorted(messages().values_list("appointment_id", flat=True)) == [world.visit.pk, ninth.pk]


def test_two_workers_that_found_the_same_end_plan_it_once(plan, in_role):
    a_world()
    found = course_end.due(at(10), BERLIN)

    with in_role("worker"):
        course_end._plan_batch(found, at(10), BERLIN)
        course_end._plan_batch(found, at(10), BERLIN)

    assert messages().count() == QuestionnaireRequest.objects.filter(form="course-end").count() == 1


def test_who_answered_the_same_ten_just_before_is_not_asked_again(plan):
    world = a_world()
    QuestionnaireRequest.objects.create(
        patient=world.patient, form="check-in", appointment_id=world.visit.pk, before_visit=True, state="submitted",
        issued_at=at(9) - 2 * DAY, submitted_at=at(9) - DAY, expires_at=at(9), ten_questions=True, token_hash="x",
    )  # fmt: skip

    plan(at(10))

    message = messages().get()
    assert (message.state, message.reason) == ("cancelled", course_end.ANSWERED)
    assert not messages("check-in").exists()
    assert not QuestionnaireRequest.objects.filter(form="course-end").exists()


def test_six_days_lie_between_it_and_other_questions(plan):
    world = a_world()
    OutgoingMessage.objects.create(
        kind="last-reminder", dedup_key="before", to_address=world.patient.email, patient_id=world.patient.pk,
        subject_id=1, state="sent", sent_at=at(9) - DAY, not_before=at(9) - DAY, not_after=at(9), created_at=at(9),
        message_id="<before@mill.example>",
    )  # fmt: skip

    plan(at(10))

    assert messages().get().not_before == at(9) + 5 * DAY


@pytest.mark.parametrize(
    ("fields", "reason"),
    [({"email": ""}, "no e-mail on file: phone"), ({"language": "fr"}, check_ins.NO_WORDS)],
)
def test_who_cannot_be_asked_by_mail_stands_in_the_ledger_with_the_reason(plan, fields, reason):
    a_world(**fields)

    plan(at(10))
    plan(at(10, 1))

    message = messages().get()
    assert (message.state, message.reason) == ("cancelled", reason)
    assert Task.objects.filter(kind="ask-with-interpreter").count() == int(reason == check_ins.NO_WORDS)
    assert not QuestionnaireRequest.objects.exists()


def test_a_course_that_never_asks_is_not_asked_about(plan):
    a_world()
    Course.objects.update(check_in_after_days=0)

    plan(at(10))

    assert not messages().exists()


def test_what_is_no_longer_so_when_it_leaves_holds_it_back(plan, in_role):
    world = a_world()
    plan(at(10))
    message, then = messages().get(), at(9) + 3 * DAY
    assert leaves(message, then, in_role) == ""

    extend(course=world.course, more=4, by=world.clinic.chen.user, now=at(11))
    assert leaves(message, then, in_role) == "the course goes on"
    ended(world, at(12))
    assert leaves(message, then, in_role) == ""

    ContactPreference.objects.create(patient=world.patient, stopped=["check-ins"], changed_at=at(11))
    assert leaves(message, then, in_role) == "wants no questions by e-mail"
    ContactPreference.objects.update(stopped=[])
    Consent.objects.create(
        patient=world.patient, kind="email", state="inactive", text_version=1, text_language="en",
        signed_sha256="0" * 64, channel="link", given_at=at(11),
    )  # fmt: skip
    assert leaves(message, then, in_role) == "wants no reminders by e-mail"
    Consent.objects.create(
        patient=world.patient, kind="email", state="active", text_version=1, text_language="en",
        signed_sha256="0" * 64, channel="link", given_at=at(12),
    )  # fmt: skip
    QuestionnaireRequest.objects.update(state="submitted")
    assert leaves(message, then, in_role) == "answered already, or a newer one took its place"


def test_at_night_it_waits_for_the_morning(plan):
    world = a_world()
    Appointment.objects.filter(pk=world.visit.pk).update(starts_at=at(21), ends_at=at(22))

    plan(at(22))

    assert messages().get().not_before == at(8) + 4 * DAY


def test_the_reminder_of_a_visit_brings_no_check_in_while_the_end_is_asked_about(plan):
    world = a_world()
    a_visit(world.clinic, world.patient, world.course, state="booked", starts_at=at(15) + 3 * DAY)
    plan(at(10))

    plan(at(10) + 2 * DAY)

    assert messages("last-reminder").get().subject_id is None
    assert not QuestionnaireRequest.objects.filter(form="check-in").exists()
