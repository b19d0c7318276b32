"""A window that is behind is told who saved and when, and gets every part of the other text to put back."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from sessions.clash import by_field, differences
from sessions.content import NoteContent
from sessions.forms import NoteForm
from sessions.models import TreatmentSession
from sessions.tests.world import NOW, a_practitioner, a_treatment, begin, send

NEEDLE = {
    "maker": "Acme", "product": "P", "diameter_mm": "0.25", "length_mm": "40", "material": "", "coating": "",
    "lot": "77", "expires_on": "2030-01-31",
}  # fmt: skip
#: A note that fills every field of the page.
FULL = NoteContent(
    changes="yes", changes_text="New shoes.", subjective="Slept.", objective="Warm.", assessment="Better.",
    plan="Weekly.", pain_before=7, pain_after=0, points_line="ST36 b", no_needles=True, retention_minutes=25,
    needles_in=2, needles_out=0, difference_reason="Bent.", difference_by="Chen",
    details={
        "style": "japanese", "position": "prone", "depth": "10 mm", "sought": "de_qi", "felt": ["ache", "numb"],
        "manipulation": "even", "stimulation": "manual", "reasoning": "Local.", "varied": "No GV20.", "needle": NEEDLE,
    },
    exam={
        "tongue_colour": "pale", "tongue_shape": ["swollen"], "tongue_moisture": "wet", "coat_colour": "white",
        "coat_thickness": "thin", "coat_quality": ["greasy"], "tongue_veins": "dark", "tongue_where": "tip",
        "rate": 72, "principles": ["yin"], "main_pattern": "qi-def", "patterns": ["yin-def", "blood-def"],
        "other_pattern": "damp", "principle": "Move qi.", "abdomen": "Soft.", "meridians": "BL tender.",
        "element": "Green.", "element_colour": "wood", "element_sound": "fire", "element_odour": "earth",
        "element_emotion": "wood", "tongue_at": [{"area": "tip", "findings": ["coat_quality.greasy"]}],
        "pulse": [{"position": "overall", "depth": "", "qualities": ["floating"]}],
    },
    others=[
        {"kind": "cupping_dry_static", "area": "BL13", "minutes": 8},
        {"kind": "herbs", "formula": "Xiao Yao San", "days": 7, "checked": True},
    ],
)  # fmt: skip
MARKS = {"version", "form_token", "end", "rest", "proposed_words", "proposed_news"}


def posted(content, **more):
    """The content as a browser sends the fields of the page."""
    held = {name: "on" if value is True else value for name, value in by_field(content).items()}
    marks = {"version": "1", "form_token": "7d0f3b52-5f0a-4c8e-9d11-0a54c2f6b7aa", "end": "1", "rest": "1"}
    return {
        name: value for name, value in {**held, **marks, **more}.items() if value is not None and value is not False
    }


def read(fields):
    """What the form makes of these fields."""
    data = QueryDict(mutable=True)
    for name, value in fields.items():
        data.setlist(name, [str(one) for one in value] if isinstance(value, list) else [str(value)])
    form = NoteForm(data)
    assert form.is_valid(), form.errors
    return form.content


def test_the_full_note_fills_every_column_and_every_field_of_the_page():
    """A field that is added stands in no text of the other window until it is named here."""
    form = NoteForm()
    values = by_field(FULL)

    assert set(values) | MARKS == set(form.fields)
    empty = {name for name, value in values.items() if value in (None, "", [])}
    lines = {name for name in values if re.match(r"t\d_|h_(form|dose)$|p_(left|right)_|a_", name)}
    assert empty <= lines
    assert all(column not in (None, "", [], {}) for column in FULL.as_columns().values())


def test_the_values_of_a_text_bring_back_exactly_that_text():
    assert read(posted(FULL)) == FULL


def test_each_field_that_differs_is_one_part_and_putting_it_back_gives_theirs():
    mine = NoteContent()
    parts = differences(mine, FULL)
    held = posted(mine)

    for part in parts:
        assert part.mine in ("nothing", "no"), part
        assert part.theirs not in ("", "nothing", "no"), part
        held.update({name: "on" if value is True else value for name, value in part.values.items()})

    assert read({name: value for name, value in held.items() if value is not None}) == FULL
    assert not differences(FULL, FULL)
    assert len({part.name for part in parts}) == len(parts)


def test_a_zero_is_not_nothing():
    (part,) = differences(NoteContent(pain_after=None), NoteContent(pain_after=0))

    assert (part.words, part.mine, part.theirs, part.values) == ("Pain after", "nothing", "0", {"pain_after": 0})


def test_codes_are_said_in_words_and_only_texts_can_both_stand():
    parts = {part.name: part for part in differences(NoteContent(), FULL)}

    assert parts["d_style"].theirs == "Japanese"
    assert parts["d_style"].words == "Needling: style"
    assert "lot 77" in parts["d_needle"].theirs
    assert parts["p_overall"].words == "Pulse: overall"
    assert parts["others"].theirs == "Cupping, dry: BL13, 8 min"
    assert "Xiao Yao San" in parts["herbs"].theirs
    ways = {name: part.both for name, part in parts.items()}
    assert {name for name, way in ways.items() if way == "lines"} == {
        "changes_text", "subjective", "objective", "assessment", "plan", "difference_reason",
    }  # fmt: skip
    assert (ways["points_line"], ways["others"], ways["difference_by"]) == ("points", "parts", "words")
    for coded in ("pain_before", "no_needles", "needles_in", "d_style", "d_needle", "d_felt", "x_rate", "p_overall"):
        assert ways[coded] == "", coded


def told(answer):
    """The panel of a saving by itself, and the parts it carries."""
    panel = answer.json()["conflict"]
    parts = dict(re.findall(r'data-differs="(\w+)".*?data-theirs="([^"]*)"', panel))
    return panel, {name: json.loads(unescape(values)) for name, values in parts.items()}


@pytest.mark.django_db
def test_the_panel_says_who_saved_and_when_and_carries_their_values():
    world = a_treatment()
    note = begin(world)
    colleague = a_practitioner("Dr. Ana Ruiz")
    browser = Client()
    browser.force_login(colleague.user)
    with time_machine.travel(NOW, tick=False):
        send(world, note, browser=browser, plan="Hers.", rest="1", d_felt=["ache", "numb"], pain_after="0")

    with time_machine.travel(NOW + timedelta(minutes=2), tick=False):
        panel, parts = told(send(world, note, by_itself=True, plan="Mine.", rest="1", version=1))
        page = send(world, note, plan="Mine.", rest="1", version=1).content.decode()
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        later, _ = told(send(world, note, by_itself=True, plan="Mine.", version=1))

    assert re.search(r"<h2>Dr. Ana Ruiz saved this at \d+:\d\d</h2>", panel)
    assert re.search(r"<h2>Dr. Ana Ruiz saved this at \d+:\d\d</h2>", page)
    assert re.search(r"<h2>Dr. Ana Ruiz saved this at \d+:\d\d on \w+ \d+ \w+</h2>", later)
    assert parts["plan"] == {"plan": "Hers."}
    assert parts["d_felt"] == {"d_felt": ["ache", "numb"]}
    assert parts["pain_after"] == {"pain_after": 0}


@pytest.mark.django_db
def test_ones_own_other_window_is_called_so():
    world = a_treatment()
    note = begin(world)
    send(world, note, plan="There.", version=1)

    panel, _ = told(send(world, note, by_itself=True, plan="Here.", version=1))

    assert re.search(r"<h2>You saved this in another window at \d+:\d\d</h2>", panel)


@pytest.mark.django_db
def test_a_draft_of_before_names_nobody():
    world = a_treatment()
    note = begin(world)
    send(world, note, plan="There.", version=1)
    TreatmentSession.objects.filter(pk=note.pk).update(saved_by=None)

    panel, _ = told(send(world, note, by_itself=True, plan="Here.", version=1))

    assert re.search(r"<h2>This note was saved in another window at \d+:\d\d</h2>", panel)


@pytest.mark.django_db
def test_counting_on_the_board_is_named_too():
    world = a_treatment()
    note = begin(world)
    url = reverse("clock:in", args=[note.public_id])
    token = "7d0f3b52-5f0a-4c8e-9d11-0a54c2f6b7aa"
    world.browser.post(url, {"form_token": token, "end": "1", "needles": "5", "minutes": "20"})

    panel, parts = told(send(world, note, by_itself=True, plan="Here.", version=1))

    assert "You saved this in another window" in panel
    assert parts["needles_in"] == {"needles_in": 5}
