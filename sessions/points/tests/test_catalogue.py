from __future__ import annotations

from collections import Counter

import pytest

from sessions.points.catalogue import UnknownPoint, all_points, get


def test_the_catalogue_is_whole():
    categories = Counter(point.category for point in all_points())

    assert categories == {"channel": 361, "extra": 55, "ear": 21, "ashi": 1}
    assert len({point.code for point in all_points()}) == 438


def test_a_point_knows_its_names_and_cautions():
    point = get("ST36")

    assert (point.pinyin, point.chinese, point.channel, point.number) == ("Zúsānlǐ", "足三里", "ST", 36)
    assert point.alt_names == ("Sanli",)
    assert get("EX-HN3").alt_codes == ("GV29", "GV24+")
    assert get("EAR-SF4.5").alt_codes == ("SF4,5",)
    assert get("GV26").alt_names == ("Renzhong", "人中")


def test_two_points_are_landmarks_only():
    assert [point.code for point in all_points() if point.do_not_needle] == ["ST17", "CV8"]


def test_an_unknown_code_raises():
    with pytest.raises(UnknownPoint):
        get("LI21")


@pytest.mark.parametrize(
    ("code", "side", "needles"),
    [
        ("ST36", "both", 2),
        ("ST36", "left", 1),
        ("GV20", "midline", 1),
        ("EX-UE9", "both", 8),
        ("EX-UE9", "right", 4),
        ("EX-B2", "both", 34),
        ("EX-B2", "left", 17),
        ("EX-HN1", "both", 4),
        ("EX-HN12", "left", 1),
        ("EX-HN13", "right", 1),
        ("ASHI", "both", 2),
        ("ASHI", "midline", 1),
    ],
)
def test_needles_follow_from_the_side(code, side, needles):
    assert get(code).needles(side) == needles


@pytest.mark.parametrize(("code", "side"), [("GV20", "left"), ("ST36", "midline"), ("EX-HN1", "left")])
def test_a_side_must_fit_the_point(code, side):
    assert side not in get(code).sides
    with pytest.raises(ValueError, match=code):
        get(code).needles(side)


def test_every_point_has_needles_on_each_of_its_sides():
    for point in all_points():
        assert all(point.needles(side) >= 1 for side in point.sides)
        assert point.needles(point.sides[-1] if point.only_side else "both") in (point.needles_if_all, 2)
