"""How whole the signed notes are after STRICTA 2010: each item by itself, and `manage.py stricta` over all of them."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from sessions.content import NoteContent
from sessions.courses.models import Course
from sessions.needling import read
from sessions.stricta import Plan, coverage, per_cent
from sessions.tests.world import READY, a_treatment, a_visit, at, begin, send, signed

NEEDLE = {
    "maker": "Acme", "diameter_mm": "0.25", "length_mm": "40", "lot": "123", "expires_on": "2030-05-31",
}  # fmt: skip
WHOLE = NoteContent(
    points_line="st36 b, gv20",
    needles_in=3,
    retention_minutes=25,
    assessment="Qi stagnation.",
    details={"style": "ear", "depth": "10 mm", "sought": "de_qi", "manipulation": "even", "needle": NEEDLE},
)
PLAN = Plan(2, 8, "weekly")
ITEMS = ["1a", "1b", "1c", "2a", "2b", "2c", "2d", "2e", "2f", "2g", "3a", "3b"]


def of(content, plan=PLAN):
    return coverage(content, read(content.points_line), plan)


def lacking(content, plan=PLAN):
    return [item.code for item in of(content, plan) if not item.there]


def without(*names):
    return replace(WHOLE, details={name: said for name, said in WHOLE.details.items() if name not in names})


def test_a_whole_note_has_all_twelve_in_their_order():
    assert [item.code for item in of(WHOLE)] == ITEMS
    assert lacking(WHOLE) == []
    assert per_cent(of(WHOLE)) == 100


@pytest.mark.parametrize(
    ("content", "item"),
    [
        (without("style"), "1a"),
        (replace(WHOLE, assessment=""), "1b"),
        (without("depth"), "2c"),
        (without("sought"), "2d"),
        (without("manipulation"), "2e"),
        (replace(WHOLE, retention_minutes=None), "2f"),
        (without("needle"), "2g"),
    ],
)
def test_what_was_not_said_is_lacking_and_nothing_else(content, item):
    assert lacking(content) == [item]


@pytest.mark.parametrize(("plan", "item"), [(Plan(2, 8), "3b"), (Plan(2, None, "weekly"), "3a")])
def test_what_the_plan_does_not_say_is_lacking(plan, item):
    assert lacking(WHOLE, plan) == [item]


def test_points_that_still_ask_are_no_points():
    assert lacking(replace(WHOLE, points_line="st36")) == ["1c", "2b"]
    assert lacking(replace(WHOLE, points_line="")) == ["1c", "2b"]
    assert lacking(replace(WHOLE, points_line="", needles_in=None)) == ["1c", "2a", "2b"]


@pytest.mark.parametrize(
    "said", [{"details": {"reasoning": "L5"}}, {"exam": {"main_pattern": "qi-stag"}}, {"exam": {"other_pattern": "x"}}]
)
def test_a_reason_is_the_words_or_a_pattern(said):
    bare = replace(WHOLE, assessment="", **{"exam": {}, **said})

    assert "1b" not in lacking(bare)


def test_depth_counts_when_it_stands_at_every_point():
    deep = replace(without("depth"), points_line="st36 b 20mm, gv20 0.5cun")

    assert lacking(deep) == []
    assert lacking(replace(deep, points_line="st36 b 20mm, gv20")) == ["2c"]


def test_what_was_felt_or_a_current_says_as_much_as_what_was_sought():
    felt = without("sought", "manipulation")

    assert lacking(replace(felt, details={**felt.details, "felt": ["ache"], "stimulation": "none"})) == []


def test_without_needles_the_second_item_asks_nothing():
    moxa = NoteContent(no_needles=True, details={"style": "ear"}, assessment="Cold.")

    assert [item.code for item in of(moxa)] == ["1a", "1b", "1c", "3a", "3b"]
    assert per_cent(of(moxa)) == 100
    assert per_cent(of(replace(moxa, assessment=""))) == 80
    assert per_cent([]) == 0


def told():
    out = StringIO()
    call_command("stricta", stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_it_says_when_no_note_is_signed():
    begin(a_treatment())

    assert told() == "No note is signed yet.\n"


@pytest.mark.django_db
def test_it_prints_each_item_and_all_in_per_cent_and_names_nobody():
    world = a_treatment(given="Sieglinde")
    Course.objects.update(frequency="weekly")
    visits = [world.visit, a_visit(world.clinic, world.patient, world.course, starts_at=at(11))]
    signed(world, visits[0], rest="1", d_style="ear", d_depth="10 mm")
    signed(world, visits[1], no_needles="on", points_line="", needles_in="", needles_out="", retention_minutes="")

    lines = told().splitlines()

    assert lines[0] == "1a   50.0 %  style"
    assert "1b  100.0 %  why these points" in lines
    assert "2c  100.0 %  depth" in lines, "asked of one note only"
    assert "2g    0.0 %  needle and lot" in lines
    assert "3b  100.0 %  how often" in lines
    # Of twelve and of five there are nine and four.
    assert lines[-1] == "all  76.5 %  of 2 signed notes, STRICTA 2010 items 1 to 3"
    assert len(lines) == 13
    assert "Sieglinde" not in told()
    assert world.clinic.chen.display_name not in told()


@pytest.mark.django_db
def test_drafts_and_notes_entered_in_error_do_not_count():
    world = a_treatment()
    visits = [world.visit, *(a_visit(world.clinic, world.patient, world.course, starts_at=at(n)) for n in (11, 13))]
    signed(world, visits[0], rest="1", d_style="ear")
    wrong = signed(world, visits[1])
    send(world, begin(world, visits[2]), **READY)
    assert "1a   50.0 %  style" in told()

    added = {"text": "Another patient's.", "kind": "entered-in-error", "form_token": str(wrong.public_id), "end": "1"}
    answer = world.browser.post(reverse("treatments:addendum", args=[wrong.public_id]), added)

    assert answer.status_code == 302
    assert "1a  100.0 %  style" in told()
    assert "of 1 signed notes" in told()
