"""Before a visit one mail leaves so early that cancelling from it is in time; the check-in rides on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from clinic.attention.models import Task
from clinic.outbox import kinds, states
from clinic.outbox.models import OutgoingMessage
from patients.contact.models import ContactPreference
from patients.intake.models import QuestionnaireRequest
from patients.intake.services.requests import token_of
from patients.models import Consent
from sessions.appointments.services import move
from sessions.reminders import check_ins, last_reminder, leads, quiet_hours
from sessions.reminders.check_in_mail import KIND as CHECK_IN_MAIL
from sessions.reminders.last_reminder_mail import KIND, render
from sessions.tests.world import a_treatment, a_visit, at, signed

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
#: A visit a week later at 15:00: its reminder leaves thirty hours before, on Sunday at 9:00.
VISIT = at(15) + 7 * DAY
SUNDAY = at(9) + 6 * DAY


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    kinds.register(KIND)
    kinds.register(CHECK_IN_MAIL)


@pytest.fixture
def plan(in_role):
    def as_the_worker(now):
        with in_role("worker"):
            last_reminder.plan(now)

    return as_the_worker


@pytest.fixture
def world():
    """A session signed on Monday, and the next visit a week later."""
    return a_world()


def a_world(**patient):
    with time_machine.travel(at(9, 20), tick=True):
        made = a_treatment(**patient)
        signed(made)
    made.next = a_visit(made.clinic, made.patient, made.course, state="booked", starts_at=VISIT)
    return made


def messages():
    return OutgoingMessage.objects.filter(kind="last-reminder")


def asked():
    return QuestionnaireRequest.objects.filter(form="check-in", before_visit=True)


def test_it_is_planned_when_its_moment_comes_and_brings_the_check_in(world, plan):
    plan(SUNDAY - timedelta(minutes=1))
    assert not messages().exists()

    plan(SUNDAY)
    plan(SUNDAY + timedelta(seconds=10))

    message = messages().get()
    assert (message.state, message.to_address) == ("queued", world.patient.email)
    assert message.not_after == VISIT - DAY
    request = asked().get()
    assert (request.pk, request.appointment_id) == (message.subject_id, world.next.pk)
    assert (request.patient, request.expires_at) == (world.patient, VISIT)


def test_the_mail_says_when_and_until_when_it_is_free_to_change_and_nothing_of_health(world, plan, in_role):
    plan(SUNDAY)

    with in_role("worker"):
        mail = render(messages().get(), SUNDAY)

    token = token_of(asked().get())
    for part in (mail.text, mail.html):
        assert "Monday 23 November, 15:00" in part
        assert "Free to change until Sun 22 Nov, 15:00" in part
        assert f"/i/check-in/{token}/" in part
        assert "reads them before you come" in part
        for word in ("pain", "mood", "needle", "acupuncture", "session"):
            assert word not in part.lower(), word
    assert token not in mail.kept


def test_what_was_answered_or_stopped_meanwhile_is_left_out_of_the_mail(world, plan, in_role):
    plan(SUNDAY)
    asked().update(state="submitted")

    with in_role("worker"):
        mail = render(messages().get(), SUNDAY)

    assert "/i/check-in/" not in mail.text
    assert "Monday 23 November, 15:00" in mail.text


def came_yesterday(world):
    a_visit(world.clinic, world.patient, world.course, state="completed", starts_at=SUNDAY - timedelta(hours=20))


def was_asked(world, days_ago):
    OutgoingMessage.objects.create(
        kind="check-in", dedup_key="earlier", patient_id=world.patient.pk, message_id="earlier@x", state="sent",
        to_address=world.patient.email, created_at=at(9), not_before=at(9), not_after=at(9) + DAY,
        sent_at=SUNDAY - days_ago * DAY, subject_id=1,
    )  # fmt: skip


def filled_in_an_intake(world):
    QuestionnaireRequest.objects.create(
        patient=world.patient, form="intake", token_hash="x", state="submitted", issued_at=at(8),
        submitted_at=SUNDAY - 2 * DAY, expires_at=at(8) + 90 * DAY,
    )  # fmt: skip


def stopped_questions(world):
    ContactPreference.objects.create(patient=world.patient, stopped=["check-ins"], changed_at=at(10))


@pytest.mark.parametrize(
    "happens",
    [
        came_yesterday,
        lambda world: was_asked(world, 5),
        filled_in_an_intake,
        stopped_questions,
        lambda world: type(world.course).objects.update(state="completed", ended_at=at(10), end_reason="well"),
    ],
    ids=["came yesterday", "asked five days ago", "a full set lately", "stopped questions", "the course ended"],
)
def test_the_reminder_goes_without_questions_when_they_make_no_sense(world, plan, happens):
    happens(world)

    plan(SUNDAY)

    assert messages().get().state == "queued"
    assert not asked().exists()


def test_before_a_first_visit_the_intake_asks_and_no_check_in(plan):
    with time_machine.travel(at(9, 20), tick=True):
        made = a_treatment(arrived=False)
    type(made.visit).objects.filter(pk=made.visit.pk).update(starts_at=VISIT, ends_at=VISIT + timedelta(minutes=50))

    plan(SUNDAY)

    assert messages().get().state == "queued"
    assert not asked().exists()


def test_it_takes_the_place_of_an_older_check_in_that_was_not_answered(world, plan, in_role):
    with in_role("worker"):
        check_ins.plan(at(9, 30))

    plan(SUNDAY)

    live = QuestionnaireRequest.objects.get(form="check-in", state__in=("open", "begun"))
    assert live.before_visit
    assert QuestionnaireRequest.objects.filter(form="check-in", state="revoked").count() == 1


def test_after_that_visit_one_is_asked_again(world, plan, in_role):
    plan(SUNDAY)
    with time_machine.travel(VISIT + timedelta(minutes=20), tick=True):
        world.browser.force_login(world.clinic.chen.user)
        type(world.next).objects.filter(pk=world.next.pk).update(state="arrived")
        world.next.refresh_from_db()
        signed(world, world.next)

    with in_role("worker"):
        check_ins.plan(VISIT + timedelta(minutes=30))

    of_the_visit = QuestionnaireRequest.objects.filter(form="check-in", appointment_id=world.next.pk)
    assert sorted(of_the_visit.values_list("before_visit", flat=True)) == [False, True]


def test_booked_inside_its_time_it_is_skipped_and_the_ledger_says_so(world, plan):
    type(world.next).objects.filter(pk=world.next.pk).update(booked_at=SUNDAY + timedelta(minutes=1))

    plan(SUNDAY + timedelta(minutes=2))

    message = messages().get()
    assert (message.state, message.reason) == ("cancelled", last_reminder.INSIDE)
    assert not asked().exists()


@pytest.mark.parametrize("ahead", [timedelta(hours=23, minutes=30), timedelta(hours=24), timedelta(hours=29)])
def test_one_visit_that_is_booked_late_keeps_nobody_elses_reminder(world, plan, ahead):
    late = a_visit(world.clinic, world.patient, world.course, state="booked", starts_at=SUNDAY + ahead)
    type(late).objects.filter(pk=late.pk).update(booked_at=SUNDAY - timedelta(minutes=1))

    plan(SUNDAY)

    assert messages().get(appointment_id=world.next.pk).state == "queued"
    assert messages().get(appointment_id=late.pk).state == "cancelled"


def test_late_in_the_day_it_is_skipped_when_the_morning_is_too_late(world, plan):
    early = a_visit(world.clinic, world.patient, world.course, state="booked", starts_at=at(8) + 8 * DAY)

    plan(at(20, 5) + 6 * DAY)

    message = messages().get(appointment_id=early.pk)
    assert (message.state, message.reason) == ("cancelled", last_reminder.TOO_LATE)


def test_what_a_mail_of_a_change_told_just_now_is_not_said_again(world, plan):
    OutgoingMessage.objects.create(
        kind="change", dedup_key="told", patient_id=world.patient.pk, appointment_id=world.next.pk, message_id="told@x",
        state="sent", to_address=world.patient.email, created_at=SUNDAY + timedelta(minutes=1), not_before=SUNDAY,
        not_after=SUNDAY + DAY, sent_at=SUNDAY + timedelta(minutes=1),
    )  # fmt: skip

    plan(SUNDAY + timedelta(minutes=2))

    assert messages().get().reason == last_reminder.INSIDE


def test_the_questions_of_a_visit_that_was_moved_are_open_until_it_begins(world, plan):
    plan(SUNDAY)
    an_hour_later = SUNDAY + timedelta(hours=1)
    with time_machine.travel(an_hour_later, tick=True):
        move(appointment=world.next, starts_at=VISIT + 7 * DAY, by=world.clinic.desk, now=an_hour_later)

    assert asked().get().expires_at == type(world.next).objects.get(pk=world.next.pk).starts_at > VISIT


def test_without_an_address_the_ledger_says_so(plan):
    a_world(email="")

    plan(SUNDAY)

    assert messages().get().reason == "no e-mail on file: phone"
    assert not asked().exists()


def test_a_language_without_words_is_reminded_and_becomes_a_task(plan):
    world = a_world(language="vi")

    plan(SUNDAY)

    assert messages().get().state == "queued"
    assert not asked().exists()
    assert (Task.objects.get().kind, Task.objects.get().patient_id) == ("ask-with-interpreter", world.patient.pk)


def visit(world, **fields):
    type(world.next).objects.filter(pk=world.next.pk).update(**fields)


def patient(world, **fields):
    type(world.patient).objects.filter(pk=world.patient.pk).update(**fields)


def no_reminders(world):
    Consent.objects.create(
        patient=world.patient, kind="email", state="inactive", text_version=1, text_language="en",
        signed_sha256="0" * 64, channel="clinic", given_at=at(10),
    )  # fmt: skip


CASES = {
    "nothing happened": (lambda w: None, ""),
    "cancelled": (lambda w: visit(w, state="cancelled"), "the visit is no longer ahead"),
    "arrived": (lambda w: visit(w, state="arrived"), "the visit is no longer ahead"),
    "moved": (lambda w: visit(w, sequence=1), "the visit was moved"),
    "another address": (lambda w: patient(w, email="new@example.org"), "the address was changed"),
    "no e-mail": (lambda w: patient(w, desk_facts=["no-email"]), "wants no e-mail: phone"),
    "has died": (lambda w: patient(w, deceased_on=at(9).date()), "the patient has died"),
    "opted out": (no_reminders, "wants no reminders by e-mail"),
}


@pytest.mark.parametrize("case", list(CASES))
def test_whether_it_still_makes_sense_is_decided_when_it_leaves(world, plan, in_role, case):
    happens, reason = CASES[case]
    plan(SUNDAY)

    happens(world)

    with in_role("worker"):
        claimed = states.claim(now=SUNDAY + timedelta(seconds=5), size=10)
    message = next(one for one in claimed if one.kind == "last-reminder")
    assert (message.reason if message.state == "cancelled" else "") == reason


def test_a_visit_that_was_moved_is_reminded_of_again(world, plan):
    plan(SUNDAY)
    visit(world, sequence=1, starts_at=VISIT + DAY, ends_at=VISIT + DAY + timedelta(minutes=50))

    plan(SUNDAY + DAY)

    assert sorted(messages().values_list("dedup_key", flat=True)) == [
        f"last-reminder:mail:visit={world.next.pk}:seq=0", f"last-reminder:mail:visit={world.next.pk}:seq=1",
    ]  # fmt: skip


def test_planning_costs_the_same_for_one_and_for_ten(world, plan):
    with CaptureQueriesContext(connection) as one:
        plan(SUNDAY)
    for number in range(10):
        visit_of = a_visit(
            world.clinic, world.patient, world.course, state="booked",
            starts_at=VISIT + timedelta(minutes=5 * number + 60), practitioner=world.clinic.chen,
        )  # fmt: skip
        assert visit_of.pk
    with CaptureQueriesContext(connection) as many:
        plan(SUNDAY + timedelta(hours=3))

    assert messages().count() == 11
    assert len(many) <= len(one)


@given(st.datetimes(datetime(2025, 1, 2), datetime(2028, 1, 1), timezones=st.just(UTC)), st.sampled_from([0, 24, 48]))
def test_it_never_leaves_at_night_nor_too_late_to_cancel_in_time_also_when_the_clocks_change(starts_at, notice):
    moment = leads.moment_of(starts_at, notice, BERLIN)
    last = leads.last_call(starts_at, notice, BERLIN)

    assert not quiet_hours.is_quiet(moment, BERLIN)
    assert moment < last <= starts_at
    assert starts_at - moment >= timedelta(hours=notice + 5)


def test_at_a_checkpoint_the_mail_says_that_it_takes_two_minutes(world, plan, in_role):
    type(world.course).objects.update(sessions_done=5)
    plan(SUNDAY)

    with in_role("worker"):
        mail = render(messages().get(), SUNDAY)

    for part in (mail.text, mail.html):
        assert "a few more questions instead of the short ones: one page, about two minutes" in part
        assert "about a minute" not in part
        for word in ("pain", "mood", "checkpoint", "treatment"):
            assert word not in part.lower(), word


@pytest.mark.parametrize(("language", "words"), [("es", "unos dos minutos"), ("zh-Hans", "大约两分钟")])
def test_it_says_so_in_the_language_of_its_reader(world, plan, language, words):
    type(world.course).objects.update(sessions_done=5)
    plan(SUNDAY)

    with translation.override(language):
        assert words in render(messages().get(), SUNDAY).text


@pytest.mark.parametrize("ended", [True, False])
def test_a_course_that_is_over_or_before_its_checkpoint_has_the_short_ones(world, plan, ended):
    type(world.course).objects.update(sessions_done=5 if ended else 4)
    plan(SUNDAY)
    if ended:
        type(world.course).objects.update(state="completed", end_reason="well", ended_at=at(12))

    assert "about a minute" in render(messages().get(), SUNDAY).text
