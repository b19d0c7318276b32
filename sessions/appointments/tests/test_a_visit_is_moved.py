"""A visit is moved: the same visit at another time, free again where it was, held where it is, told once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from icalendar import Calendar

from clinic.audit.models import AuditEvent
from clinic.outbox import kinds
from clinic.outbox.models import OutgoingMessage
from sessions.appointments.models import Appointment, HandsOn, RoomUse
from sessions.appointments.services import (
    Clash,
    NewPatient,
    NotBookable,
    WrongState,
    arrive,
    book,
    book_first_visit,
    cancel,
    confirm,
    miss,
    move,
    take_back_move,
    undo,
)
from sessions.appointments.tests.world import NOW, TODAY, a_clinic, a_patient, at

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=10)
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def clinic():
    return a_clinic()


@pytest.fixture
def visit(clinic):
    return booked(clinic)


def booked(clinic, starts_at=None, patient=None):
    return book(
        patient=patient or a_patient(), service=clinic.follow, practitioner=clinic.chen, room=None,
        starts_at=starts_at or at(9, day=TOMORROW), by=clinic.desk, now=NOW,
    )  # fmt: skip


def mails(visit):
    return list(OutgoingMessage.objects.filter(appointment_id=visit.pk).order_by("id"))


def sent(*messages):
    OutgoingMessage.objects.filter(pk__in=[one.pk for one in messages]).update(state="sent", sent_at=NOW)


def still_true(message, in_role):
    """Whether the mail would leave, asked with the worker's rights."""
    with in_role("worker"):
        found = OutgoingMessage.objects.filter(pk=message.pk)
        return all(found.filter(one.condition).exists() for one in kinds.get(message.kind).still_true(LATER))


def event_of(message, in_role):
    with in_role("worker"):
        mail = kinds.get(message.kind).render(OutgoingMessage.objects.get(pk=message.pk), LATER)
    calendar = Calendar.from_ical(mail.attachments[0].content)
    return calendar, next(part for part in calendar.walk() if part.name == "VEVENT"), mail


def test_the_same_visit_stands_at_the_new_time_and_the_old_one_is_free(clinic, visit):
    moved = move(appointment=visit, starts_at=at(14, day=TOMORROW), by=clinic.desk, now=NOW)

    assert moved.pk == visit.pk
    assert Appointment.objects.get().starts_at == at(14, day=TOMORROW)
    assert (moved.sequence, moved.state) == (1, "booked")
    assert moved.ends_at - moved.starts_at == timedelta(minutes=50)
    booked(clinic, patient=a_patient("Ruth"))
    with pytest.raises(Clash):
        booked(clinic, at(14, day=TOMORROW), patient=a_patient("Ana"))


def test_it_may_overlap_its_own_old_time(clinic, visit):
    moved = move(appointment=visit, starts_at=at(9, 35, day=TOMORROW), by=clinic.desk, now=NOW)

    assert HandsOn.objects.filter(appointment=moved, held=True).count() == 2
    assert RoomUse.objects.get().during.lower == at(9, 35, day=TOMORROW)


def test_who_moved_it_and_from_when_is_kept(clinic, visit):
    move(appointment=visit, starts_at=at(14, day=TOMORROW), by=None, now=LATER)

    event = visit.events.order_by("-id").first()
    assert (event.moved_from, event.by_id, event.at) == (at(9, day=TOMORROW), None, LATER)
    trace = AuditEvent.objects.filter(action="move").get()
    assert (trace.acting_as, trace.object_id) == ("link", visit.pk)


def test_a_confirmed_visit_is_to_be_confirmed_again(clinic, visit):
    confirm(appointment=visit, by=None, now=NOW)

    assert move(appointment=visit, starts_at=at(14, day=TOMORROW), by=None, now=NOW).state == "booked"


def test_moved_to_where_it_is_nothing_happens(clinic, visit):
    for _ in range(2):
        move(appointment=visit, starts_at=at(14, day=TOMORROW), by=None, now=NOW)

    assert Appointment.objects.get().sequence == 1
    assert [mail.kind for mail in mails(visit)] == ["change"]


def test_a_taken_time_is_said_with_what_is_free_and_nothing_changes(clinic, visit):
    booked(clinic, at(14, day=TOMORROW), patient=a_patient("Ruth"))

    with pytest.raises(Clash) as clash:
        move(appointment=visit, starts_at=at(14, day=TOMORROW), by=None, now=NOW)

    assert clash.value.free
    stands = Appointment.objects.get(pk=visit.pk)
    assert (stands.starts_at, stands.sequence) == (at(9, day=TOMORROW), 0)
    assert HandsOn.objects.filter(appointment=visit, held=True).count() == 2


@pytest.mark.parametrize(("hour", "minute"), [(3, 0), (9, 2)])
def test_outside_the_hours_and_off_the_grid_it_is_refused(clinic, visit, hour, minute):
    with pytest.raises(NotBookable):
        move(appointment=visit, starts_at=at(hour, minute, day=TOMORROW), by=None, now=NOW)


def test_who_is_here_or_cancelled_is_not_moved(clinic):
    here = booked(clinic, at(9))
    arrive(appointment=here, by=clinic.desk, now=NOW)

    with pytest.raises(WrongState):
        move(appointment=here, starts_at=at(14), by=clinic.desk, now=NOW)


