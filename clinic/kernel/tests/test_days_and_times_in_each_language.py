"""Days, times, numbers and weeks as people of each language and country write them."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import translation
from django.utils.formats import get_format, localize

from clinic.kernel import clinic_words
from clinic.practice.languages import with_customs

MOMENT = datetime(2026, 11, 16, 14, 5)  # a Monday
BLANK = "\u00a0"


@pytest.mark.parametrize(
    ("tag", "short", "long", "year", "whole", "time"),
    [
        ("en", "Mon 16 Nov", "Monday 16 November", "Mon 16 Nov 2026", "16 November 2026", "14:05"),
        ("es", "lun 16 nov", "lunes 16 de noviembre", "lun 16 nov 2026", "16 de noviembre de 2026", "14:05"),
        (
            "es-us", "lun 16 nov", "lunes 16 de noviembre", "lun 16 nov 2026", "16 de noviembre de 2026",
            f"2:05{BLANK}p.{BLANK}m.",
        ),
        ("zh-hans", "11月16日 星期一", "11月16日星期一", "2026年11月16日 星期一", "2026年11月16日", "14:05"),
    ],
)  # fmt: skip
def test_a_moment_is_said_as_people_say_it(tag, short, long, year, whole, time):
    with translation.override(tag):
        assert clinic_words.day(MOMENT) == short
        assert clinic_words.day_long(MOMENT) == long
        assert clinic_words.day_year(MOMENT) == year
        assert clinic_words.whole_day(MOMENT) == whole
        assert clinic_words.time_of_day(MOMENT) == time


@pytest.mark.parametrize(
    ("hour", "said"), [(0, "12:05 a. m."), (9, "9:05 a. m."), (12, "12:05 p. m."), (23, "11:05 p. m.")]
)
def test_twelve_hours_have_their_halves(hour, said):
    with translation.override("es-us"):
        assert clinic_words.time_of_day(MOMENT.replace(hour=hour)).replace(BLANK, " ") == said


@pytest.mark.parametrize(
    ("tag", "number", "first_day"), [("en", "6.5", 0), ("es", "6,5", 1), ("es-us", "6.5", 0), ("zh-hans", "6.5", 1)]
)
def test_numbers_and_weeks_follow(tag, number, first_day):
    with translation.override(tag):
        assert localize(6.5) == number
        assert get_format("FIRST_DAY_OF_WEEK") == first_day


@pytest.mark.parametrize(
    ("language", "country", "tag"),
    [
        ("en", "US", "en"),
        ("es", "US", "es-us"),
        ("es", "MX", "es-us"),
        ("es", "ES", "es"),
        ("es", "IE", "es"),
        ("zh-Hans", "US", "zh-hans"),
        ("zh-hans", "", "zh-hans"),
        ("fr", "FR", "en"),
        ("", "US", "en"),
    ],
)
def test_the_customs_are_those_of_the_country(language, country, tag):
    assert with_customs(language, country) == tag
