from __future__ import annotations

import re
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.trend.followed import Followed, Measured, Scale, exact, judged, of_a_course
from sessions.trend.measure_chart import NARROW, WIDE, draw_measure
from sessions.trend.model import Tick

DAYS = Scale(Fraction(0), Fraction(28), "up", "days")
FLEXION = Scale(Fraction(0), Fraction(160), "down", "degrees", important=Fraction(10))
FIRST = date(2026, 9, 1)


def followed(*values, scale=DAYS, name="Headache days", **fields):
    return Followed(
        "code",
        name,
        tuple(Measured(FIRST + timedelta(days=7 * n), Fraction(v), scale, **fields) for n, v in enumerate(values)),
    )


def heights(drawn):
    [path] = re.findall(r'class="measure" d="M([^"]+)"', drawn)
    return [float(point.split()[1]) for point in path.split("L")]


def test_the_worse_value_stands_higher_when_more_is_worse():
    worse, better = heights(draw_measure(followed(18, 9)))

    assert worse < better  # y runs down


def test_the_worse_value_stands_higher_when_less_is_worse():
    worse, better = heights(draw_measure(followed(90, 120, scale=FLEXION)))

    assert worse < better


def test_the_scale_is_said_in_words_with_the_worst_end_on_top():
    assert "0 to 28 days · worse is up ↑" in draw_measure(followed(18, 9))
    assert "160 to 0 degrees, worse is up" in draw_measure(followed(90, 120, scale=FLEXION), NARROW)


def test_the_whole_picture_is_said_to_a_screen_reader_without_a_script():
    drawn = draw_measure(followed(18, 9, name="Pain <b>"))

    assert 'aria-label="Pain &lt;b&gt; 18 to 9. Scale 0 to 28 days, worse is up' in drawn
    assert "style" not in drawn


def test_one_value_is_said_and_not_drawn():
    assert draw_measure(followed(18)) == ""
    assert followed(18).headline == "Headache days 18"


def test_the_time_of_the_chart_above_is_shared():
    tick = Tick(1, FIRST, done=True)
    days = (FIRST, FIRST + timedelta(days=70))

    alone, shared = draw_measure(followed(18, 9)), draw_measure(followed(18, 9), ticks=[tick], days=days)

    assert 'class="tick"' in shared
    assert alone != shared


def test_values_of_another_scale_or_another_voice_stand_in_the_table_alone():
    old = Scale(Fraction(0), Fraction(140), "up", "points")
    one = Followed(
        "code",
        "Index",
        (
            Measured(FIRST, Fraction(120), old),
            Measured(FIRST + timedelta(7), Fraction(20), DAYS),
            Measured(FIRST + timedelta(8), Fraction(5), DAYS, by="her sister"),
            Measured(FIRST + timedelta(14), Fraction(10), DAYS),
        ),
    )

    assert [measured.value for measured in one.line] == [20, 10]
    assert one.left_out == "In the table alone: one value on an earlier scale and one value answered by somebody else."


@pytest.mark.parametrize(
    ("first", "last", "scale", "said"),
    [
        (18, 9, DAYS, "9 days better, 50 %: meaningful (30 % or more)."),
        (18, 13, DAYS, "5 days better, 28 %: less than 30 %, not yet a meaningful change."),
        (9, 18, DAYS, "9 days worse."),
        (9, 9, DAYS, "Unchanged."),
        (0, 3, DAYS, "3 days worse."),
        (90, 120, FLEXION, "30 degrees better: a change that matters (10 or more)."),
        (120, 115, FLEXION, "5 degrees worse: less than a change that matters (10 or more)."),
    ],
)
def test_the_change_is_judged_exactly(first, last, scale, said):
    assert judged(Fraction(first), Fraction(last), scale) == said


def test_exactly_thirty_per_cent_is_meaningful():
    assert "meaningful (30 % or more)" in judged(Fraction(10), Fraction(7), DAYS)


def test_a_value_just_before_the_course_is_its_baseline_and_an_old_one_is_not():
    opened = FIRST + timedelta(days=30)
    values = followed(20, 19, 18, 17, 16, 15).values

    kept = of_a_course(values, opened, None, timedelta(days=90))

    assert [int(one.value) for one in kept] == [16, 15]
    assert [int(one.value) for one in of_a_course(values, opened + timedelta(days=200), None, timedelta(days=90))] == []


@given(value=st.decimals(-99_999, 99_999, places=3))
def test_a_value_is_written_as_it_was_given(value):
    assert Fraction(exact(Fraction(value))) == Fraction(value)


@given(
    values=st.lists(st.integers(0, 160), min_size=2, max_size=60),
    worse=st.sampled_from(["up", "down"]),
    frame=st.sampled_from([WIDE, NARROW]),
)
def test_nothing_leaves_its_frame(values, worse, frame):
    scale = Scale(Fraction(0), Fraction(160), worse)

    for y in heights(draw_measure(followed(*values, scale=scale), frame)):
        assert frame.top - 0.1 <= y <= frame.floor + 0.1
