"""Who gets no e-mail stands on the phone list when others get theirs, and leaves it when there is nothing to say."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from clinic.outbox import kinds as mails
from patients.models import Consent, Patient
from sessions.appointments.models import Appointment
from sessions.calls import kinds
from sessions.calls.models import CallAnswer
from sessions.calls.tests.world import (
    DAY,
    SUNDAY,
    VISIT,
    a_first_session,
    a_visit,
    a_visit_ahead,
    at,
    lines,
    signed_in,
    the_list,
    the_worker,
)
from sessions.models import Addendum
from sessions.reminders import after_care, last_reminder
from sessions.tests.world import counted

pytestmark = pytest.mark.django_db
CONFIRM = "Confirm Mon 23 Nov, 15:00"


def no_email(patient):
    Patient.objects.filter(pk=patient.pk).update(desk_facts=["no-email"])


def opted_out(patient):
    Consent.objects.create(
        patient=patient, kind="email", state="inactive", text_version=1, text_language="en", signed_sha256="0" * 64,
        channel="paper", given_at=at(8),
    )  # fmt: skip


def test_without_an_address_a_visit_is_confirmed_by_phone_when_others_get_a_mail(in_role):
    world = a_visit_ahead()
    the_worker(in_role, last_reminder.plan, SUNDAY - timedelta(minutes=1))
    assert lines(world.clinic.desk, SUNDAY) == []

    the_worker(in_role, last_reminder.plan, SUNDAY)

    [line] = the_list(world.clinic.desk, SUNDAY).context["page"].now
    assert (line.words, line.patient, line.patient.phone) == (CONFIRM, world.patient, "+49301234567")
    assert not line.is_overdue


@pytest.mark.parametrize("by_phone", [no_email, opted_out], ids=["wants a call", "has opted out"])
def test_whose_mail_may_not_go_is_called_at_its_moment(in_role, by_phone):
    world = a_visit_ahead(email="greta@example.org")
    by_phone(world.patient)

    the_worker(in_role, last_reminder.plan, SUNDAY)

    assert lines(world.clinic.desk, SUNDAY) == [CONFIRM]


def test_who_has_an_address_is_not_called(in_role):
    world = a_visit_ahead(email="greta@example.org")

    the_worker(in_role, last_reminder.plan, SUNDAY)

    assert lines(world.clinic.desk, SUNDAY) == []


def test_who_booked_a_moment_ago_was_told_then_and_is_not_called(in_role):
    world = a_visit_ahead()
    Appointment.objects.filter(pk=world.next.pk).update(booked_at=SUNDAY + timedelta(hours=1))

    the_worker(in_role, last_reminder.plan, SUNDAY + timedelta(hours=1))

    assert lines(world.clinic.desk, SUNDAY + timedelta(hours=2)) == []


def cancelled(world):
    Appointment.objects.filter(pk=world.next.pk).update(state="cancelled")


def moved(world):
    Appointment.objects.filter(pk=world.next.pk).update(sequence=1, starts_at=VISIT + 7 * DAY, ends_at=VISIT + 8 * DAY)


def died(world):
    Patient.objects.filter(pk=world.patient.pk).update(deceased_on=at(8).date())


@pytest.mark.parametrize("what", [cancelled, moved, died])
def test_a_call_that_makes_no_sense_any_more_is_gone(in_role, what):
    world = a_visit_ahead()
    the_worker(in_role, last_reminder.plan, SUNDAY)
    assert lines(world.clinic.desk, SUNDAY) == [CONFIRM]

    what(world)

    assert lines(world.clinic.desk, SUNDAY) == []


def test_a_call_left_over_stands_first_and_says_since_when_until_the_visit_begins(in_role):
    world = a_visit_ahead()
    the_worker(in_role, last_reminder.plan, SUNDAY)

    [line] = the_list(world.clinic.desk, VISIT - timedelta(hours=1)).context["page"].now
    assert line.is_overdue
    assert "since Sun 22 Nov" in the_list(world.clinic.desk, VISIT - timedelta(hours=1)).content.decode()
    assert lines(world.clinic.desk, VISIT) == []


def test_after_care_is_a_call_of_who_treated_and_says_nothing_to_the_desk(in_role):
    world = a_first_session()
    the_worker(in_role, after_care.plan, at(9, 30))
    tuesday = at(8) + DAY
    assert lines(world.clinic.desk, at(18)) == []

    desk = the_list(world.clinic.desk, tuesday)
    [line] = desk.context["page"].now

    assert line.words == "Dr. Mei-Ling Chen calls the day after the visit"
    assert (line.act, line.read) == ("", "")
    for word in ("After-care", "session", "needle", str(world.note.public_id)):
        assert word not in desk.content.decode().split("<main")[1], word
    [theirs] = the_list(world.clinic.chen.user, tuesday).context["page"].now
    assert theirs.words == "Dr. Mei-Ling Chen calls the day after the visit. After-care, visit of Mon 16 Nov, 9:00"
    assert theirs.act
    assert str(world.note.public_id) in theirs.read


def test_after_care_of_a_note_entered_in_error_is_not_called(in_role):
    world = a_first_session()
    the_worker(in_role, after_care.plan, at(9, 30))
    Addendum.objects.create(
        session=world.note, kind="entered-in-error", text="Wrong patient.", by=world.clinic.chen.user, at=at(10),
        form_token="5c9f6a52-9a5f-4a3c-9d26-0c7b9f5f0f11",
    )  # fmt: skip

    assert lines(world.clinic.chen.user, at(8) + DAY) == []


def test_after_care_is_old_after_three_days(in_role):
    world = a_first_session()
    the_worker(in_role, after_care.plan, at(9, 30))

    assert lines(world.clinic.chen.user, at(9) + 4 * DAY) != []
    assert lines(world.clinic.chen.user, at(11) + 4 * DAY) == []


def test_who_is_called_says_how_to_talk_to_them(in_role):
    world = a_visit_ahead(address_as="Oma Greta", language="es", interpreter=True, desk_facts=["hearing"])
    the_worker(in_role, last_reminder.plan, SUNDAY)

    page = the_list(world.clinic.desk, SUNDAY).content.decode()

    for words in ("“Oma Greta”", "Spanish, wants an interpreter", "hard of hearing", 'href="tel:+49301234567"'):
        assert words in page, words


def test_a_day_on_which_nobody_is_called_says_so():
    world = a_visit_ahead()

    page = the_list(world.clinic.desk, SUNDAY)

    assert "Nobody to call" in page.content.decode()


def test_to_look_makes_no_row_and_forty_calls_take_the_statements_of_one(in_role):
    world = a_visit_ahead()
    the_worker(in_role, last_reminder.plan, SUNDAY)
    with time_machine.travel(SUNDAY, tick=False):
        desk = signed_in(world.clinic.desk)
        with counted() as one:
            desk.get("/calls/")
    for minutes in range(39):
        a_visit(world.clinic, world.patient, state="booked", starts_at=VISIT - timedelta(minutes=minutes))
    the_worker(in_role, last_reminder.plan, SUNDAY)

    with time_machine.travel(SUNDAY, tick=False), counted() as forty:
        page = desk.get("/calls/")

    assert len(page.context["page"].now) == 40
    assert len(forty) == len(one) <= 8
    assert not CallAnswer.objects.exists()


@pytest.mark.parametrize("kind", kinds.all_kinds(), ids=lambda kind: kind.code)
def test_a_mail_that_is_called_asks_of_its_address_what_the_phone_list_leaves_out(kind):
    reasons = {one.else_reason for one in mails.get(kind.code).still_true(at(9))}

    assert set(kinds.OF_THE_ADDRESS) <= reasons
