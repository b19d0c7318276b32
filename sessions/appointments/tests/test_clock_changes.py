"""The clinic's wall clock jumps twice a year; visits keep their length and their reading."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.appointments import walltime

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
ZONES = st.sampled_from(
    [BERLIN, NEW_YORK, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("UTC")]
)


@pytest.mark.parametrize(
    ("zone", "day"), [(BERLIN, date(2027, 3, 28)), (NEW_YORK, date(2027, 3, 14))], ids=["Berlin", "New York"]
)
def test_half_past_two_does_not_exist_when_the_clocks_go_forward(zone, day):
    with pytest.raises(walltime.NoSuchTime, match=r"there is no 2:30. Please take 3:30 or later"):
        walltime.moment(day, time(2, 30), zone)


def test_half_past_two_is_the_first_of_two_when_the_clocks_go_back():
    assert walltime.moment(date(2027, 10, 31), time(2, 30), BERLIN) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_a_day_has_23_or_25_hours():
    spring = walltime.day_bounds(date(2027, 3, 28), BERLIN)
    autumn = walltime.day_bounds(date(2027, 10, 31), BERLIN)

    assert spring[1] - spring[0] == timedelta(hours=23)
    assert autumn[1] - autumn[0] == timedelta(hours=25)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.times(), ZONES)
def test_a_moment_reads_on_the_wall_as_it_was_typed_or_is_refused(day, at, zone):
    at = at.replace(microsecond=0, second=0)
    try:
        instant = walltime.moment(day, at, zone)
    except walltime.NoSuchTime:
        local = datetime.combine(day, at, tzinfo=zone)
        assert local.utcoffset() != (local + timedelta(hours=2)).utcoffset() or local.dst() is not None
    else:
        assert instant.astimezone(zone).replace(tzinfo=None) == datetime.combine(day, at)


def test_openings_that_touch_are_one_and_empty_ones_are_none():
    hours = [(time(13), time(18)), (time(8), time(13)), (time(19), time(20))]

    found = walltime.openings(date(2026, 11, 16), hours, BERLIN)

    assert [(a.astimezone(BERLIN).hour, b.astimezone(BERLIN).hour) for a, b in found] == [(8, 18), (19, 20)]


def test_an_opening_over_the_jump_is_an_hour_shorter():
    ((opens, closes),) = walltime.openings(date(2027, 3, 28), [(time(1), time(5))], BERLIN)

    assert closes - opens == timedelta(hours=3)
