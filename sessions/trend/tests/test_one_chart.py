"""One picture of pain and mood: honest, printable, the same for every reader."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.trend.chart import NARROW, WIDE, draw
from sessions.trend.model import Said, Tick, Trend, shown
from sessions.trend.words import change, headline

START = date(2026, 9, 28)


def said(days, source="check-in", **values):
    medicine = values.pop("medicine", None)
    numbers = {name: Fraction(value) for name, value in values.items()}
    return Said(on=START + timedelta(days=days), source=source, medicine_days=medicine, **numbers)


def course(*entries, sessions=3):
    ticks = tuple(
        Tick(number=n + 1, on=START + timedelta(days=7 * n), done=True, checkpoint=n == 5) for n in range(sessions)
    )
    return Trend(said=entries, ticks=ticks)


IMPROVED = course(
    said(0, "baseline", pain=7, mood=6, sleep=8, medicine=6), said(14, pain=4, mood=3, sleep=5, medicine=2)
)


def test_the_first_line_says_what_the_picture_shows():
    strong, rest = headline(IMPROVED)

    assert strong == "Pain 7 to 4,"
    assert rest == "low mood 6 to 3, sleeps better, painkiller on 2 days instead of 6."


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        (7, 4, "Pain 43 % better: meaningful (30 % or more), not yet large (50 %)."),
        (8, 4, "Pain 50 % better: large (50 % or more)."),
        (10, 7, "Pain 30 % better: meaningful (30 % or more), not yet large (50 %)."),
        (7, 6, "Pain 14 % better: less than 30 %, not yet a meaningful change."),
        (5, 5, "Pain unchanged."),
        (5, 6, "Pain 20 % worse than at the baseline."),
        (0, 3, ""),
    ],
)
def test_change_is_judged_against_the_baseline(before, now, words):
    assert change(course(said(0, "baseline", pain=before), said(7, pain=now))) == words


def test_exactly_thirty_per_cent_of_a_mean_counts_on_unrounded_values():
    assert "meaningful" in change(course(said(0, "baseline", pain=Fraction(20, 3)), said(7, pain=Fraction(14, 3))))


def test_a_baseline_alone_promises_nothing():
    assert headline(course(said(0, "baseline", pain=7)))[0] == "Pain 7 at the baseline."


def test_without_answers_there_is_no_picture():
    assert draw(Trend()) == ""


@pytest.mark.parametrize("frame", [WIDE, NARROW])
def test_every_line_is_named_in_words_with_its_newest_value(frame):
    drawing = draw(IMPROVED, frame)

    words = {element.text for element in ET.fromstring(drawing).iter("text")}
    names = frame.labels.names if frame.wide else frame.labels.narrow_names
    assert {f"{name} {value}" for name, value in zip(names.values(), (4, 3, 5), strict=True)} <= words


def test_worse_is_up_for_pain_and_mood_alike():
    root = ET.fromstring(draw(IMPROVED))

    heights = [float(mark.get("cy")) for mark in root.iter("circle")]
    assert heights[0] < heights[-1]


def test_sessions_are_ticks_and_the_checkpoint_a_line():
    root = ET.fromstring(draw(course(said(0, "baseline", pain=7), said(40, pain=5), sessions=6)))

    classes = [path.get("class") for path in root.iter("path")]
    assert classes.count("tick") == 6
    assert classes.count("check") == 1


def test_colours_and_styles_stand_in_the_style_sheet_only():
    assert "style=" not in draw(IMPROVED)
    assert "#" not in draw(IMPROVED)


entries = st.builds(
    Said,
    on=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    source=st.sampled_from(["baseline", "check-in", "visit"]),
    pain=st.none() | st.fractions(0, 10, max_denominator=3),
    mood=st.none() | st.integers(0, 10).map(Fraction),
    sleep=st.none() | st.integers(0, 10).map(Fraction),
    medicine_days=st.none() | st.integers(0, 7),
)
ticks = st.builds(
    Tick,
    number=st.integers(1, 200),
    on=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    done=st.booleans(),
    checkpoint=st.booleans(),
)


@given(st.lists(entries, max_size=60), st.lists(ticks, max_size=30), st.sampled_from([WIDE, NARROW]))
def test_any_course_draws_inside_the_frame(said, ticks, frame):
    trend = Trend(tuple(sorted(said, key=lambda s: s.on)), tuple(sorted(ticks, key=lambda t: t.on)))

    drawing = draw(trend, frame)
    headline(trend), change(trend)

    if drawing:
        for mark in ET.fromstring(drawing).iter("circle"):
            assert 0 <= float(mark.get("cx")) <= frame.width
            assert 0 <= float(mark.get("cy")) <= frame.height


@given(st.fractions(0, 10, max_denominator=9))
def test_values_are_shown_with_one_decimal_at_most_half_up(value):
    assert abs(Fraction(shown(value)) - value) <= Fraction(1, 20)


def test_two_answers_of_one_day_take_no_marks_from_the_others():
    drawn = draw(course(said(0, "baseline", pain=7), said(7, pain=6), said(7, pain=5), said(14, pain=4)))

    assert drawn.count('class="pain-mark"') == 4


def test_where_answers_are_dense_the_first_and_the_last_mark_stand_alone():
    dense = course(*(said(day, "check-in" if day else "baseline", pain=5) for day in range(40)))

    assert draw(dense, NARROW).count('class="pain-mark"') == 2
    assert draw(dense, WIDE).count('class="pain-mark"') == 40


def test_names_of_lines_that_end_at_nothing_stay_above_the_sessions():
    well = course(said(0, "baseline", pain=7, mood=6, sleep=8), said(14, pain=0, mood=0, sleep=0))

    for frame in (WIDE, NARROW):
        places = [
            float(text.get("y"))
            for text in ET.fromstring(draw(well, frame)).iter("text")
            if (text.get("class") or "").endswith("-word") and text.get("x") == str(frame.line_end)
        ]
        assert max(places) <= frame.floor + 4
        assert min(after - before for before, after in zip(sorted(places), sorted(places)[1:], strict=False)) >= 17
