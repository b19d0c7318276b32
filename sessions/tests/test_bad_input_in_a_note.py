"""What people and machines send into a note: a sentence beside the field, what was typed is kept, never a failure."""

from __future__ import annotations

import html
import uuid
from urllib.parse import quote_plus

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from sessions.forms import NoteForm
from sessions.needling import read
from sessions.points.shorthand import parse
from sessions.tests.world import READY, a_treatment, begin, send, signed

TYPED = {"subjective": "Slept badly twice <b>& ought to stay</b>."}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("pain_before", "11"), ("pain_before", "-1"), ("pain_after", "1e309"), ("pain_after", "５"),
        ("changes", "maybe"),
        ("needles_in", "-1"), ("needles_in", "201"), ("needles_in", "1e309"), ("needles_in", "NaN"),
        ("needles_in", "１２"), ("needles_in", "١٢"), ("needles_in", "2147483648"), ("needles_in", "9" * 30),
        ("needles_out", "1.5"), ("retention_minutes", "121"), ("retention_minutes", "0x10"),
        ("version", "-1"), ("version", "1e309"), ("version", ""), ("version", "9" * 30),
        ("plan", "p" * 50_001), ("points_line", "st36 b, " * 400), ("difference_by", "n" * 121),
        ("plan", "a\x00b"), ("points_line", "st36\x00"), ("plan", "a\x1fb"), ("form_token", "nothing"), ("end", ""),
    ],
)  # fmt: skip
def test_it_is_refused_in_words_and_the_text_is_kept(field, value):
    world = a_treatment()
    note = begin(world)

    answer = send(world, note, **{**TYPED, field: value})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert html.escape(TYPED["subjective"]) in page
    assert "look" in page or "again" in page
    note.refresh_from_db()
    assert note.version == 1
    by_itself = send(world, note, by_itself=True, **{**TYPED, field: value})
    assert by_itself.status_code == 422
    assert by_itself.json()["errors"]
    assert send(world, note, "sign", **{**READY, field: value}).status_code == 422


@pytest.mark.django_db
def test_a_text_that_is_too_long_is_kept_whole_in_the_page():
    world = a_treatment()
    note = begin(world)
    long = "Schmerz " * 6_500

    answer = send(world, note, plan=long)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "51,999 characters long; 50,000 fit here" in page
    assert long in page


@pytest.mark.django_db
def test_fifty_thousand_characters_of_any_script_fit():
    world = a_treatment()
    note = begin(world)
    long = "针🪡é\u202e" * 12_500

    send(world, note, plan=long)

    note.refresh_from_db()
    assert note.plan == long


@pytest.mark.django_db
def test_lone_surrogates_in_the_bytes_of_a_form_do_no_harm():
    world = a_treatment()
    note = begin(world)
    body = f"version=1&form_token={uuid.uuid4()}&end=1&subjective=a%ED%A0%80b&points_line=%FF%FE&plan=" + quote_plus(
        "ok"
    )

    answer = world.browser.post(
        reverse("treatments:save", args=[note.public_id]), body, content_type="application/x-www-form-urlencoded"
    )

    assert answer.status_code == 422
    assert "cannot be kept" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("characters", [2_600_000, 10_000_000])
def test_megabytes_of_text_are_refused_beside_the_field_and_kept_whole(characters):
    world = a_treatment()
    note = begin(world)
    long = "x" * characters

    by_hand, by_itself = send(world, note, **TYPED, plan=long), send(world, note, by_itself=True, **TYPED, plan=long)

    says = f"{characters:,} characters long; 50,000 fit here"
    assert by_hand.status_code == by_itself.status_code == 422
    page = by_hand.content.decode()
    assert says in page
    assert long in page
    assert html.escape(TYPED["subjective"]) in page
    assert says in by_itself.json()["errors"]["plan"][0]
    assert by_itself.json()["labels"] == {"plan": "Plan"}
    note.refresh_from_db()
    assert (note.plan, note.version) == ("", 1)


@pytest.mark.django_db
def test_a_thousand_and_one_fields_store_what_belongs_to_the_note():
    world = a_treatment()
    note = begin(world)

    answer = send(world, note, by_itself=True, plan="Kept.", **{f"more{number}": "1" for number in range(1_001)})

    assert answer.status_code == 200
    note.refresh_from_db()
    assert note.plan == "Kept."


@pytest.mark.django_db
@pytest.mark.parametrize("too_much", [{"plan": "x" * 11_000_000}, {f"more{number}": "1" for number in range(2_500)}])
def test_more_than_a_request_may_hold_is_refused_in_words_and_nothing_is_lost(too_much):
    world = a_treatment()
    note = begin(world)
    send(world, note, plan="Kept.")

    for page in ("save", "sign", "consent", "points"):
        answer = send(world, note, page, **too_much)
        assert answer.status_code == 413, page
        assert "This is more than we can take at once" in answer.content.decode()
    assert send(world, note, by_itself=True, **too_much).status_code == 413, "the page says it and keeps the text"
    note.refresh_from_db()
    assert (note.plan, note.version) == ("Kept.", 2)


@pytest.mark.django_db
def test_reading_points_back_never_fails_and_changes_nothing():
    world = a_treatment()
    note = begin(world)
    for line in ("", ",,,", "st17", "shenmen", "💉" * 500, "a\x00b", "-" * 2000, "ashi " + "x" * 500, "st36 b, " * 300):
        answer = send(world, note, "points", points_line=line)
        assert answer.status_code == 200, line
    note.refresh_from_db()
    assert note.version == 1


@pytest.mark.django_db
def test_unknown_and_broken_addresses_are_not_there():
    world = a_treatment()
    for page in ("note", "save", "points", "sign", "consent", "addendum", "start"):
        url = reverse(f"treatments:{page}", args=[uuid.uuid4()])
        answer = world.browser.get(url) if page == "note" else world.browser.post(url, {})
        assert answer.status_code == 404, page
    assert world.browser.get("/notes/not-a-uuid/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "   ", "a\x00b", "x" * 50_001])
def test_an_addendum_that_cannot_be_kept_says_so(text):
    world = a_treatment()
    note = signed(world)

    answer = world.browser.post(
        reverse("treatments:addendum", args=[note.public_id]),
        {"kind": "addition", "text": text, "form_token": str(uuid.uuid4()), "end": "1"},
    )

    assert answer.status_code == 422
    assert note.addenda.count() == 0


@given(st.text(max_size=200))
def test_any_line_of_points_is_read_without_failing(line):
    needling = read(line)

    assert needling.needles >= 0
    for question in needling.questions:
        for answer in question.answers:
            assert len(parse(answer.line)) >= 1


@given(st.text(max_size=40))
def test_any_number_field_answers_with_a_number_or_a_sentence(text):
    form = NoteForm({"version": "1", "form_token": str(uuid.uuid4()), "end": "1", "needles_in": text})

    if form.is_valid():
        assert form.cleaned_data["needles_in"] is None or 0 <= form.cleaned_data["needles_in"] <= 200
    else:
        assert set(form.errors) == {"needles_in"}
