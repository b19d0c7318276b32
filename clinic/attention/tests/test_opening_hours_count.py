from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from clinic.attention.hours import is_open, next_open, open_time

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = [(day, time(9), time(13)) for day in range(5)] + [(day, time(14), time(18)) for day in range(5)]
MONDAY = datetime(2026, 11, 16, tzinfo=BERLIN)


def moment(hour, minute=0, days=0):
    return datetime(2026, 11, 16 + days, hour, minute, tzinfo=BERLIN)


def test_the_break_and_the_night_do_not_count():
    assert open_time(WEEK, BERLIN, moment(12, 50), moment(14, 20)) == timedelta(minutes=30)
    assert open_time(WEEK, BERLIN, moment(17, 45), moment(9, 15, days=1)) == timedelta(minutes=30)


def test_two_people_in_the_house_are_one_clinic():
    both = [*WEEK, (0, time(8), time(10))]
    assert open_time(both, BERLIN, moment(7), moment(11)) == timedelta(hours=3)


def test_without_a_week_every_minute_counts():
    assert open_time([], BERLIN, moment(3), moment(3, 30)) == timedelta(minutes=30)
    assert is_open([], BERLIN, moment(3))
    assert next_open([], BERLIN, moment(3)) is None


def test_the_next_opening_after_friday_is_monday():
    friday = datetime(2026, 11, 13, 18, 5, tzinfo=BERLIN)
    assert next_open(WEEK, BERLIN, friday) == moment(9)
    assert next_open(WEEK, BERLIN, moment(10)) == moment(10)
    assert not is_open(WEEK, BERLIN, friday)
    assert is_open(WEEK, BERLIN, moment(9))
    assert not is_open(WEEK, BERLIN, moment(13))


def test_the_hour_that_the_clock_skips_is_no_opening():
    """In Berlin 2:00 to 3:00 does not exist on 29 March 2026."""
    week = [(6, time(1), time(4))]
    day = datetime(2026, 3, 29, tzinfo=BERLIN)
    assert open_time(week, BERLIN, day, day + timedelta(hours=12)) == timedelta(hours=2)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))


@given(moments, moments)
def test_no_more_is_open_than_passes_and_it_adds_up(one, other):
    begins, ends = sorted((one, other))
    middle = begins + (ends - begins) / 2
    whole = open_time(WEEK, BERLIN, begins, ends)

    assert timedelta() <= whole <= ends - begins
    assert whole == open_time(WEEK, BERLIN, begins, middle) + open_time(WEEK, BERLIN, middle, ends)


@given(moments)
def test_the_next_opening_is_open(one):
    opens = next_open(WEEK, BERLIN, one)
    assert opens is not None
    assert opens >= one
    assert is_open(WEEK, BERLIN, opens)
