from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sessions.points.catalogue import all_points
from sessions.points.names import ambiguous_names
from sessions.points.readback import words
from sessions.points.shorthand import needles_of, parse, to_text

calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def one(line, default_side=None):
    (reading,) = parse(line, default_side)
    return reading


def test_a_line_is_read_part_by_part():
    readings = parse("li4 b, st36 b +, gv20, hegu r")

    assert [(r.kind, r.point.code, r.side, r.technique, r.needles) for r in readings] == [
        ("understood", "LI4", "both", None, 2),
        ("understood", "ST36", "both", "reinforcing", 2),
        ("understood", "GV20", "midline", None, 1),
        ("understood", "LI4", "right", None, 1),
    ]
    assert needles_of(readings) == 6
    assert to_text(readings) == "LI4 b, ST36 b +, GV20, LI4 r"


@pytest.mark.parametrize(
    ("line", "side", "technique"),
    [
        ("li4 both", "both", None),
        ("li4 left -", "left", "reducing"),
        ("li4 − R", "right", "reducing"),
        ("li4 b=", "both", "even"),
        ("li4b+", "both", "reinforcing"),
        ("li4- b", "both", "reducing"),
        ("li4 reinforcing l", "left", "reinforcing"),
        ("合谷 双 补", "both", "reinforcing"),
    ],
)
def test_side_and_technique_stand_after_the_name_in_any_order(line, side, technique):
    reading = one(line)

    assert (reading.point.code, reading.side, reading.technique) == ("LI4", side, technique)


def test_an_ambiguous_name_asks_and_keeps_what_was_clear():
    reading = one("shenmen l +")

    assert (reading.kind, reading.question, reading.point) == ("ask", "which_point", None)
    assert [point.code for point in reading.candidates] == ["HT7", "EAR-TF4"]
    assert (reading.side, reading.technique, reading.needles) == ("left", "reinforcing", 0)


def test_every_ambiguous_name_asks():
    for name in ambiguous_names():
        assert one(f"{name} b").question == "which_point"


def test_a_missing_side_asks_unless_a_default_is_given():
    assert one("st36").question == "which_side"
    assert one("baxie").question == "which_side"
    assert one("st36", "both").needles == 2
    assert one("st36 l", "both").side == "left"
    assert one("gv20", "both").side == "midline"


@pytest.mark.parametrize("line", ["gv20 b", "gv20 l", "st36 m", "ex-hn12 r", "ex-hn1 l"])
def test_a_side_that_does_not_fit_asks(line):
    assert one(line).question == "side_does_not_fit"


@pytest.mark.parametrize(("line", "needles"), [("ex-hn1", 4), ("baxie b", 8), ("baxie r", 4), ("ex-b2 b", 34)])
def test_groups_count_their_needles(line, needles):
    assert one(line).needles == needles


def test_a_minus_before_the_name_takes_the_point_out():
    everywhere, left = parse("-gb30, -gb30 l")

    assert (everywhere.kind, everywhere.removal, everywhere.side, everywhere.needles) == (
        "understood",
        True,
        None,
        0,
    )
    assert left.side == "left"
    assert one("-shenmen").question == "which_point"
    assert one("--gb30").kind == "unknown"


def test_landmarks_are_reported():
    assert one("st17 b").do_not_needle
    assert one("cv8").do_not_needle
    assert not one("-cv8").do_not_needle
    assert not one("cv6").do_not_needle


@pytest.mark.parametrize(
    ("line", "place", "side"),
    [
        ("ashi left knee", "knee", "left"),
        ("ashi knee l", "knee", "left"),
        ("ASHI lower back b +", "lower back", "both"),
        ("阿是 右 knee", "knee", "right"),
        ("trigger point sacrum m", "sacrum", "midline"),
    ],
)
def test_a_tender_point_takes_its_place_in_words(line, place, side):
    reading = one(line)

    assert (reading.point.code, reading.place, reading.side) == ("ASHI", place, side)


def test_a_tender_point_asks_for_place_and_side():
    assert one("ashi").question == "which_place"
    assert one("ashi left").question == "which_place"
    assert one("ashi knee").question == "which_side"
    assert one(f"ashi {'very ' * 20} l").question == "shorter_place"


