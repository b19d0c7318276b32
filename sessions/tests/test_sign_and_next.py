"""The evening's drafts, one after the other, with one sign-in, until all is signed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from sessions.models import TreatmentSession
from sessions.tests.world import READY, a_practitioner, a_treatment, a_visit, at, begin, counted, send

pytestmark = pytest.mark.django_db
EVENING = at(18, 30)


def drafts(world, *hours):
    """Drafts of this practitioner, begun at these hours."""
    found = []
    for hour in hours:
        note = begin(world, a_visit(world.clinic, world.patient, world.course, starts_at=at(hour)))
        TreatmentSession.objects.filter(pk=note.pk).update(started_at=at(hour))
        found.append(note)
    return found


def sign(world, note):
    return send(world, note, "sign", next="1", **READY)


def to(note):
    return f"{reverse('treatments:note', args=[note.public_id])}?signed=1"


def page_of(world, note):
    return world.browser.get(reverse("treatments:note", args=[note.public_id])).content.decode()


ALL_SIGNED = "/notes/?signed=1"


@time_machine.travel(EVENING, tick=True)
def test_it_goes_to_the_next_draft_then_around_to_earlier_ones_then_says_good_night():
    world = a_treatment()
    first, second, third = drafts(world, 9, 11, 15)

    assert sign(world, second).url == to(third)
    assert "Signed. This is the next one." in world.browser.get(to(third)).content.decode()
    assert sign(world, third).url == to(first)
    answer = sign(world, first)
    assert answer.url == ALL_SIGNED

    page = world.browser.get(answer.url).content.decode()
    assert "All signed, good night." in page
    assert "<span>Signed.</span>" in page
    assert not TreatmentSession.objects.filter(signed_at=None).exists()


@time_machine.travel(at(11), tick=True)
def test_in_the_morning_nobody_is_sent_to_bed():
    world = a_treatment()
    [note] = drafts(world, 9)

    page = world.browser.get(sign(world, note).url).content.decode()

    assert "Everything is signed" in page
    assert "good night" not in page


@time_machine.travel(EVENING, tick=True)
def test_a_colleagues_draft_is_nobodys_next():
    world = a_treatment()
    [mine] = drafts(world, 9)
    TreatmentSession.objects.create(
        patient=world.patient, practitioner=a_practitioner("T. Ibarra"), started_at=at(10), updated_at=at(10)
    )

    page = page_of(world, mine)

    assert "Sign and next" not in page, "one draft is signed by Sign"
    assert sign(world, mine).url == ALL_SIGNED


@time_machine.travel(EVENING, tick=True)
def test_what_is_missing_keeps_the_person_at_the_note():
    world = a_treatment()
    first, _ = drafts(world, 9, 11)
    assert "Sign and next" in page_of(world, first)

    answer = send(world, first, "sign", next="1", **{**READY, "needles_out": ""})

    assert answer.url == to(first).removesuffix("?signed=1")
    assert not TreatmentSession.objects.get(pk=first.pk).is_signed


@time_machine.travel(EVENING, tick=True)
def test_a_double_click_goes_on_all_the_same():
    world = a_treatment()
    first, second = drafts(world, 9, 11)

    assert sign(world, first).url == to(second)
    assert sign(world, first).url == to(second)
    assert TreatmentSession.objects.filter(signed_at__isnull=False).count() == 1


@time_machine.travel(EVENING, tick=True)
def test_it_costs_no_statement_more_than_signing():
    world = a_treatment()
    first, _ = drafts(world, 9, 11)

    with counted() as statements:
        send(world, first, "sign", next="1", version=1, **READY)

    assert len(statements) <= 8, "\n".join(statements)


@time_machine.travel(EVENING + timedelta(days=2), tick=True)
def test_the_list_marks_what_has_waited_for_two_days():
    world = a_treatment()
    old, young = drafts(world, 9, 19)

    page = world.browser.get(reverse("treatments:unsigned")).content.decode()

    assert page.count("over 2 days") == 1
    assert page.index(str(old.public_id)) < page.index(str(young.public_id))
