"""The practice was set up in the wrong zone, and visits are booked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from clinic.kernel import clock
from clinic.opening.services.zones import change_zone
from clinic.practice.models import Practice
from clinic.staff.tests.cast import form, signed_in
from sessions.appointments.models import Appointment, HandsOn, RoomUse
from sessions.appointments.services import book
from sessions.appointments.tests.world import NOW, a_clinic, a_patient, at

pytestmark = pytest.mark.django_db
SAID = {"name": "Mill", "country": "IE", "timezone": "Europe/Dublin", "address": "1 Lane", "phone": "+353 1 555 0142"}


@pytest.fixture
def clinic():
    return a_clinic()


def booked(clinic, hour, given):
    return book(
        patient=a_patient(given=given), service=clinic.follow, practitioner=clinic.chen, room=clinic.rooms[0],
        starts_at=at(hour), by=clinic.desk, now=NOW - timedelta(days=3),
    )  # fmt: skip


def test_the_time_on_the_clock_stays_and_neighbours_do_not_clash(clinic):
    before = [booked(clinic, hour, name).starts_at for hour, name in ((10, "Ana"), (11, "Bea"), (12, "Cleo"))]

    moved = change_zone(zone="Europe/Dublin", keep_wall_clock=True, by=clinic.desk, now=NOW - timedelta(days=1))

    assert moved == 3
    visits = Appointment.objects.order_by("starts_at")
    assert [visit.starts_at for visit in visits] == [moment + timedelta(hours=1) for moment in before]
    for visit in visits:
        assert visit.room_use.during.lower == visit.starts_at
        assert all(hold.held and hold.during.lower >= visit.starts_at for hold in visit.hands_on.all())
    assert not HandsOn.objects.filter(held=False).exists()
    assert not RoomUse.objects.filter(held=False).exists()


def test_the_moment_stays_when_that_is_wanted(clinic):
    moment = booked(clinic, 10, "Ana").starts_at

    assert change_zone(zone="Europe/Dublin", keep_wall_clock=False, by=clinic.desk, now=NOW - timedelta(days=1)) == 0

    assert Appointment.objects.get().starts_at == moment
    assert Practice.objects.get().timezone == "Europe/Dublin"


def test_the_page_asks_first_and_says_how_many(clinic, alice, monkeypatch):
    booked(clinic, 10, "Ana")
    monkeypatch.setattr(clock, "now", lambda: NOW - timedelta(days=1))
    client = signed_in(alice)

    page = client.post("/settings/practice/", form(**SAID))
    assert "1 visit booked" in page.content.decode()
    assert Practice.objects.get().timezone == "Europe/Berlin"

    assert client.post("/settings/practice/", form(**SAID, visits="wall-clock")).url == "/settings/"
    assert Practice.objects.get().timezone == "Europe/Dublin"
    assert Appointment.objects.get().starts_at == at(10) + timedelta(hours=1)


def test_without_visits_nothing_is_asked(clinic, alice):
    assert signed_in(alice).post("/settings/practice/", form(**SAID)).url == "/settings/"

    assert Practice.objects.get().timezone == "Europe/Dublin"


def test_visits_of_the_past_stay_where_they_were(clinic):
    visit = booked(clinic, 10, "Ana")

    change_zone(zone="Europe/Dublin", keep_wall_clock=True, by=clinic.desk, now=datetime(2100, 1, 1, tzinfo=UTC))

    assert Appointment.objects.get().starts_at == visit.starts_at
