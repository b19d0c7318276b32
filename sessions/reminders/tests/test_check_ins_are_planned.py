"""Some days after a signed session a patient is asked how it went: once, in the day, from ids and times alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from clinic.attention.models import Task
from clinic.kernel.links import hash_token
from clinic.outbox import kinds
from clinic.outbox.models import OutgoingMessage
from clinic.practice.models import Practice
from patients.intake.models import QuestionnaireRequest
from patients.intake.services.requests import token_of
from sessions.models import TreatmentSession
from sessions.reminders import check_ins, quiet_hours
from sessions.reminders.check_in_mail import KIND, render
from sessions.tests.world import a_treatment, a_visit, at, signed

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    kinds.register(KIND)


@pytest.fixture
def plan(in_role):
    def as_the_worker(now):
        with in_role("worker"):
            check_ins.plan(now)

    return as_the_worker


def a_signed_session(**patient):
    """Signed on Monday at 9:20; the visit began at 9:00."""
    with time_machine.travel(at(9, 20), tick=True):
        world = a_treatment(**patient)
        world.note = signed(world)
    return world


def messages():
    return OutgoingMessage.objects.filter(kind="check-in")


def test_three_days_later_at_the_hour_of_the_session(plan):
    world = a_signed_session()

    plan(at(9, 30))

    message = messages().get()
    assert message.state == "queued"
    assert message.not_before == at(9) + 3 * DAY
    assert message.not_after == at(20) + 5 * DAY
    assert message.to_address == world.patient.email
    request = QuestionnaireRequest.objects.get(pk=message.subject_id)
    assert (request.form, request.state, request.patient) == ("check-in", "open", world.patient)
    assert request.expires_at == at(9) + 10 * DAY
    assert request.token_hash == hash_token(token_of(request))


def test_beat_may_come_as_often_as_it_likes(plan):
    a_signed_session()

    for minute in range(30, 35):
        plan(at(9, minute))

    assert messages().count() == QuestionnaireRequest.objects.filter(form="check-in").count() == 1


def test_two_workers_that_found_the_same_session_plan_it_once(plan, in_role):
    a_signed_session()
    found = check_ins.due(at(9, 30), BERLIN)

    with in_role("worker"):
        check_ins._plan_batch(found, at(9, 30), BERLIN)
        check_ins._plan_batch(found, at(9, 30), BERLIN)

    assert messages().count() == QuestionnaireRequest.objects.filter(form="check-in").count() == 1


def test_the_course_says_after_how_many_days_and_none_means_never(plan):
    world = a_signed_session()
    type(world.course).objects.update(check_in_after_days=0)
    plan(at(9, 30))
    assert not messages().exists()

    type(world.course).objects.update(check_in_after_days=5)
    plan(at(9, 31))
    assert messages().get().not_before == at(9) + 5 * DAY


def test_a_draft_asks_nothing_nor_does_a_note_entered_in_error(plan):
    world = a_signed_session()
    other = a_visit(world.clinic, world.patient, world.course, starts_at=at(11))
    with time_machine.travel(at(11), tick=True):
        TreatmentSession.objects.create(
            patient=world.patient, practitioner=world.clinic.chen, course=world.course, appointment=other,
            started_at=at(11), updated_at=at(11),
        )  # fmt: skip
        world.note.addenda.create(
            kind="entered-in-error", text="Another patient.", by=world.clinic.chen.user, at=at(11),
            form_token="6c8f1a3e-0000-4000-8000-000000000001",
        )  # fmt: skip

    plan(at(12))

    assert not messages().exists()


def test_a_note_signed_late_is_asked_about_when_it_is_signed_and_an_old_one_not_at_all(plan):
    a_signed_session()
    plan(at(9) + 6 * DAY)
    assert not messages().exists()

    plan(at(9) + 4 * DAY)
    message = messages().get()
    assert message.not_before == at(9) + 3 * DAY
    assert message.not_after > at(9) + 4 * DAY


def test_an_older_check_in_that_was_never_answered_gives_way(plan):
    world = a_signed_session()
    plan(at(9, 30))
    with time_machine.travel(at(9) + 7 * DAY, tick=True):
        world.browser.force_login(world.clinic.chen.user)
        signed(world, a_visit(world.clinic, world.patient, world.course, starts_at=at(9) + 7 * DAY))

    plan(at(9, 30) + 7 * DAY)

    states = list(QuestionnaireRequest.objects.filter(form="check-in").order_by("id").values_list("state", flat=True))
    assert states == ["revoked", "open"]
    assert messages().count() == 2


def test_without_an_address_the_ledger_says_so(plan):
    a_signed_session(email="")

    plan(at(9, 30))
    plan(at(9, 31))

    message = messages().get()
    assert (message.state, message.reason) == ("cancelled", "no e-mail on file: phone")
    assert not QuestionnaireRequest.objects.filter(form="check-in").exists()


def test_a_language_without_words_becomes_a_task(plan):
    world = a_signed_session(language="vi")

    plan(at(9, 30))
    plan(at(9, 31))

    assert messages().get().reason == "no questions in this language: ask with an interpreter"
    task = Task.objects.get()
    assert (task.kind, task.patient_id) == ("ask-with-interpreter", world.patient.pk)


def test_a_language_that_is_not_offered_becomes_a_task_too(plan):
    a_signed_session(language="es")

    plan(at(9, 30))

    assert messages().get().reason == "no questions in this language: ask with an interpreter"


def test_a_language_that_is_offered_is_asked_in(plan):
    a_signed_session(language="es")
    Practice.objects.update(languages=["en", "es"])

    plan(at(9, 30))

    assert QuestionnaireRequest.objects.get(form="check-in").language == "es"


def test_the_mail_has_a_link_that_opens_it_and_no_word_of_health(plan, in_role):
    world = a_signed_session()
    a_visit(world.clinic, world.patient, world.course, state="booked", starts_at=at(9) + 7 * DAY)
    plan(at(9, 30))

    with in_role("worker"):
        mail = render(messages().get(), at(9) + 3 * DAY)

    token = token_of(QuestionnaireRequest.objects.get(form="check-in"))
    assert mail.subject == "A few short questions, Clinic at the Old Mill"
    for part in (mail.text, mail.html):
        assert f"/i/check-in/{token}/" in part
        assert "before you come on Monday 23 November" in part
        for word in ("pain", "mood", "needle", "acupuncture", "session"):
            assert word not in part.lower(), word
    assert token not in mail.kept


def test_planning_costs_the_same_for_one_and_for_twenty(plan):
    a_signed_session()
    with CaptureQueriesContext(connection) as one:
        plan(at(9, 30))
    world = a_signed_session_of_many(20)
    with CaptureQueriesContext(connection) as many:
        plan(at(9, 40))

    assert messages().count() == 1 + len(world)
    assert len(one) == len(many)


def a_signed_session_of_many(number):
    first = TreatmentSession.objects.select_related("appointment", "course", "practitioner").first()
    found = []
    for index in range(number):
        patient = type(first.patient).objects.create(
            given_name=f"N{index}", family_name="Berg", email=f"n{index}@example.org", birth_date="1970-01-01",
            created_at=at(8),
        )  # fmt: skip
        course = type(first.course).objects.create(patient=patient, practitioner=first.practitioner, opened_at=at(8))
        visit = type(first.appointment).objects.create(
            patient=patient, practitioner=first.practitioner, service=first.appointment.service,
            room=first.appointment.room, course=course, state="completed", starts_at=at(8), ends_at=at(9),
            booked_by=first.appointment.booked_by, booked_at=at(8),
        )  # fmt: skip
        found.append(
            TreatmentSession.objects.create(
                patient=patient,
                practitioner=first.practitioner,
                course=course,
                appointment=visit,
                started_at=at(8),
                updated_at=at(8),
                state="completed",
                signed_at=at(9),
                signed_by=first.signed_by,
                no_needles=True,
                content_sha256="0" * 64,
            )
        )
    return found


def test_what_the_day_did_not_send_waits_for_the_morning_but_not_what_a_person_sends(plan):
    a_signed_session()
    plan(at(9, 30))
    messages().update(not_before=at(19, 50))

    plan(at(20, 30))
    assert messages().get().not_before == at(8) + DAY

    messages().update(not_before=at(21))
    plan(at(21, 1))
    assert messages().get().not_before == at(21)


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        (at(7, 59), at(8)),
        (at(8), at(8)),
        (at(19, 59), at(19, 59)),
        (at(20), at(8) + DAY),
        (at(23), at(8) + DAY),
    ],
)
def test_mails_leave_from_eight_to_twenty(moment, allowed):
    assert quiet_hours.next_allowed(moment, BERLIN) == allowed


@given(st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)))
def test_no_allowed_moment_is_quiet_nor_far_away_also_when_the_clocks_change(moment):
    allowed = quiet_hours.next_allowed(moment, BERLIN)

    assert not quiet_hours.is_quiet(allowed, BERLIN)
    assert timedelta() <= allowed - moment <= timedelta(hours=13)
