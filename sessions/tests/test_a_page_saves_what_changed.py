"""A page that saves itself sends the parts that changed. The others are as they stand, and nobody's text is lost."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

from sessions.content import NoteContent
from sessions.forms import NoteForm
from sessions.models import TreatmentSession
from sessions.rest_fields import part_of
from sessions.tests.test_two_texts_side_by_side import FULL, posted
from sessions.tests.world import a_treatment, begin, counted, send, signed
from sessions.views import autosave

pytestmark = pytest.mark.django_db


def filled(world):
    """A draft in which every part says something."""
    note = begin(world)
    TreatmentSession.objects.filter(pk=note.pk).update(version=1, **FULL.as_columns())
    return note


def stands(note):
    return NoteContent.of(TreatmentSession.objects.get(pk=note.pk)).as_columns()


def test_every_field_of_the_page_is_a_part_that_is_a_column():
    """Else a field would be sent and its column kept as it was."""
    hidden = {"version", "form_token", "end", "rest", "proposed_words", "proposed_news"}
    parts = {part_of(name) for name in NoteForm().fields if name not in hidden}

    assert parts | {"changes_text"} == set(FULL.as_columns())
    assert {part_of(column) for column in FULL.as_columns()} == parts


def test_the_page_knows_the_same_parts():
    script = (settings.BASE_DIR / "static/js/note-parts.js").read_text()
    begins = re.findall(r"\[/(\^[^/]+)/, \"(\w+)\"\]", script)

    assert begins
    for name in NoteForm().fields:
        of_page = next((column for pattern, column in begins if re.match(pattern, name)), name)
        assert of_page == part_of(name)


@pytest.mark.parametrize("part", sorted({part_of(column) for column in FULL.as_columns()}))
def test_one_part_alone_is_stored_and_all_others_stand(part):
    world = a_treatment()
    note = filled(world)
    emptied = {name: value for name, value in posted(FULL).items() if name in ("form_token", "end", "rest")}

    answer = send(world, note, by_itself=True, version=1, only=part, **emptied)

    assert answer.status_code == 200, answer.content
    now, empty = stands(note), NoteContent().as_columns()
    own = {column for column in now if part_of(column) == part}
    assert {column: now[column] for column in own} == {column: empty[column] for column in own}
    assert {c: v for c, v in now.items() if c not in own} == {
        c: v for c, v in FULL.as_columns().items() if c not in own
    }


@pytest.mark.parametrize("part", sorted({part_of(column) for column in FULL.as_columns()}))
def test_a_part_that_is_sent_reads_as_it_does_in_the_whole_page(part):
    world = a_treatment()
    note = begin(world)
    always = ("form_token", "end", "rest")
    sent = {n: v for n, v in posted(FULL).items() if n in always or part_of(n) == part}

    assert send(world, note, by_itself=True, version=1, only=part, **sent).status_code == 200

    own = {column for column in FULL.as_columns() if part_of(column) == part}
    assert {column: stands(note)[column] for column in own} == {c: FULL.as_columns()[c] for c in own}


def test_what_is_not_named_is_not_read():
    world = a_treatment()
    note = begin(world)
    send(world, note, plan="Weekly.")

    send(world, note, by_itself=True, version=2, only="objective", objective="Warm.", plan="Never.")

    assert (stands(note)["objective"], stands(note)["plan"]) == ("Warm.", "Weekly.")


def test_a_page_that_is_behind_is_asked_for_all_of_it_and_overwrites_nothing():
    world = a_treatment()
    note = begin(world)
    send(world, note, version=1, plan="Theirs.")

    answer = send(world, note, by_itself=True, version=1, only="objective", objective="Mine.")

    assert answer.status_code == 409
    assert answer.json() == {"whole": True}
    assert (stands(note)["objective"], stands(note)["plan"]) == ("", "Theirs.")


def test_a_page_that_is_behind_is_not_told_that_the_same_words_are_saved():
    """It would go on with the new version and without the other's text in its fields."""
    world = a_treatment()
    note = begin(world)
    send(world, note, version=1, plan="Theirs.", objective="Warm.")

    answer = send(world, note, by_itself=True, version=1, only="objective", objective="Warm.")

    assert answer.status_code == 409


