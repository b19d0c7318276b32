from __future__ import annotations

import pytest

from patients.intake import glossary


def test_patients_read_their_own_words():
    assert glossary.text("no_show") == "missed visit"
    assert glossary.text("no_show", "es") == "cita a la que no pudo venir"
    assert glossary.text("no_show", "zh-hans") == "未能前来的预约"


def test_braces_are_filled():
    assert glossary.text("read_when", time="Mon 8:00") == "we read this on Mon 8:00"
    with pytest.raises(KeyError):
        glossary.text("read_when")


@pytest.mark.parametrize(("key", "language"), [("nothing", "en"), ("no_show", "fr"), ("no_show", "")])
def test_what_has_no_words_raises(key, language):
    with pytest.raises(glossary.UnknownTerm):
        glossary.text(key, language)


def test_the_staff_terms_that_no_patient_reads_are_listed():
    forbidden = glossary.forbidden_words()

    for term in (
        "red flag",
        "adverse event",
        "no show",
        "no-show",
        "dropped out",
        "entered in error",
        "break-glass",
    ):
        assert term in forbidden


def test_the_patients_own_words_hold_none_of_them():
    for language in glossary.LANGUAGES:
        for row in glossary._rows().values():
            assert not any(term in row[language].lower() for term in glossary.forbidden_words())