def test_taken_back_it_stands_where_it_was(clinic, visit):
    move(appointment=visit, starts_at=at(14, day=TOMORROW), by=None, now=NOW)
    back = take_back_move(appointment=visit, by=None, now=LATER)

    assert (back.starts_at, back.sequence) == (at(9, day=TOMORROW), 2)
    with pytest.raises(WrongState):
        take_back_move(appointment=booked(clinic, at(11, day=TOMORROW), a_patient("Ruth")), by=None, now=NOW)


def test_one_mail_tells_the_new_time_with_a_calendar_file_that_replaces(clinic, visit, in_role):
    move(appointment=visit, starts_at=at(14, day=TOMORROW), by=clinic.desk, now=NOW)

    [message] = mails(visit)
    assert (message.kind, message.not_before) == ("change", NOW + timedelta(minutes=3))
    assert still_true(message, in_role)
    calendar, event, mail = event_of(message, in_role)
    assert mail.subject == "New time: Tue 17 Nov, 14:00, Clinic at the Old Mill"
    assert str(calendar["method"]) == "PUBLISH"
    assert (event["sequence"], event["dtstart"].dt) == (1, at(14, day=TOMORROW))
    assert str(event["uid"]).startswith(str(visit.public_id))


def test_what_was_not_told_yet_is_told_once(clinic, in_role):
    stored = book_first_visit(
        patient=NewPatient("Greta", "Lindqvist", TODAY.replace(year=1961), "greta@example.org", ""),
        service=clinic.first, practitioner=clinic.chen, starts_at=at(9, day=TOMORROW), sessions=8, by=clinic.desk,
        now=NOW,
    )  # fmt: skip
    move(appointment=stored.appointment, starts_at=at(14, day=TOMORROW), by=clinic.desk, now=NOW)

    assert [(one.kind, still_true(one, in_role)) for one in mails(stored.appointment)] == [
        ("confirmation", False), ("confirmation", True),
    ]  # fmt: skip
    assert mails(stored.appointment)[1].subject_id == stored.request.pk
    cancel(appointment=stored.appointment, by=clinic.desk, now=NOW)
    assert [one for one in mails(stored.appointment) if still_true(one, in_role)] == []


def test_a_move_taken_back_in_its_quiet_minutes_is_not_told(clinic, visit, in_role):
    move(appointment=visit, starts_at=at(14, day=TOMORROW), by=None, now=NOW)
    take_back_move(appointment=visit, by=None, now=NOW)

    assert [still_true(one, in_role) for one in mails(visit)] == [False]


def test_a_move_taken_back_after_it_was_told_is_told_again(clinic, visit, in_role):
    move(appointment=visit, starts_at=at(14, day=TOMORROW), by=None, now=NOW)
    sent(*mails(visit))
    take_back_move(appointment=visit, by=None, now=LATER)

    assert still_true(mails(visit)[-1], in_role)


def test_two_moves_of_which_the_last_is_taken_back_are_told_by_one_mail(clinic, visit, in_role):
    for hour in (14, 16):
        move(appointment=visit, starts_at=at(hour, day=TOMORROW), by=None, now=NOW)
    take_back_move(appointment=visit, by=None, now=NOW)

    live = [one for one in mails(visit) if still_true(one, in_role)]
    assert [event_of(one, in_role)[1]["dtstart"].dt for one in live] == [at(14, day=TOMORROW)]


def test_a_cancellation_takes_the_visit_out_of_the_calendar(clinic, visit, in_role):
    cancel(appointment=visit, by=None, now=NOW)

    [message] = mails(visit)
    assert message.kind == "cancellation"
    assert still_true(message, in_role)
    calendar, event, mail = event_of(message, in_role)
    assert str(calendar["method"]) == "CANCEL"
    assert (event["sequence"], str(event["status"])) == (1, "CANCELLED")
    assert "does not take place" in mail.text
    assert "/p/" in mail.text
    assert "Move or cancel" not in mail.text


def test_a_cancellation_taken_back_at_once_is_not_told(clinic, visit, in_role):
    gone = cancel(appointment=visit, by=None, now=NOW)
    undo(appointment=visit, state=gone.state, by=None, now=NOW)

    assert [still_true(one, in_role) for one in mails(visit)] == [False]
    cancel(appointment=visit, by=None, now=NOW)
    assert [still_true(one, in_role) for one in mails(visit)] == [False, True]


def test_a_visit_that_takes_place_after_all_is_told_and_comes_back_into_the_calendar(clinic, visit, in_role):
    gone = cancel(appointment=visit, by=clinic.desk, now=NOW)
    sent(*mails(visit))
    undo(appointment=visit, state=gone.state, by=clinic.desk, now=LATER)

    assert still_true(mails(visit)[-1], in_role)
    assert event_of(mails(visit)[-1], in_role)[1]["sequence"] == 1


def test_who_wants_no_mail_is_told_nothing(clinic):
    visit = booked(clinic, patient=a_patient(desk_facts=["no-email"]))
    move(appointment=visit, starts_at=at(14, day=TOMORROW), by=clinic.desk, now=NOW)
    cancel(appointment=visit, by=clinic.desk, now=NOW)

    assert mails(visit) == []


def test_missed_is_said_by_a_person_once_the_visit_has_begun(clinic):
    visit = booked(clinic, at(9))

    with pytest.raises(WrongState):
        miss(appointment=visit, by=clinic.desk, now=NOW)
    missed = miss(appointment=visit, by=clinic.desk, now=at(9, 30))
    assert missed.state == "noshow"
    assert not HandsOn.objects.filter(held=True).exists()
    assert undo(appointment=visit, state="noshow", by=clinic.desk, now=at(9, 31)).state == "booked"