def test_two_that_save_another_part_in_one_moment_do_not_both_win(monkeypatch):
    """The other one commits after this page was read: the version in the WHERE finds it."""
    world = a_treatment()
    note = begin(world)
    read = autosave.posted_parts

    def meanwhile(request, found):
        TreatmentSession.objects.filter(pk=note.pk).update(version=2, plan="Theirs.")
        return read(request, found)

    monkeypatch.setattr(autosave, "posted_parts", meanwhile)

    answer = send(world, note, by_itself=True, version=1, only="objective", objective="Mine.")

    assert answer.json() == {"whole": True}
    assert (stands(note)["objective"], stands(note)["plan"]) == ("", "Theirs.")


def test_a_wrong_value_is_said_with_its_label_and_nothing_is_stored():
    world = a_treatment()
    note = begin(world)

    answer = send(world, note, by_itself=True, version=1, only="needles_in plan", needles_in="many", plan="Weekly.")

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["needles_in"]
    assert answer.json()["labels"]["needles_in"] == "Counted in"
    assert stands(note)["plan"] == ""


def test_words_about_what_changed_say_yes_and_take_it_back_with_them():
    world = a_treatment()
    note = begin(world)

    send(world, note, by_itself=True, version=1, only="changes", changes_text="A new medicine.")
    assert (stands(note)["changes"], stands(note)["changes_text"]) == ("yes", "A new medicine.")
    send(world, note, by_itself=True, version=2, only="changes", changes_text="")
    assert (stands(note)["changes"], stands(note)["changes_text"]) == ("", "")


def test_the_side_that_is_left_unsaid_is_written_out_when_the_points_come():
    world = a_treatment()
    world.clinic.chen.side_unsaid = "both"
    world.clinic.chen.save()
    note = begin(world)
    send(world, note, by_itself=True, version=1, only="points_line", points_line="st36")

    send(world, note, by_itself=True, version=2, only="plan", plan="Weekly.")

    assert stands(note)["points_line"] == "st36 b"


def test_a_signed_note_takes_no_part():
    world = a_treatment()
    note = signed(world)

    answer = send(world, note, by_itself=True, version=1, only="plan", plan="Other.")

    assert answer.status_code == 409
    assert "signed" in answer.json()


def test_the_answer_draws_anew_what_is_made_from_the_parts_that_came():
    world = a_treatment()
    note = begin(world)

    text = send(world, note, by_itself=True, version=1, only="objective", objective="Warm.", speaking="").json()
    line = send(world, note, by_itself=True, version=2, only="points_line", points_line="gv20", speaking="").json()

    assert set(text["parts"]) == {"missing"}
    assert {"missing", "count", "proposal", "not_said"} <= set(line["parts"])
    assert "1 needle by the points" in line["parts"]["count"]


def test_fields_of_the_class_stay_as_they_are():
    """The forms that are only read share their fields: one that leaves some out takes them from nobody."""
    world = a_treatment()
    note = begin(world)
    before = {name: (field.label, field.required) for name, field in NoteForm().fields.items()}

    send(world, note, by_itself=True, version=1, only="plan", plan="Weekly.")
    send(world, note, by_itself=True, version=2, only="objective plan", objective="Warm.", plan="Later.")

    assert {name: (field.label, field.required) for name, field in NoteForm().fields.items()} == before
    assert (stands(note)["objective"], stands(note)["plan"]) == ("Warm.", "Later.")


def test_saving_a_part_takes_three_statements_and_the_trace():
    world = a_treatment()
    note = begin(world)

    with counted() as statements:
        send(world, note, by_itself=True, version=1, only="plan", plan="Weekly.")

    assert len(statements) <= 4, "\n".join(statements)
