"""A day of a week, as people write it."""

from __future__ import annotations

from contextlib import suppress
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.staff.hours import Unread, read_day, say_day

NINE_TO_ONE = [(time(9), time(13))]
WHOLE = [(time(9), time(13)), (time(14), time(18))]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", []),
        ("closed", []),
        ("–", []),
        ("9-13", NINE_TO_ONE),
        ("9:00–13:00", NINE_TO_ONE),
        ("09.00 to 13.00", NINE_TO_ONE),
        ("0900-1300", NINE_TO_ONE),
        ("9am - 1pm", NINE_TO_ONE),
        ("9 until 13", NINE_TO_ONE),
        ("9-13, 14-18", WHOLE),
        ("14-18; 9-13", WHOLE),
        ("9-13 and 14-18", WHOLE),
        ("9-1pm, 2-6pm", WHOLE),
        ("1-5pm", [(time(13), time(17))]),
        ("9-5pm", [(time(9), time(17))]),
        ("12pm-2pm", [(time(12), time(14))]),
        ("9-13, 13-18", [(time(9), time(13)), (time(13), time(18))]),
    ],
)
def test_is_read_in_every_usual_way(text, meant):
    assert read_day(text) == meant


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nine to five", "is no time"),
        ("9", "cannot be read"),
        ("9-10-11", "cannot be read"),
        ("9-", "cannot be read"),
        ("9-25", "from 0:00 to 23:59"),
        ("9-24:00", "from 0:00 to 23:59"),
        ("9:75-10", "from 0:00 to 23:59"),
        ("13pm-2pm", "from 1 to 12"),
        ("9-5", "Do you mean 9:00–17:00?"),
        ("18-9:30", "Do you mean 18:00–21:30?"),
        ("9-9", "ends before it begins"),
        ("9-13, 12-18", "overlap"),
        (", ".join(["9-10"] * 7), "at most 6"),
        ("\x00-\ud800", "is no time"),
    ],
)
def test_what_cannot_be_read_says_what_to_mend(text, says):
    with pytest.raises(Unread, match=says.replace("?", r"\?")):
        read_day(text)


times = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))


@given(st.lists(times, min_size=2, max_size=12, unique=True).filter(lambda moments: len(moments) % 2 == 0))
def test_what_is_said_is_read_the_same(moments):
    moments.sort()
    stretches = list(zip(moments[::2], moments[1::2], strict=True))

    assert read_day(say_day(stretches)) == stretches


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    with suppress(Unread):
        assert all(opens < closes for opens, closes in read_day(text))
