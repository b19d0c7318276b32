"""Medicines that changed and other therapies stand on the same axis as pain and mood."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.trend.beside import Band, Beside, Change, Taken, band_of, changes_of
from sessions.trend.chart import NARROW, WIDE, draw
from sessions.trend.model import Said, Trend

SINCE = date(2026, 9, 28)
LATER = date(2026, 10, 24)
TREND = Trend(
    said=(
        Said(SINCE, "baseline", pain=Fraction(7)),
        Said(date(2026, 11, 16), "check-in", pain=Fraction(4), medicine_days=2, medicine_change="less"),
    )
)


def test_a_lowered_dose_is_one_change():
    medicines = [Taken("Amitriptyline 25 mg", SINCE, LATER), Taken("amitriptyline 10 mg", LATER)]

    assert changes_of(medicines, SINCE) == (Change(LATER, "amitriptyline 10 mg, was Amitriptyline 25 mg"),)


def test_what_was_told_at_first_is_no_change_and_what_came_or_went_is():
    medicines = [
        Taken("Apixaban 5 mg", SINCE), Taken("Ibuprofen", SINCE, LATER), Taken("Magnesium", date(2026, 10, 2)),
        Taken("Old tea", date(2025, 1, 1), date(2025, 6, 1)),
    ]  # fmt: skip

    assert changes_of(medicines, SINCE) == (
        Change(date(2026, 10, 2), "Magnesium new"),
        Change(LATER, "Ibuprofen stopped"),
    )


@pytest.mark.parametrize(
    ("started", "stopped", "first", "last", "said"),
    [
        ("2026-10", "", date(2026, 10, 1), None, "since 2026-10"),
        ("2025", "2026-02", date(2025, 1, 1), date(2026, 2, 28), "since 2025 until 2026-02"),
        ("", "2025", None, date(2025, 12, 31), "until 2025"),
        ("", "", None, None, ""),
    ],
)
def test_a_month_or_a_year_becomes_a_band(started, stopped, first, last, said):
    assert band_of("Physiotherapy", started, stopped) == Band("Physiotherapy", first, last, said)


def test_the_drawing_shows_the_band_the_dotted_line_and_its_words():
    beside = Beside((Change(LATER, "Amitriptyline 10 mg"),), (band_of("Physiotherapy", "2026-10", ""),))

    wide, narrow = draw(TREND, WIDE, beside), draw(TREND, NARROW, beside)

    assert 'class="therapy"' in wide
    assert 'class="therapy"' in narrow
    assert "Physiotherapy" in wide
    assert "Amitriptyline 10 mg" in wide
    assert wide.count('stroke-dasharray="1 3"') == narrow.count('stroke-dasharray="1 3"') == 1


def test_a_therapy_that_ended_before_is_not_drawn():
    beside = Beside(bands=(band_of("Chiropractic", "2024", "2025"),))

    assert draw(TREND, WIDE, beside) == draw(TREND, WIDE)


def test_more_bands_make_the_drawing_higher_and_never_lie_on_each_other():
    bands = tuple(band_of(f"Therapy {number}", "2026-10", "") for number in range(5))

    drawn = draw(TREND, WIDE, Beside(bands=bands))

    tops = [int(top) for top in re.findall(r'class="therapy" x="[\d.]+" y="(-?\d+)"', drawn)]
    assert tops == [4, -20, -44]
    assert 'viewBox="0 -48 840 490"' in drawn


def test_without_anything_beside_the_drawing_is_as_it_was():
    assert draw(TREND, WIDE, Beside()) == draw(TREND, WIDE)


def test_words_of_patients_are_never_markup():
    beside = Beside((Change(LATER, "<script>a</script>"),), (band_of("<b onload=x>", "2026-10", ""),))

    drawn = draw(TREND, WIDE, beside)

    assert "<script" not in drawn
    assert "<b " not in drawn
    assert "&lt;script&gt;" in drawn


months = st.dates(date(2020, 1, 1), date(2030, 12, 31)).map(lambda day: f"{day:%Y-%m}")
days = st.dates(date(2026, 1, 1), date(2027, 1, 1))


@given(
    st.lists(st.builds(Change, days, st.text(max_size=50)), max_size=15),
    st.lists(st.builds(band_of, st.text(max_size=50), months | st.just(""), months | st.just("")), max_size=6),
)
def test_whatever_is_told_stays_inside_the_drawing(changes, bands):
    beside = Beside(tuple(sorted(changes, key=lambda change: change.on)), tuple(bands))

    for frame in (WIDE, NARROW):
        drawn = draw(TREND, frame, beside)
        for left, wide in re.findall(r'class="therapy" x="([\d.-]+)" y="-?\d+" width="([\d.-]+)"', drawn):
            assert float(left) >= frame.left
            assert float(left) + float(wide) <= frame.width
