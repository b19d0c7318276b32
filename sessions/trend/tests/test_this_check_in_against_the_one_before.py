"""The first line of the note says how it went since the check-in before."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.trend.head import Spoken, head_line


def spoken(pain=None, sleep=None, mood=None, goal=None, days=None):
    return Spoken(*(None if value is None else Fraction(value) for value in (pain, sleep, mood, goal)), days)


def test_pain_sleep_and_the_goal_in_one_line():
    line = head_line([spoken(5, 4, 6, 3), spoken(7, 6, 6, 5)], "shop")

    assert line == ("Pain 7 to 5,", "slept better, “shop” easier.")


@pytest.mark.parametrize(
    ("now", "before", "line"),
    [
        (spoken(5), spoken(7), ("Pain 7 to 5.", "")),
        (spoken(7, 8), spoken(5, 3), ("Pain 5 to 7,", "slept worse.")),
        (spoken(5, 4, 3, 2, 1), spoken(5, 4, 3, 2, 1), ("Pain 5 as before.", "")),
        (spoken(5), spoken(), ("Pain 5.", "")),
        (spoken(None, 3), spoken(None, 5), ("", "Slept better.")),
        (spoken(4, mood=2), spoken(4, mood=5), ("Pain 4 as before,", "mood lighter.")),
        (spoken(4, days=1), spoken(4, days=3), ("Pain 4 as before,", "painkiller on 1 day instead of 3.")),
        (spoken(4, goal=6), spoken(4, goal=5), ("Pain 4 as before,", "“walk to the market” harder.")),
        (spoken(), spoken(), ("", "")),
    ],
)
def test_each_part_says_which_way_it_went(now, before, line):
    assert head_line([now, before], "walk to the market") == line


@pytest.mark.parametrize("goal", ["", "x" * 33, "two\nlines", "   "])
def test_a_goal_that_is_long_or_missing_is_called_the_goal(goal):
    assert head_line([spoken(4, goal=2), spoken(4, goal=5)], goal) == ("Pain 4 as before,", "the goal easier.")


def test_one_check_in_alone_is_compared_with_nothing():
    assert head_line([spoken(5)]) == ("", "")
    assert head_line([]) == ("", "")


values = st.none() | st.integers(0, 10)
said = st.builds(spoken, values, values, values, values, st.none() | st.integers(0, 7))


@given(said, said, st.text(max_size=60))
def test_a_line_never_says_better_and_worse_the_wrong_way_round(now, before, goal):
    there, back = head_line([now, before], goal), head_line([before, now], goal)

    for better, worse in (("slept better", "slept worse"), ("mood lighter", "mood heavier")):
        assert (better in " ".join(there).lower()) == (worse in " ".join(back).lower())
