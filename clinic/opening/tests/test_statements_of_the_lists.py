"""A list costs the same number of statements for one row and for many."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.practice.models import Location, Room, Service
from clinic.staff.models import Practitioner, WeeklyHours
from clinic.staff.tests.cast import a_user, signed_in

pytestmark = pytest.mark.django_db


def more(number):
    user = a_user(f"Person{number}", "practitioner")
    hands = Practitioner.objects.create(user=user, display_name=user.name, licence="L")
    for weekday in range(5):
        WeeklyHours.objects.create(
            practitioner=hands, weekday=weekday, opens=datetime.time(9), closes=datetime.time(17)
        )
    Room.objects.create(location=Location.objects.get(), name=f"Room {number}")
    Service.objects.create(name=f"Visit {number}")


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/settings/", 9),
        ("/settings/users/", 4),
        ("/settings/practitioners/", 5),
        ("/settings/rooms/", 4),
        ("/settings/services/", 4),
    ],
)
def test_it_does_not_grow(alice, practice, path, most):
    client = signed_in(alice)
    more(0)

    counts = []
    for number in range(1, 3):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(path).status_code == 200
        counts.append(len(asked))
        for extra in range(5):
            more(number * 10 + extra)

    assert counts[0] == counts[1] <= most
