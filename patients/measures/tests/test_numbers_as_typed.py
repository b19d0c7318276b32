from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from patients.measures.fields import NumberField
from patients.measures.numbers import Unread, plain, read_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [("12", "12"), ("3.5", "3.5"), ("3,5", "3.5"), (" 7 ", "7"), ("-4,25", "-4.25"), ("\u22124", "-4"), ("+2", "2"),
     ("７．５", "7.5"), ("-0", "0"), ("12.0", "12")],
)  # fmt: skip
def test_a_point_a_comma_and_wide_digits_are_read(typed, number):
    assert read_number(typed, decimals=2) == Decimal(number)


@pytest.mark.parametrize("typed", ["", "x", "1e3", "NaN", "inf", "1 000", "1.2.3", ".5", "5.", "0x1F", "٣x", "--1"])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(Unread) as refused:
        read_number(typed, decimals=2)

    assert refused.value.code == "letters"


@pytest.mark.parametrize("typed", ["1,000", "1.000", "12,345"])
def test_what_may_be_thousands_is_never_guessed(typed):
    with pytest.raises(Unread) as refused:
        read_number(typed, decimals=0)

    assert refused.value.code == "thousands"
    assert read_number(typed, decimals=3) == Decimal(typed.replace(",", "."))


scales = st.tuples(
    st.integers(-90_000, 90_000), st.integers(1, 9_000), st.integers(0, 3)
)  # fmt: skip


@given(scale=scales, share=st.integers(0, 10**9), comma=st.booleans())
def test_every_number_of_a_scale_is_taken_exactly_with_point_and_comma(scale, share, comma):
    lowest, length, decimals = scale
    number = Decimal(lowest) + (Decimal(share % (length * 10**decimals + 1)) / 10**decimals)
    box = NumberField(lowest=Decimal(lowest), highest=Decimal(lowest + length), decimals=decimals)
    typed = plain(number)

    assert box.clean(typed.replace(".", ",") if comma else typed) == number


@given(scale=scales, beyond=st.integers(1, 9_000), below=st.booleans())
def test_every_number_beside_a_scale_is_refused_in_words(scale, beyond, below):
    lowest, length, decimals = scale
    number = lowest - beyond if below else lowest + length + beyond
    box = NumberField(lowest=Decimal(lowest), highest=Decimal(lowest + length), decimals=decimals)

    with pytest.raises(ValidationError, match=f"from {lowest} to {lowest + length}"):
        box.clean(str(number))


@given(scale=scales, part=st.integers(1, 9))
def test_a_digit_too_many_is_refused_in_words(scale, part):
    lowest, _, decimals = scale
    digits = "0" * decimals + str(part)
    typed = f"{abs(lowest)}.{digits}"
    box = NumberField(lowest=Decimal(-99_999), highest=Decimal(99_999), decimals=decimals)

    with pytest.raises(ValidationError) as refused:
        box.clean(typed)

    assert refused.value.code == ("thousands" if len(digits) == 3 else "decimals")


@given(text=st.text(max_size=30))
def test_no_text_breaks_the_box(text):
    box = NumberField(lowest=Decimal(0), highest=Decimal(10), decimals=1, required=False)

    try:
        kept = box.clean(text)
    except ValidationError:
        return

    assert kept is None or 0 <= kept <= 10
