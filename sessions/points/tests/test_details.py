"""Depth, needle, ranges and pairs in the line: read when they are true, asked about when they cannot be."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.points.catalogue import all_points
from sessions.points.placing import placements
from sessions.points.readback import sentence, words
from sessions.points.shorthand import parse, settled, to_text


def one(line, default_side=None):
    (reading,) = parse(line, default_side)
    return reading


@pytest.mark.parametrize(
    ("typed", "value", "unit"),
    [
        ("20mm", "20", "mm"),
        ("20 mm", "20", "mm"),
        ("7.5mm", "7.5", "mm"),
        ("1.5cun", "1.5", "cun"),
        (".5 cun", "0.5", "cun"),
        ("1寸", "1", "cun"),
        ("20MM", "20", "mm"),
    ],
)
def test_a_depth_keeps_its_unit(typed, value, unit):
    reading = one(f"st36 b {typed} +")

    assert (reading.point.code, reading.side, reading.technique) == ("ST36", "both", "reinforcing")
    assert (reading.depth.value, reading.depth.unit) == (Decimal(value), unit)


@pytest.mark.parametrize("typed", ["0.25x40", ".25x40", "0.25 x 40 mm", "0.25×40mm", "0.25*40"])
def test_a_needle_is_read_as_diameter_and_length(typed):
    reading = one(f"li4 {typed} r 10mm")

    assert (reading.size.diameter, reading.size.length) == (Decimal("0.25"), 40)
    assert reading.depth.value == 10
    assert to_text([reading]) == "LI4 r 10mm 0.25x40"


@pytest.mark.parametrize(
    ("line", "question"),
    [
        ("st36 b 101mm", "too_deep"),
        ("st36 b 0mm", "too_deep"),
        ("st36 b 6cun", "too_deep"),
        ("st36 b 30mm 0.25x25", "deeper_than_needle"),
        ("st36 b 0.80x40", "no_such_needle"),
        ("st36 b 0.25x400", "no_such_needle"),
        ("st36 b 2hz", "current_without_pair"),
        ("st36~sp6 l 0hz", "no_such_current"),
        ("st36~sp6 l 2/200hz", "no_such_current"),
        ("st36~sp6 l 2hz 200min", "no_such_current"),
    ],
)
def test_what_cannot_be_true_asks(line, question):
    reading = one(line)

    assert (reading.kind, reading.question, reading.needles) == ("ask", question, 0)
    assert sentence(reading)


def test_a_distance_in_the_place_of_a_tender_point_is_no_depth():
    reading = one("ashi 2 cun below knee 3 cun l")

    assert (reading.place, reading.depth) == ("2 cun below knee 3 cun", None)
    assert one("ashi below knee l 10mm").depth.value == 10


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("du3-du5", "GV3 GV4 GV5"),
        ("gv3 - gv5", "GV3 GV4 GV5"),
        ("du3–du5", "GV3 GV4 GV5"),
        ("bl31-34 b", "BL31 BL32 BL33 BL34"),
        ("bl31-ub34b", "BL31 BL32 BL33 BL34"),
        ("ren 4-ren 6", "CV4 CV5 CV6"),
        ("-gb30-gb31", "GB30 GB31"),
    ],
)
def test_a_range_is_every_point_from_the_first_to_the_last(line, codes):
    readings = parse(line)

    assert [reading.point.code for reading in readings] == codes.split()
    assert {reading.kind for reading in readings} == {"understood"}
    assert {reading.removal for reading in readings} == {line.startswith("-")}


@pytest.mark.parametrize(
    "line",
    [
        "bl34-bl31 b",
        "st36-sp6 b",
        "gb40-gb44-1 b",
        "li1-li20x b",
        "bl1-bl40 b",
        "ex-b3-ex-b5",
        "co4-co6",
        "li18-li21 b",
    ],
)
def test_what_does_not_follow_is_no_range_and_is_not_guessed(line):
    readings = parse(line)

    assert {reading.kind for reading in readings} <= {"ask", "unknown"}


def test_a_range_without_a_side_asks_once():
    reading = one("bl31-34")

    assert (reading.question, len(reading.candidates)) == ("which_side", 4)
    assert len(parse("bl31-34", "both")) == 4


@settings(deadline=None)
@given(st.sampled_from([point for point in all_points() if point.category == "channel"]), st.integers(1, 25))
def test_a_range_holds_points_of_one_channel_in_their_order_or_nothing(first, more):
    readings = parse(f"{first.code}-{first.channel}{first.number + more} b")
    understood = [reading.point or reading.candidates[0] for reading in readings if reading.candidates]

    if all(reading.point for reading in readings):
        assert [point.number for point in understood] == list(range(first.number, first.number + more + 1))
        assert {point.channel for point in understood} == {first.channel}
    else:
        assert len(readings) == 1


@pytest.mark.parametrize(
    ("line", "side", "said"),
    [
        ("st36~sp6 l 2hz 20min", "left", "2hz 20min"),
        ("ST36 l ~ SP6 l 2/100 hz", "left", "2/100hz"),
        ("ea st36~sp6 b 20 min", "both", "20min"),
        ("gv20~yintang 2hz", "midline", "2hz"),
        ("gv20~gb20 r", "right", ""),
        ("足三里～三阴交 双", "both", ""),
    ],
)
def test_a_pair_is_two_points_on_one_side_with_its_current(line, side, said):
    reading = one(line)

    assert (reading.kind, reading.side, str(reading.current), reading.needles) == ("pair", side, said, 0)
    assert parse(to_text([reading]))[0].candidates == reading.candidates


@pytest.mark.parametrize(
    "line",
    [
        "st36~st36 l", "st36 l~sp6 r", "shenmen~sp6 l", "baxie~li4 l", "ashi knee~st36 l", "st36~", "~", "a~b~c",
        "gv20~gb20 b", "st36~sp6 l +", "-st36~sp6 l",
    ],
)  # fmt: skip
def test_what_is_no_pair_asks(line):
    assert one(line).question == "no_such_pair"


def test_a_point_with_current_on_one_side_makes_two_placements():
    readings = parse("st36 b +, sp6 l, st36~sp6 l 2/100hz 20min")
    points = [reading for reading in readings if reading.kind == "understood"]
    placed = placements(points, readings[2:])

    assert [(one.point.code, one.side, one.needles, one.pair, one.lead) for one in placed] == [
        ("ST36", "left", 1, 1, "red"),
        ("ST36", "right", 1, None, ""),
        ("SP6", "left", 1, 1, "black"),
    ]
    assert [one.technique for one in placed] == ["reinforcing", "reinforcing", None]
    assert (placed[0].current.hz, placed[0].current.hz_high, placed[0].current.minutes) == (2, 100, 20)
    assert sum(one.needles for one in placed) == sum(reading.needles for reading in points)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("st36", "st36 b"),
        ("st36 +, gv20, li4 r", "st36 + b, gv20, li4 r"),
        ("bl31-34", "bl31-34 b"),
        ("shenmen, ashi knee, qqzz, -gb30", "shenmen, ashi knee, qqzz, -gb30"),
        ("li4  r ;gv20", "li4  r ;gv20"),
    ],
)
def test_a_side_left_unsaid_is_written_out_and_nothing_else_is_touched(typed, kept):
    assert settled(typed, "both") == kept
    assert settled(typed, None) == typed
    assert all(reading.question != "which_side" or reading.candidates[0].code == "ASHI" for reading in parse(kept))


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from([point.code for point in all_points()] + ["shenmen", "xx", "bl31-34", "st36~sp6"]), max_size=6
    )
)
def test_what_is_written_out_reads_as_the_default_would(names):
    line = ", ".join(names)

    assert [words(reading) for reading in parse(settled(line, "both"))] == [
        words(reading) for reading in parse(line, "both")
    ]
