"""Who did not answer is tried again at an hour at which people are called."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.calls import again
from sessions.calls.tests.world import DAY, at

BERLIN = ZoneInfo("Europe/Berlin")
CODES = (again.HOUR, again.THREE_HOURS, again.TOMORROW)


@pytest.mark.parametrize(
    ("now", "code", "expected"),
    [
        (at(10, 17), again.HOUR, at(11, 20)),
        (at(10, 20), again.HOUR, at(11, 20)),
        (at(10, 17), again.THREE_HOURS, at(13, 20)),
        (at(10, 17), again.TOMORROW, at(9) + DAY),
        (at(17, 30), again.THREE_HOURS, at(9) + DAY),
        (at(23, 30), again.HOUR, at(9) + DAY),
        (at(6), again.HOUR, at(9)),
    ],
)
def test_a_call_comes_back_when_it_was_asked_to(now, code, expected):
    assert again.moment_of(code, now, BERLIN) == expected


def test_in_the_evening_only_tomorrow_is_offered():
    assert again.offered(at(18, 30), BERLIN) == [(again.HOUR, at(9) + DAY)]


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)), st.sampled_from(CODES))
def test_it_is_later_and_by_day(now, code):
    moment = again.moment_of(code, now, BERLIN)

    assert now < moment <= now + timedelta(days=2)
    assert again.MORNING <= moment.astimezone(BERLIN).time() <= again.EVENING
