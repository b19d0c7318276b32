"""What follows a signed note."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from sessions.models import Addendum
from sessions.services import verify_hash
from sessions.tests.world import a_treatment, begin, signed

pytestmark = pytest.mark.django_db


def add(world, note, token=None, **fields):
    data = {
        "kind": "addition",
        "text": "Left heel too.",
        "form_token": str(token or uuid.uuid4()),
        "end": "1",
        **fields,
    }
    return world.browser.post(reverse("treatments:addendum", args=[note.public_id]), data)


@pytest.mark.parametrize("kind", ["addition", "correction", "entered-in-error"])
def test_each_kind_is_added_with_its_author_and_the_note_stays(kind):
    world = a_treatment()
    note = signed(world)

    answer = add(world, note, kind=kind)

    assert answer.status_code == 302
    added = note.addenda.get()
    assert (added.kind, added.text, added.by) == (kind, "Left heel too.", world.clinic.chen.user)
    assert verify_hash(note)
    page = world.browser.get(reverse("treatments:note", args=[note.public_id])).content.decode()
    assert "Left heel too." in page
    assert ("Entered in error</h2>" in page) == (kind == "entered-in-error")


def test_a_double_click_makes_one():
    world = a_treatment()
    note = signed(world)
    token = uuid.uuid4()

    add(world, note, token)
    answer = add(world, note, token)

    assert answer.status_code == 302
    assert Addendum.objects.count() == 1


def test_the_same_form_with_other_words_is_refused():
    world = a_treatment()
    note = signed(world)
    token = uuid.uuid4()
    add(world, note, token)

    answer = add(world, note, token, text="Other words.")

    assert "sent before with other words" in world.browser.get(answer.headers["Location"]).content.decode()
    assert Addendum.objects.get().text == "Left heel too."


def test_a_draft_takes_none():
    world = a_treatment()
    note = begin(world)

    add(world, note)

    assert not Addendum.objects.exists()


def test_an_unknown_kind_is_refused():
    world = a_treatment()
    note = signed(world)

    assert add(world, note, kind="erase").status_code == 422