def test_a_sign_that_may_belong_to_the_code_asks():
    glued = one("gv24+")

    assert [point.code for point in glued.candidates] == ["EX-HN3", "GV24"]
    assert (one("gv24 +").point.code, one("gv24 +").technique) == ("GV24", "reinforcing")


def test_ear_zones_with_a_comma_are_one_part():
    assert [r.point.code for r in parse("SF4,5 b, hx6,7i l, li4 b")] == ["EAR-SF4.5", "EAR-HX6.7i", "LI4"]


def test_an_unknown_part_proposes_and_the_rest_is_read():
    unknown, known = parse("hegux b; st36 b")

    assert (unknown.kind, [point.code for point in unknown.candidates]) == ("unknown", ["LI4"])
    assert known.kind == "understood"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("-gb30", "GB30 环跳 out"),
        ("ki3 l", "KI3 太溪 left"),
        ("gb34 l -", "GB34 阳陵泉 left, reducing"),
        ("gv20", "GV20 百会"),
        ("shenmen", "“shenmen” is the name of 2 points. Which one?"),
        ("st36", "ST36: which side?"),
        ("gv20 l", "GV20 is not needled there. It takes: midline."),
        ("ex-hn12 r", "EX-HN12 is not needled there. It takes: left."),
        ("hegux", "“hegux” is no point we know. Did you mean one of these?"),
        ("zz", "“zz” is no point we know. Type a code such as ST36, or a name."),
        ("ashi", "A tender point: where? For example “ashi left shoulder”."),
        ("ashi left knee", "ASHI 阿是 knee left"),
        ("st36 l + 1.5cun .25x40", "ST36 足三里 left, reinforcing, 1.5 cun deep, 0.25 × 40 mm"),
        ("st36~sp6 r 2/100hz 20min", "ST36 to SP6 right, 2/100 Hz, 20 min"),
        ("gv20~yintang", "GV20 to EX-HN3"),
        ("bl31-34", "bl31-34: which side?"),
    ],
)
def test_what_was_understood_is_said_in_words(line, said):
    assert words(one(line)) == said


def test_a_landmark_is_said_with_its_caution():
    assert "Do not needle" in words(one("cv8"))


TYPED = """20mm 1.5 cun 0.25x40 .25 x 40 mm 2hz 2/100 hz 20 min du3-du5 bl31-34 st36~sp6 ~ ea
li4 st36 gv24+ gv24 shenmen ashi knee sf4 5 hx6 7i cv8 baxie b l left r m
+ - = ± b+ , ; 、 -li4 合谷 ٣"""
tokens = st.sampled_from([*TYPED.split(), "\n", "\ud800"])
lines = st.text() | st.lists(tokens | st.text(max_size=3), max_size=12).flatmap(
    lambda parts: st.sampled_from([" ".join(parts), "".join(parts)])
)
sides = st.sampled_from([None, "left", "right", "both", "midline"])


@settings(calm, max_examples=400)
@given(lines, sides)
@example("xsf4;5", None)
@example("ashi left c+ -", None)
def test_no_text_makes_it_raise_and_its_own_line_reads_the_same(line, default_side):
    readings = parse(line, default_side)
    again = parse(to_text(readings), default_side)

    assert to_text(again) == to_text(readings)
    assert [replace(r, text="") for r in again] == [replace(r, text="") for r in readings]
    assert all(words(reading) for reading in readings)


@calm
@given(st.sampled_from(all_points()), st.data())
def test_every_point_on_every_side_goes_around(point, data):
    side = data.draw(st.sampled_from(point.sides))
    place = " knee" if point.code == "ASHI" else ""

    reading = one(f"{point.code}{place} {side}")

    assert (reading.kind, reading.point, reading.side) == ("understood", point, side)
    assert reading.needles == point.needles(side)
    assert parse(to_text([reading]))[0].point == point


def test_fifty_thousand_characters_are_read_without_a_word():
    assert len(parse("st36 b, " * 6000)) == 6000
    assert one("x" * 50_000).kind == "unknown"
    assert one("ashi " + "y" * 50_000 + " l").question == "shorter_place"
