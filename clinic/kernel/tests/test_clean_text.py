from __future__ import annotations

import unicodedata

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from clinic.kernel.fields import CleanText
from clinic.kernel.text_fields import BROKEN


def refused(field: forms.Field, value: object) -> str:
    with pytest.raises(ValidationError) as caught:
        field.clean(value)
    return caught.value.messages[0]


@pytest.mark.parametrize("broken", ["a\x00b", "a\x07b", "a\ud800b", f"a{BROKEN}b", "a\x9fb"])
@pytest.mark.parametrize("lines", [True, False])
def test_a_broken_character_is_refused_in_words(broken: str, lines: bool) -> None:
    assert "cannot be kept" in refused(CleanText(lines=lines), broken)


def test_a_broken_character_is_shown_where_it_stands_and_the_rest_is_kept() -> None:
    class OneField(forms.Form):
        name = CleanText()

    page = OneField({"name": "Ann\x00e\ud800 <b>"}).as_p()

    assert "Ann�e� &lt;b&gt;" in page
    page.encode()


def test_one_line_is_trimmed_and_its_blanks_are_one() -> None:
    assert CleanText().clean("  María \t Fernanda\u2028 ") == "María Fernanda"


def test_lines_stay_lines() -> None:
    assert CleanText(lines=True).clean("one\r\ntwo\rthree\x0cfour\n") == "one\ntwo\nthree\nfour"


def test_letters_have_one_spelling() -> None:
    assert CleanText().clean("Nguye\u0302\u0303n") == "Nguyễn"


@pytest.mark.parametrize("length", [1, 200])
def test_a_name_of_one_letter_and_of_two_hundred_fits(length: int) -> None:
    assert len(CleanText().clean("李" * length)) == length


def test_too_long_says_how_long_and_how_much_fits() -> None:
    assert refused(CleanText(), "x" * 201) == "This is 201 characters long; 200 fit here. Please shorten it."


def test_a_text_area_takes_fifty_thousand_and_no_more() -> None:
    field = CleanText(lines=True)

    assert len(field.clean("汉" * 50_000)) == 50_000
    assert "50,001 characters" in refused(field, "x" * 50_001)


def test_the_browser_is_not_told_to_cut() -> None:
    class OneField(forms.Form):
        name = CleanText()

    assert "maxlength" not in OneField().as_p()


@given(st.text(max_size=300))
def test_whatever_is_typed_is_cleaned_or_refused_in_words(text: str) -> None:
    try:
        cleaned = CleanText(required=False).clean(text)
    except ValidationError as problem:
        said = problem.messages[0]
    else:
        said = "Kept."
        assert cleaned == " ".join(cleaned.split())
        assert unicodedata.is_normalized("NFC", cleaned)
        assert "\x00" not in cleaned
        cleaned.encode()
    assert said.endswith(".")
