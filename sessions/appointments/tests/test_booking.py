"""One booking is one row with its two lanes; what cannot be is refused in a sentence."""

from __future__ import annotations

import uuid
from datetime import date, time, timedelta

import pytest

from clinic.audit.models import AuditEvent
from clinic.staff.models import WeeklyHours
from sessions.appointments.models import Appointment, AppointmentEvent, HandsOn, RoomUse
from sessions.appointments.services import Clash, NotBookable, book
from sessions.appointments.tests.world import NOW, ZONE, a_clinic, a_patient, a_practitioner, a_user, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic():
    return a_clinic()


def booked(clinic, starts_at, **changes):
    return book(
        **{
            "patient": changes.pop("patient", None) or a_patient(),
            "service": clinic.follow,
            "practitioner": clinic.chen,
            "room": None,
            "starts_at": starts_at,
            "by": clinic.desk,
            "now": NOW,
            **changes,
        }
    )


def test_a_visit_is_stored_with_its_lanes_its_event_and_its_trace(clinic):
    visit = booked(clinic, at(9), service=clinic.first)

    hands = HandsOn.objects.filter(appointment=visit).order_by("during").values_list("during", flat=True)
    assert [(h.lower, h.upper) for h in hands] == [(at(9, 5), at(9, 50)), (at(10, 15), at(10, 25))]
    use = RoomUse.objects.get(appointment=visit)
    assert (use.room, use.during.lower, use.during.upper) == (clinic.rooms[0], at(9), at(10, 30))
    assert (visit.state, visit.ends_at, visit.booked_by) == ("booked", at(10, 30), clinic.desk)
    assert AppointmentEvent.objects.get(appointment=visit).by_id == clinic.desk.pk
    trace = AuditEvent.objects.get(resource="appointment")
    assert (trace.action, trace.patient_id, trace.object_id) == ("book", visit.patient_id, visit.pk)


def test_while_the_needles_rest_another_can_be_treated_in_the_next_room(clinic):
    one = booked(clinic, at(9))
    other = booked(clinic, at(9, 20))

    assert (one.room, other.room) == (clinic.rooms[0], clinic.rooms[1])


def test_hands_that_are_taken_are_refused_with_the_next_free_times(clinic):
    booked(clinic, at(9))

    with pytest.raises(Clash, match="is with somebody else") as clash:
        booked(clinic, at(9, 5))

    assert [free.starts_at for free in clash.value.free][:2] == [at(9, 10), at(9, 40)]
    assert Appointment.objects.count() == 1


def test_rooms_that_are_taken_are_refused_with_the_next_free_times(clinic):
    booked(clinic, at(9))
    booked(clinic, at(9, 20))

    with pytest.raises(Clash, match="No room is free") as clash:
        booked(clinic, at(9), practitioner=a_practitioner("Tomás Ibarra"))

    assert clash.value.free[0].starts_at == at(9, 50)


def test_a_room_that_was_asked_for_is_taken_or_refused_by_name(clinic):
    assert booked(clinic, at(9), room=clinic.rooms[1]).room == clinic.rooms[1]

    with pytest.raises(Clash, match="Room 2 is taken"):
        booked(clinic, at(9, 20), room=clinic.rooms[1])


def test_the_next_free_times_reach_into_the_next_working_day(clinic):
    WeeklyHours.objects.filter(practitioner=clinic.chen).exclude(weekday=2).update(closes=time(8, 30))

    with pytest.raises(NotBookable, match=r"works 8:00 to 8:30 on Mon 16 Nov; this visit would be 9:00 to 9:50"):
        booked(clinic, at(9))
    booked(clinic, at(8, day=date(2026, 11, 18)))
    with pytest.raises(Clash) as clash:
        booked(clinic, at(8, day=date(2026, 11, 18)))

    assert clash.value.free[0].starts_at == at(8, 10, day=date(2026, 11, 18))


def test_the_same_form_sent_twice_is_one_visit(clinic):
    token, patient = uuid.uuid4(), a_patient()

    first = booked(clinic, at(9), patient=patient, form_token=token)
    again = booked(clinic, at(9), patient=patient, form_token=token)

    assert first == again
    assert Appointment.objects.count() == 1


def test_a_form_of_somebody_else_is_refused(clinic):
    token = uuid.uuid4()
    booked(clinic, at(9), form_token=token)

    with pytest.raises(NotBookable, match="somebody else"):
        booked(clinic, at(11), form_token=token, by=a_user("Ben"))


@pytest.mark.parametrize(
    ("starts_at", "sentence"),
    [
        (NOW - timedelta(minutes=5), "passed already"),
        (at(9, 7), "begin on five minutes"),
        (at(7, 59) + timedelta(seconds=30), "passed already|five minutes"),
        (at(17, 30), r"works 8:00 to 18:00 on Mon 16 Nov; this visit would be 17:30 to 18:20"),
        (at(20), "works 8:00 to 18:00"),
    ],
)
def test_a_time_that_cannot_be_is_refused_in_words(clinic, starts_at, sentence):
    with pytest.raises(NotBookable, match=sentence):
        booked(clinic, starts_at)
    assert not Appointment.objects.exists()


def test_a_day_off_is_said_so(clinic):
    WeeklyHours.objects.filter(practitioner=clinic.chen, weekday=6).update(weekday=0, opens=time(19), closes=time(20))

    with pytest.raises(NotBookable, match="does not work on Sun 22 Nov"):
        booked(clinic, at(9, day=date(2026, 11, 22)))


def test_a_visit_over_the_clock_change_keeps_its_length(clinic):
    WeeklyHours.objects.filter(practitioner=clinic.chen, weekday=6).update(opens=time(1), closes=time(6))

    visit = booked(clinic, at(1, 30, day=date(2027, 3, 28)))

    assert visit.ends_at - visit.starts_at == timedelta(minutes=50)
    assert visit.ends_at.astimezone(ZONE).time() == time(3, 20)
