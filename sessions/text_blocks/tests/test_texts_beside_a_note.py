"""Texts stand beside each part of a note, cost it no statement, and what they leave open is named."""

from __future__ import annotations

import pytest
from django.db import connection
from django.urls import reverse

from clinic.kernel import grants
from sessions.content import NoteContent
from sessions.missing import left_open
from sessions.models import TreatmentSession
from sessions.tests.world import NOW, READY, a_practitioner, a_treatment, begin, counted, send
from sessions.text_blocks.models import LONGEST, TextBlock
from sessions.text_blocks.services import make_block, retire_block

pytestmark = pytest.mark.django_db


def make(user, name, words="Words.", part="any", shared=True):
    return make_block(name=name, words=words, part=part, shared=shared, by=user, now=NOW)


def opened(world, note):
    return world.browser.get(reverse("treatments:note", args=[note.public_id]))


def test_a_note_offers_the_own_and_the_shared_texts_in_use_by_their_names():
    world = a_treatment()
    chen, other = world.clinic.chen.user, a_practitioner("Dr. Wu").user
    make(chen, "walk", part="plan", shared=False)
    make(other, "Calm", words="<b>Rest</b>\nwell ___.")
    make(other, "hers", shared=False)
    retire_block(block=make(chen, "old"), by=chen, now=NOW)

    answer = opened(world, begin(world))

    assert [(text["name"], text["part"]) for text in answer.context["texts"]] == [("Calm", "any"), ("walk", "plan")]
    page = answer.content.decode()
    assert "&lt;b&gt;Rest&lt;/b&gt;\nwell ___.</span>" in page
    for part in ("subjective", "objective", "assessment", "plan", "changes_text"):
        assert f'data-insert-text="id_{part}"' in page


def test_a_page_that_comes_back_from_a_refused_save_offers_them_too():
    world = a_treatment()
    make(world.clinic.chen.user, "walk")
    note = begin(world)

    answer = send(world, note, pain_before="eleven")

    assert answer.status_code == 422
    assert [text["name"] for text in answer.context["texts"]] == ["walk"]


@pytest.mark.parametrize("texts", [1, 100])
def test_texts_cost_neither_the_note_nor_a_save_a_statement(texts):
    world = a_treatment()
    note = begin(world)
    chen = world.clinic.chen.user
    TextBlock.objects.bulk_create(
        TextBlock(name=f"Text {n}", words="w" * LONGEST, shared=True, made_by=chen, made_at=NOW) for n in range(texts)
    )

    with counted() as opening:
        answer = opened(world, note)
    with counted() as saving:
        send(world, note, by_itself=True, version=1, plan="Rest.")

    assert len(answer.context["texts"]) == texts
    assert len(opening) <= 7, "\n".join(opening)
    assert len(saving) <= 4, "\n".join(saving)
    assert not any("text_blocks" in statement for statement in saving)


@pytest.mark.parametrize("texts", [1, 40])
def test_the_pages_take_the_same_for_one_text_and_for_many(texts):
    world = a_treatment()
    made = [make(world.clinic.chen.user, f"Text {n}") for n in range(texts)]
    retire_block(block=made[0], by=world.clinic.chen.user, now=NOW)
    pages = {"list": ([], 3), "new": ([], 1), "block": ([made[0].public_id], 2)}

    for name, (ids, most) in pages.items():
        with counted() as statements:
            assert world.browser.get(reverse(f"text_blocks:{name}", args=ids)).status_code == 200
        assert len(statements) == most, "\n".join([name, *statements])


def test_what_is_left_open_is_named_with_its_part_and_stops_nothing():
    content = NoteContent(subjective="Since ___.", plan="Walk ____ minutes, __ is no mark.", assessment="__")

    assert [(one.what, one.anchor) for one in left_open(content)] == [
        ("___ in Subjective", "id_subjective"),
        ("___ in Plan", "id_plan"),
    ]
    assert left_open(NoteContent()) == []


def test_a_note_with_something_left_open_says_so_and_may_be_signed():
    world = a_treatment()
    note = begin(world)

    said = send(world, note, by_itself=True, **{**READY, "plan": "Walk ___ minutes."}).json()
    page = opened(world, note).content.decode()
    answer = send(world, note, "sign", **{**READY, "plan": "Walk ___ minutes."})

    for shown in (said["parts"]["missing"], page):
        assert 'Still to fill in: <a href="#id_plan" data-unfold>___ in Plan</a>.' in shown
        assert "Nothing is missing." in shown
    assert answer.status_code == 302
    assert TreatmentSession.objects.get(pk=note.pk).plan == "Walk ___ minutes."


@pytest.mark.parametrize(
    ("role", "right", "allowed"),
    [(grants.WEB, "UPDATE", True), (grants.WEB, "DELETE", False), (grants.WORKER, "SELECT", False)],
)
def test_the_web_cannot_delete_a_text_and_the_worker_cannot_read_one(role, right, allowed):
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, 'text_blocks_textblock', %s)", [role, right])

        assert cursor.fetchone() == (allowed,)
