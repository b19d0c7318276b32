"""What is typed about a pulse reads back as it was stored, and nothing else is guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions import vocabularies
from sessions.details import Details, Needle, Unreadable
from sessions.exam import OVERALL, Exam, Felt, parse_pulse, positions, pulse_text, sections_of
from sessions.techniques import Technique, read_techniques

QUALITIES = [term.code for term in vocabularies.terms("pulse.qualities")]
DEPTHS = ["", *[term.code for term in vocabularies.terms("pulse.depths")]]


@given(st.dictionaries(st.sampled_from(DEPTHS), st.lists(st.sampled_from(QUALITIES), min_size=1, unique=True)))
def test_every_pulse_reads_back_as_it_is_shown(by_depth):
    pulse = tuple(Felt(OVERALL, depth, tuple(codes)) for depth, codes in by_depth.items())

    assert parse_pulse(OVERALL, pulse_text(pulse, OVERALL)) == pulse
    assert Exam.of(Exam(pulse=pulse).as_json()).pulse == pulse


@pytest.mark.parametrize("term", vocabularies.terms("pulse.qualities"), ids=lambda term: term.code)
def test_every_quality_is_read_by_its_words_and_its_chinese(term):
    for name in (term.label, term.label.upper(), term.chinese):
        assert parse_pulse(OVERALL, name)[0].qualities == (term.code,)


@pytest.mark.parametrize("typed", ["fu", "wirey", "wiry thready", "middling: wiry", "deep: wiry; deep: weak"])
def test_nothing_is_guessed(typed):
    with pytest.raises(Unreadable):
        parse_pulse(OVERALL, typed)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_sentence(typed):
    try:
        said = "."
        parse_pulse(OVERALL, typed)
    except Unreadable as refused:
        said = str(refused)

    assert said.endswith(".")


NAMES = st.sampled_from(["kind", "needle", "pulse", "felt", "style", "rate", "x"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner),
    max_leaves=8,
)


@given(ANYTHING)
def test_any_stored_value_is_read_or_refused(stored):
    for reader in (Details.of, Exam.of, Technique.of, read_techniques, Needle.of):
        try:
            reader(stored)
        except Unreadable:
            continue


def test_a_style_shows_its_own_sections():
    assert sections_of("japanese") == ("pulse", "abdomen", "patterns")
    assert sections_of("western_medical") == ()
    assert sections_of("") == ("tongue", "pulse", "principles", "patterns")
    assert len(positions()) == 7
