"""How many statements a page may take, whatever stands behind it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from sessions.models import TreatmentSession
from sessions.tests.world import READY, a_treatment, a_visit, at, begin, counted, holds, send, signed, takes

pytestmark = pytest.mark.django_db


def grown(sessions):
    """A patient with so many sessions before, with flags, medicines and a needle or two."""
    world = a_treatment()
    holds(world.patient, "needle_phobia")
    takes(world.patient, "apixaban 5 mg")
    for number in range(2):
        signed(world, a_visit(world.clinic, world.patient, world.course, starts_at=at(10 + number)))
    TreatmentSession.objects.bulk_create(
        TreatmentSession(
            patient=world.patient, practitioner=world.clinic.chen, course=world.course, number_in_course=1,
            started_at=at(8) - timedelta(days=day), updated_at=at(8), points_line="st36 b, gv20",
        )
        for day in range(1, sessions - 1)
    )  # fmt: skip
    return world


@pytest.mark.parametrize("sessions", [2, 200])
def test_opening_a_note_takes_at_most_nine(sessions):
    world = grown(sessions)
    note = begin(world)

    with counted() as statements:
        answer = world.browser.get(reverse("treatments:note", args=[note.public_id]))

    assert answer.status_code == 200
    assert len(statements) <= 9, "\n".join(statements)


@pytest.mark.parametrize("sessions", [2, 200])
def test_opening_a_signed_note_takes_at_most_nine(sessions):
    world = grown(sessions)
    note = signed(world)

    with counted() as statements:
        world.browser.get(reverse("treatments:note", args=[note.public_id]))

    assert len(statements) <= 9, "\n".join(statements)


@pytest.mark.parametrize("by_itself", [True, False])
def test_saving_a_draft_takes_at_most_four(by_itself):
    world = grown(20)
    note = begin(world)

    with counted() as first:
        send(world, note, by_itself=by_itself, version=1, subjective="One.")
    with counted() as second:
        send(world, note, by_itself=by_itself, version=2, subjective="Two.", points_line="st36 b")

    # The test's own look at the version is not asked when it is given.
    assert len(first) <= 4, "\n".join(first)
    assert len(second) <= 3, "\n".join(second)


def test_signing_takes_at_most_eight_even_when_it_completes_the_visit():
    world = grown(20)
    note = begin(world)

    with counted() as statements:
        answer = send(world, note, "sign", version=1, **READY)

    assert answer.status_code == 302
    assert TreatmentSession.objects.get(pk=note.pk).is_signed
    assert len(statements) <= 8, "\n".join(statements)


def test_reading_points_back_takes_two():
    world = grown(20)
    note = begin(world)

    with counted() as statements:
        send(world, note, "points", version=1, points_line="st36 b")

    assert len(statements) <= 2, "\n".join(statements)


def test_the_list_of_unsigned_notes_takes_the_same_for_two_and_for_many():
    world = a_treatment()
    begin(world)
    with counted() as few:
        world.browser.get(reverse("treatments:unsigned"))
    TreatmentSession.objects.bulk_create(
        TreatmentSession(patient=world.patient, practitioner=world.clinic.chen, started_at=at(8), updated_at=at(8))
        for _ in range(40)
    )
    with counted() as many:
        world.browser.get(reverse("treatments:unsigned"))

    assert len(few) == len(many) <= 3
