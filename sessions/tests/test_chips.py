"""Chips and line are one state: each press changes its own part of the line and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.chips import MOST_TURNED, chips_of, sets_of, with_set
from sessions.needling import read
from sessions.points.reading import to_text

PARTS = (
    "st36 b", "li4 r +", "gv20", "ki3 l 10mm", "shenmen", "qqzz", "cv8", "ashi left knee", "bl31-34 b", "baxie b",
    "sp6 l", "st36~sp6 l 2hz", "gv20~yintang", "-gb30", "ex-hn3", "st36 l 0.25x40 =",
)  # fmt: skip


def said(needling):
    return [(one.kind, one.point, one.side, one.technique, one.depth, one.size, one.place) for one in needling.readings]


def test_a_chip_turns_side_and_technique_and_goes_away():
    needling = read("st36 b, li4 r + 10mm, gv20")
    stomach, intestine, vessel = chips_of(needling)

    assert (stomach.side.shows, stomach.side.line) == ("both", "ST36 l, LI4 r + 10mm, GV20")
    assert (intestine.technique.shows, intestine.technique.line) == ("+ reinforcing", "ST36 b, LI4 r - 10mm, GV20")
    assert intestine.details == "10 mm deep"
    assert vessel.side is None
    assert vessel.remove.line == "ST36 b, LI4 r + 10mm"
    assert stomach.remove.says == "Take ST36 out of the line"


def test_what_asks_is_a_chip_that_can_only_go_away():
    chips = chips_of(read("shenmen b, cv8, qqzz, st36~sp6 l"))

    assert [(chip.change, chip.side, chip.technique) for chip in chips] == [("ask", None, None)] * 4
    assert chips[1].fixed == "not needled"
    assert chips[2].remove.line == "shenmen b, CV8, ST36~SP6 l"


def test_a_pair_is_a_chip_with_its_current():
    *_, pair = chips_of(read("st36 b, sp6 b, st36~sp6 l 2/100hz 20min"))

    assert (pair.name, pair.details, pair.technique) == ("ST36 to SP6", "2/100 Hz, 20 min", None)
    assert pair.side.line == "ST36 b, SP6 b, ST36~SP6 r 2/100hz 20min"


@settings(deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=8))
def test_every_press_changes_one_part_of_the_line(parts):
    needling = read(", ".join(parts))
    before = said(needling)

    for chip in chips_of(needling):
        for act in filter(None, (chip.side, chip.technique)):
            after = said(read(act.line))
            assert len(after) == len(before)
            assert sum(one != other for one, other in zip(before, after, strict=True)) == 1
        left = said(read(chip.remove.line))
        assert len(left) == len(before) - 1
        assert any(before[:place] + before[place + 1 :] == left for place in range(len(before)))


def test_the_sides_and_techniques_go_around():
    line, seen = "ST36 b", []
    for _ in range(3):
        (chip,) = chips_of(read(line))
        seen.append(chip.side.shows)
        line = chip.side.line
    for _ in range(4):
        (chip,) = chips_of(read(line))
        seen.append(chip.technique.shows)
        line = chip.technique.line

    assert seen == ["both", "left", "right", "+ −", "+ reinforcing", "- reducing", "= even"]
    assert line == "ST36 b"


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(PARTS), max_size=8), st.lists(st.sampled_from(("st36 b", "gv20", "ki3 l 10mm", "li4 b")))
)
def test_a_set_adds_what_is_lacking_and_keeps_the_line(parts, points):
    needling = read(", ".join(parts))
    line = with_set(needling, ", ".join(points))
    again = read(line)

    assert line.startswith(to_text(needling.readings))
    assert len(again.repeated) == len(needling.repeated)
    assert with_set(again, ", ".join(points)) == line


def test_a_long_line_is_read_but_turned_by_hand():
    needling = read(", ".join(["st36 b +"] + [f"bl{number} b" for number in range(10, 10 + MOST_TURNED)]))
    first, *_ = chips_of(needling)

    assert (first.side, first.technique, first.remove) == (None, None, None)
    assert (first.fixed, first.details) == ("both", "reinforcing")
    assert sets_of(needling, [{"id": "1", "name": "Back", "line": "gv4", "shared": False}]) == []


@pytest.mark.parametrize("line", ["", ",", "-gb30"])
def test_nothing_needled_is_no_chip(line):
    assert chips_of(read(line)) == []
