"""The patient's marks of today stand beside those of the baseline and what a practitioner found."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from clinic.audit.models import AuditEvent
from patients.models import PainMark
from sessions.history.places import MOST_PICTURES, pictures_of, side_by_side
from sessions.tests.world import NOW, a_treatment, at, counted

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(at(9, 20), tick=True):
        yield


@pytest.fixture
def world():
    return a_treatment()


def marked(world, days_ago, strength=7, source="intake", by="", place="neck"):
    return PainMark.objects.create(
        patient=world.patient, place=place, side="", view="back", strength=strength, kinds=["ache"], source=source,
        answered_by=by, recorded_at=NOW - days_ago * DAY,
    )  # fmt: skip


def page(world):
    return world.browser.get(reverse("history:places", args=[world.patient.public_id]))


def send(world, **fields):
    data = {"place": "neck", "strength": "6", "kind": "", "form_token": str(uuid.uuid4()), "end": "1", **fields}
    return world.browser.post(reverse("history:places", args=[world.patient.public_id]), data)


def test_the_first_without_help_is_the_baseline_and_the_newest_stands_beside_it(world):
    marked(world, 40, by="her sister")
    marked(world, 30, strength=8)
    marked(world, 1, strength=4)

    found = pictures_of(PainMark.objects.all())

    assert [(one.title, one.lines[0].strength) for one in found] == [
        ("said by her sister", 7),
        ("baseline, by the patient", 8),
        ("by the patient", 4),
    ]


def test_of_many_pictures_the_baseline_and_the_newest_are_drawn_and_the_table_holds_all(world):
    for day in range(20, 0, -1):
        marked(world, day, strength=day % 10)

    drawn = side_by_side(pictures_of(PainMark.objects.all()))
    said = page(world).content.decode()

    assert len(drawn) == MOST_PICTURES
    assert drawn[0].is_baseline
    assert said.count('<th scope="row">') == 20


def test_a_practitioner_marks_a_tender_place_and_a_double_click_makes_one(world):
    marked(world, 30)

    assert [send(world).status_code for _ in range(2)] == [302, 302]

    mark = PainMark.objects.get(source="practitioner")
    assert (mark.place, mark.view, mark.strength, mark.answered_by) == ("neck", "back", 6, "")
    assert "found by a practitioner" in page(world).content.decode()
    assert AuditEvent.objects.filter(resource="body-chart", action="mark").count() == 1


@pytest.mark.parametrize("fields", [{"place": ""}, {"place": "nowhere"}, {"strength": "11"}, {"kind": "odd"}])
def test_what_is_no_place_and_no_number_is_refused_beside_its_field(world, fields):
    answer = send(world, **fields)

    assert answer.status_code == 422
    assert "Please choose" in answer.content.decode()
    assert not PainMark.objects.exists()


def test_the_desk_never_sees_it_and_a_look_is_traced(world):
    marked(world, 3)
    page(world)

    assert AuditEvent.objects.filter(resource="body-chart", action="read").count() == 1
    world.browser.force_login(world.clinic.desk)
    assert page(world).status_code == 403


def test_two_and_forty_pictures_cost_the_same(world):
    for day in (1, 2):
        marked(world, day)
    with counted() as few:
        page(world)
    for day in range(3, 41):
        marked(world, day)
    with counted() as many:
        page(world)

    assert len(few) == len(many) <= 5
