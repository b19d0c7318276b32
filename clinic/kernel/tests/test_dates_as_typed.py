from __future__ import annotations

from datetime import date

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from clinic.kernel.date_fields import read_birth_date
from clinic.kernel.fields import BirthDateField, DayField, date_order

TODAY = date(2026, 11, 16)


class Birth(forms.Form):
    born = BirthDateField()

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self.fields["born"].today = TODAY


class Visit(forms.Form):
    day = DayField()


def typed(day: str, month: str, year: str) -> Birth:
    return Birth({"born_day": day, "born_month": month, "born_year": year})


@given(st.dates(min_value=date(1900, 1, 1), max_value=TODAY))
def test_every_day_from_1900_until_today_is_kept(day: date) -> None:
    form = typed(str(day.day), f"{day.month:02d}", str(day.year))

    assert form.is_valid()
    assert form.cleaned_data["born"] == day


@pytest.mark.parametrize(
    ("boxes", "says"),
    [
        (("1", "1", "0001"), "before 1900"),
        (("31", "12", "1899"), "before 1900"),
        (("17", "11", "2026"), "has not come yet"),
        (("29", "2", "2027"), "February 2027 has only 28 days."),
        (("31", "4", "1961"), "April 1961 has only 30 days."),
        (("1", "2", "26"), "four digits"),
        (("1/2/26", "", ""), "month and the year are missing"),
        (("twelve", "3", "1961"), "are numbers"),
        (("١٢", "٣", "١٩٦١"), "digits 0 to 9"),
        (("12", "", "1961"), "The month is missing."),
        (("12", "13", "1961"), "other way round"),
        (("0", "3", "1961"), "1 to 31"),
        (("1", "1", "0000"), "no year 0"),
        (("9" * 5000, "3", "1961"), "1 to 31"),
        (("-1", "3", "1961"), "are numbers"),
        (("", "", ""), "fill in the birth date"),
    ],
)
def test_what_is_no_birth_date_is_refused_in_words_and_kept(boxes: tuple[str, str, str], says: str) -> None:
    form = typed(*boxes)

    assert not form.is_valid()
    assert says in form.errors["born"][0]
    page = form.as_p()
    assert all(f'value="{box}"' in page for box in boxes if box)


def test_boxes_stand_in_the_order_of_the_country() -> None:
    assert [date_order(code) for code in ("US", "DE", "CN", "ie")] == ["mdy", "dmy", "ymd", "dmy"]


def test_an_iso_date_under_the_plain_name_is_understood_and_anything_else_is_kept() -> None:
    assert Birth({"born": "1961-03-12"}).is_valid()

    form = Birth({"born": "1/2/26"})

    assert not form.is_valid()
    assert 'value="1/2/26"' in form.as_p()


def test_a_broken_character_in_a_box_is_refused_and_the_page_can_be_sent() -> None:
    form = typed("1\x00", "\ud800", "1961")

    assert not form.is_valid()
    form.as_p().encode()


@given(st.text(max_size=6), st.text(max_size=6), st.text(max_size=6))
def test_whatever_stands_in_the_boxes_gives_a_date_or_a_sentence(day: str, month: str, year: str) -> None:
    try:
        born = read_birth_date(day, month, year, TODAY)
    except ValidationError as problem:
        said = problem.messages[0]
    else:
        said = "Kept."
        assert date(1900, 1, 1) <= born <= TODAY
    assert said.endswith(".")


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 12, 31)))
def test_a_day_of_the_diary_is_kept(day: date) -> None:
    assert DayField().clean(day.isoformat()) == day


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0001-01-01", "first day"),
        ("2999-01-01", "last day"),
        ("2027-02-29", "has only 28 days"),
        ("1/2/26", "year-month-day"),
        ("2026-13-01", "1 to 12"),
        ("٢٠٢٦-١١-١٦", "year-month-day"),
        ("tomorrow", "year-month-day"),
    ],
)
def test_what_is_no_day_is_refused_in_words_and_kept(text: str, says: str) -> None:
    form = Visit({"day": text})

    assert not form.is_valid()
    assert says in form.errors["day"][0]
    assert f'value="{text}"' in form.as_p()


def test_a_text_that_is_no_date_is_shown_in_a_plain_box() -> None:
    assert 'type="text"' in Visit({"day": "1/2/26"}).as_p()
    assert 'type="date"' in Visit({"day": "2026-11-16"}).as_p()
