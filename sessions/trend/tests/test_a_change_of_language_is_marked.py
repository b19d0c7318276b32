"""Answers in another language are compared with care: the chart says where they begin."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from sessions.charts import Chart
from sessions.trend.chart import NARROW, WIDE, draw
from sessions.trend.labels import Labels
from sessions.trend.model import Said, Trend

START = date(2026, 9, 28)


def answers(*languages):
    return Trend(
        said=tuple(
            Said(
                on=START + timedelta(days=7 * number),
                source="baseline" if number == 0 else "check-in",
                pain=Fraction(7 - number),
                language=language,
            )
            for number, language in enumerate(languages)
        )
    )


def test_the_day_of_the_change_is_named():
    changed = answers("en", "en", "es", "es", "zh-Hans").language_changes

    assert [(said.on, said.language) for said in changed] == [
        (START + timedelta(days=14), "es"),
        (START + timedelta(days=28), "zh-Hans"),
    ]


def test_one_language_is_no_change_and_what_nobody_kept_is_none():
    assert answers("es", "es").language_changes == []
    assert answers("en", "", "en").language_changes == []


def test_the_drawing_says_it_in_both_widths():
    trend = answers("en", "es", "es")

    for frame in (WIDE, NARROW):
        assert "in Spanish" in draw(trend, frame)
        assert "in English" not in draw(trend, frame)
    assert "in Spanish" not in draw(answers("es", "es"), WIDE)


def test_a_patients_own_drawing_leaves_it_out():
    assert "Spanish" not in draw(answers("en", "es"), replace(WIDE, labels=Labels()))


def test_the_table_says_it_too():
    rows = Chart(answers("en", "es", "es")).rows

    assert [row.language for row in rows] == ["", "in Spanish", ""]
