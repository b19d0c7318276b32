"""The change since the baseline is judged on exact fractions, and what is missing is said as missing."""

from __future__ import annotations

import re
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.checkpoint.judging import Scale, Value, is_meaningful, judged, line_of, percent

TEN = Scale(Fraction(10), important=Fraction(2))
DAY = date(2026, 9, 28)
numbers = st.fractions(min_value=0, max_value=10, max_denominator=1000)


def at(*values):
    return [Value(DAY + timedelta(days=7 * index), Fraction(value)) for index, value in enumerate(values)]


@pytest.mark.parametrize(("first", "last", "words", "way"), [
    (10, 7, ("3 points better, 30 %: meaningful (30 % or more), not yet large (50 %); at least the smallest important "
            "change (2)."), "better"),
    (6, 3, "3 points better, 50 %: large (50 % or more); at least the smallest important change (2).", "better"),
    (7, 6, "1 point better, 14 %: less than 30 %, not yet meaningful; less than the smallest important change (2).",
     "better"),
    (3, 2, ("1 point better, 33 %: meaningful (30 % or more), not yet large (50 %); a low baseline, where per cent say "
           "little; less than the smallest important change (2)."), "better"),
    (5, 7, "2 points worse, 40 %: at least the smallest important change (2).", "worse"),
    (0, 4, "4 points worse: at least the smallest important change (2).", "worse"),
    (5, 5, "Unchanged.", ""),
])  # fmt: skip
def test_a_change_in_words(first, last, words, way):
    assert judged(Fraction(first), Fraction(last), TEN) == (words, way)


def test_a_mean_of_thirds_is_thirty_per_cent_exactly():
    words, _ = judged(Fraction(20, 3), Fraction(14, 3), TEN)

    assert "30 %: meaningful" in words


def test_29_999_per_cent_is_not_30():
    first, last = Fraction(10), Fraction(10) - Fraction(29999, 10000)

    words, way = judged(first, last, TEN)

    assert "29 %: less than 30 %, not yet meaningful" in words
    assert way == "better"
    assert not is_meaningful(first, last)


@given(first=numbers, last=numbers)
def test_the_class_follows_the_exact_share_and_the_number_beside_it_never_says_otherwise(first, last):
    words, way = judged(first, last, TEN)

    assert way == ("" if first == last else "better" if last < first else "worse")
    if first == 0 or way != "better":
        return
    share = (first - last) / first
    assert ("large (50 % or more)" in words) is (share >= Fraction(1, 2))
    assert ("meaningful (30 % or more)" in words) is (Fraction(3, 10) <= share < Fraction(1, 2))
    said = int(re.search(r"(\d+) %:", words)[1])
    assert (said >= 30) is (share >= Fraction(3, 10))
    assert (said >= 50) is (share >= Fraction(1, 2))
    assert is_meaningful(first, last) is (share >= Fraction(3, 10))


@given(share=st.fractions(min_value=0, max_value=3, max_denominator=100_000))
def test_a_percentage_is_rounded_by_one_at_most_and_never_over_a_threshold(share):
    shown = percent(share)

    assert abs(shown - share * 100) <= 1
    for threshold in (30, 50):
        assert (shown >= threshold) is (share * 100 >= threshold)


def test_more_is_better_on_a_scale_of_its_own():
    bending = Scale(Fraction(160), "degrees", worse="down", important=Fraction(10))

    assert judged(Fraction(90), Fraction(105), bending) == (
        "15 degrees better: at least the smallest important change (10).", "better",
    )  # fmt: skip


def test_where_no_smallest_change_is_published_it_says_so():
    words, _ = judged(Fraction(8), Fraction(4), Scale(Fraction(12)))

    assert words == "4 points better, 50 %: large (50 % or more); no smallest important change is known."


@pytest.mark.parametrize(("values", "baseline", "first", "last", "words", "n"), [
    ((), DAY, "–", "–", "Missing: not asked, or not answered by the patient.", 0),
    ((7,), DAY, "7", "–", "Missing since the baseline.", 1),
    ((7,), DAY - timedelta(days=9), "–", "7", "Missing at the baseline: nothing to compare with.", 1),
    ((7, 7), DAY, "7", "7", "Unchanged.", 2),
    ((7, 5, 7), DAY - timedelta(days=9), "7", "7", "Missing at the baseline; since 28 Sep: unchanged.", 3),
])  # fmt: skip
def test_what_is_missing_is_said(values, baseline, first, last, words, n):
    line = line_of("Pain", at(*values), TEN, baseline=baseline)

    assert (line.first, line.last, line.words, line.n) == (first, last, words, n)
