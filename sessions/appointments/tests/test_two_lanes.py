"""A visit has two lanes: the practitioner's hands, and the room from settling to turnover."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from sessions.appointments import lanes

NINE = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


def service(settling=5, start=45, resting=25, end=10, turnover=5):
    return SimpleNamespace(
        settling_minutes=settling,
        hands_on_start_minutes=start,
        resting_minutes=resting,
        hands_on_end_minutes=end,
        turnover_minutes=turnover,
    )


services = st.builds(
    service,
    settling=st.integers(0, 12).map(lambda n: n * 5),
    start=st.integers(1, 12).map(lambda n: n * 5),
    resting=st.integers(0, 8).map(lambda n: n * 5),
    end=st.integers(0, 6).map(lambda n: n * 5),
    turnover=st.integers(0, 4).map(lambda n: n * 5),
)


def minutes(stretch):
    return (stretch[1] - stretch[0]) // timedelta(minutes=1)


def test_a_first_visit_of_ninety_minutes_takes_hands_twice_and_the_room_once():
    laid = lanes.lay_out(NINE, service())

    assert laid.room == (NINE, NINE + timedelta(minutes=90))
    assert [(minutes((NINE, a)), minutes((NINE, b))) for a, b in laid.hands_on] == [(5, 50), (75, 85)]


def test_without_rest_the_hands_are_one_stretch():
    laid = lanes.lay_out(NINE, service(resting=0))

    assert [(minutes((NINE, a)), minutes((NINE, b))) for a, b in laid.hands_on] == [(5, 60)]


def test_without_an_end_there_is_one_stretch_of_hands():
    assert len(lanes.lay_out(NINE, service(end=0)).hands_on) == 1


@given(services)
def test_the_parts_add_up_to_the_room_and_the_hands_lie_inside_it(one):
    laid = lanes.lay_out(NINE, one)

    assert sum(length for _, length in lanes.parts(one)) == minutes(laid.room)
    assert sum(map(minutes, laid.hands_on)) == one.hands_on_start_minutes + one.hands_on_end_minutes
    assert all(laid.room[0] <= a < b <= laid.room[1] for a, b in laid.hands_on)
    assert all(first[1] < second[0] for first, second in zip(laid.hands_on, laid.hands_on[1:], strict=False))


def test_two_people_can_be_staggered_while_the_needles_rest():
    follow = service(start=10, end=5)
    first = lanes.lay_out(NINE, follow)
    second = lanes.lay_out(NINE + timedelta(minutes=20), follow)

    assert lanes.hands_are_free(second, first.hands_on)
    assert lanes.free_room(second, [1, 2], {1: [first.room]}) == 2
    assert lanes.free_room(second, [1], {1: [first.room]}) is None


def test_one_room_is_free_again_at_the_minute_turnover_ends():
    first = lanes.lay_out(NINE, service())

    assert lanes.free_room(lanes.lay_out(first.room[1], service()), [1], {1: [first.room]}) == 1


booked = st.lists(st.tuples(st.integers(0, 95), st.integers(1, 2)), max_size=12)


@given(services, booked)
def test_whatever_is_offered_clashes_with_nothing_and_nothing_free_is_left_out(one, others):
    """The offer is held against the plain definition, start by start."""
    opens, closes = NINE, NINE + timedelta(hours=8)
    hands, rooms = [], {1: [], 2: []}
    for slot, room in others:
        laid = lanes.lay_out(NINE + timedelta(minutes=5 * slot), service(start=10, end=5))
        hands += laid.hands_on
        rooms[room].append(laid.room)
    not_before = NINE + timedelta(minutes=33)

    offered = lanes.free_starts(
        service=one,
        openings=[(opens, closes)],
        hands_taken=hands,
        rooms=[1, 2],
        rooms_taken=rooms,
        not_before=not_before,
    )

    expected = []
    for slot in range(97):
        start = NINE + timedelta(minutes=5 * slot)
        laid = lanes.lay_out(start, one)
        room = lanes.free_room(laid, [1, 2], rooms)
        if start >= not_before and laid.room[1] <= closes and lanes.hands_are_free(laid, hands) and room:
            expected.append((start, room))
    assert offered == expected


def test_a_day_is_offered_by_half_hours_and_right_after_each_gap():
    starts = [NINE + timedelta(minutes=n) for n in (0, 5, 10, 40, 45, 50, 55, 60)]

    said = [minutes((NINE, start)) for start in lanes.worth_offering(starts, UTC)]

    assert said == [0, 40, 60]
