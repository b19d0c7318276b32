"""Findings of other styles are codes that read back: the tongue by its areas, and what the five elements ask for."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from sessions import vocabularies
from sessions.clash import differences
from sessions.content import NoteContent
from sessions.details import Unreadable
from sessions.exam import ELEMENT_SIGNS, Exam, read_exam
from sessions.models import TreatmentSession
from sessions.services import verify_hash
from sessions.tests.world import a_treatment, begin, send, signed
from sessions.tongue import LISTS, Seen, areas, finding_words, parse_area, seen_text

FINDINGS = [f"{listed}.{term.code}" for listed in LISTS for term in vocabularies.terms(f"tongue.{listed}")]
AREA = st.sampled_from(areas())
SEEN = st.lists(st.sampled_from(FINDINGS), min_size=1, unique=True).map(tuple)


def test_the_areas_are_those_of_the_record_without_the_whole():
    assert areas() == ("tip", "centre", "root", "left_side", "right_side")
    assert len(FINDINGS) == 36


@settings(deadline=None)
@given(AREA, SEEN)
def test_every_finding_at_every_area_reads_back_as_it_is_shown(area, findings):
    seen = (Seen(area, findings),)

    assert parse_area(area, seen_text(seen, area)) == seen
    assert parse_area(area, seen_text(seen, area).upper().replace(", ", "；")) == seen
    assert Exam.of(Exam(tongue_at=seen).as_json()).tongue_at == seen


def test_the_words_of_each_finding_are_its_own():
    words = [finding_words((one,)) for one in FINDINGS]

    assert len(set(words)) == len(words)
    assert {"red", "thin body", "thin coat", "no coat", "normal surface", "yellow coat"} <= set(words)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("red, pinkish", "“pinkish” is no finding we know"),
        ("thin", "“thin” can be two things. Please write “thin body” or “thin coat”."),
        ("dry", "Please write “dry surface” or “dry coat”."),
        ("normal", "Please write “normal body” or “normal surface”."),
        ("re", "“re” is no finding we know"),
        ("red coat", "“red coat” is no finding we know"),
    ],
)
def test_nothing_is_guessed(typed, says):
    with pytest.raises(Unreadable) as refused:
        parse_area("tip", typed)

    assert says in str(refused.value)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_sentence(typed):
    try:
        said = "."
        assert all(one.area == "tip" for one in parse_area("tip", typed))
    except Unreadable as refused:
        said = str(refused)

    assert said.endswith(".")


@pytest.mark.parametrize(
    "stored",
    [
        {"tongue_at": "tip"},
        {"tongue_at": [{"area": "tip"}]},
        {"tongue_at": [{"area": "whole", "findings": ["body_colour.red"]}]},
        {"tongue_at": [{"area": "tip", "findings": []}]},
        {"tongue_at": [{"area": "tip", "findings": ["body_colour.pink"]}]},
        {"tongue_at": [{"area": ["tip"], "findings": ["body_colour.red"]}]},
        {"element_colour": "plastic"},
        {"element_sound": ["wood"]},
    ],
)
def test_what_is_stored_otherwise_is_refused(stored):
    with pytest.raises(Unreadable):
        Exam.of(stored)


@pytest.mark.parametrize("sign", ELEMENT_SIGNS)
def test_every_element_of_every_sign_reads_back_with_its_word(sign):
    terms = vocabularies.terms(f"five_element.{sign}")

    assert [term.code for term in terms] == ["wood", "fire", "earth", "metal", "water"]
    for term in terms:
        exam = Exam(**{f"element_{sign}": term.code})
        assert Exam.of(exam.as_json()) == exam
        assert exam.said == [("Five elements", f"{sign} {term.label.lower()}")]
        assert term.chinese
        assert term.pinyin


def test_words_of_before_stay_as_they_are_and_stand_behind_the_codes():
    old = {"element": "Greenish at the temples, shouting.", "tongue_where": "tip red"}

    assert Exam.of(old).as_json() == old
    assert read_exam(old).said == [("Tongue", "tip red"), ("Five elements", "Greenish at the temples, shouting.")]
    both = Exam.of({**old, "element_colour": "wood"})
    assert both.said[1] == ("Five elements", "colour green (wood), Greenish at the temples, shouting.")


def test_two_versions_differ_field_by_field():
    seen = parse_area("tip", "prickly, no coat")
    mine = NoteContent(exam=Exam(tongue_at=seen, element_sound="metal").as_json())

    parts = {part.name: part for part in differences(mine, NoteContent())}

    assert (parts["a_tip"].words, parts["a_tip"].mine) == ("Tongue: tip", "prickly, no coat")
    assert (parts["x_element_sound"].words, parts["x_element_sound"].mine) == (
        "Five elements: sound",
        "Weeping (metal)",
    )
    assert parts["a_tip"].both == "", "a list of findings is no text to be put together"


TYPED = {
    "rest": "1", "x_tongue_colour": "pale", "a_tip": "Red, prickly", "a_left_side": "thick coat",
    "x_element_colour": "wood", "x_element_emotion": "fear", "x_element": "Quick to laugh.",
}  # fmt: skip
TONGUE = "pale; tip red, prickly; left side thick coat"


@pytest.mark.django_db
def test_what_nobody_knows_is_said_beside_its_field_and_what_was_typed_stays():
    world = a_treatment()

    answer = send(world, begin(world), **{**TYPED, "a_tip": "red, spotty", "x_element_emotion": "envy"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“spotty” is no finding we know" in page
    assert 'value="red, spotty"' in page
    assert "Please choose one of these." in page
    assert TreatmentSession.objects.get().exam == {}


@pytest.mark.django_db
def test_it_comes_back_into_the_draft_and_stands_sealed_on_the_signed_note_and_its_paper():
    world = a_treatment()
    draft = begin(world)
    said = {**TYPED, "x_element_emotion": "water"}
    assert send(world, draft, **said).status_code == 302

    page = world.browser.get(reverse("treatments:note", args=[draft.public_id])).content.decode()
    assert 'value="red, prickly"' in page
    assert 'value="wood" selected' in page
    note = signed(world, **said)

    page = world.browser.get(reverse("treatments:note", args=[note.public_id])).content.decode()
    paper = PdfReader(io.BytesIO(world.browser.get(reverse("history:note_pdf", args=[note.public_id])).content))
    history = world.browser.get(reverse("history:history", args=[world.patient.public_id])).content.decode()
    for words in (page, history, " ".join(paper.pages[0].extract_text().split())):
        assert TONGUE in words
        assert "colour green (wood), emotion fear (water), Quick to laugh." in words
    whole = TreatmentSession.objects.select_related("patient", "practitioner", "signed_by").get(pk=note.pk)
    assert verify_hash(whole)
    whole.exam = {**whole.exam, "element_colour": "fire"}
    assert not verify_hash(whole)
