"""Where a technique is: points and regions are read by their whole names, everything else may be anywhere."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.alerts import safety_flags
from sessions.appointments.tests.world import NOW
from sessions.content import NoteContent
from sessions.entered import entered_in, places_in
from sessions.flagged.speaking import speaking
from sessions.needling import read
from sessions.points.catalogue import all_points

CUPS = "cupping_dry_static"
REGIONS = sorted({point.region for point in all_points()} - {"any"})


def where(area, kind=CUPS):
    return [(one.code, one.side, one.region) for one in places_in(area, kind)]


def said(area, kind=CUPS, **fact):
    content = NoteContent(others=[{"kind": kind, "area": area}], no_needles=True)
    entered = entered_in(content, read(""), first=False)
    flags = safety_flags(
        today=NOW.date(), birth_date=None, birth_year=None, medications=[], safety_facts=[{"due_on": None, **fact}]
    )
    return {one.warning.flag_id: one.warning for one in speaking(flags, entered).all}


@pytest.mark.parametrize(
    ("area", "places"),
    [
        ("lumbar", [("", "", "lumbar")]),
        ("Left Shoulder", [("", "left", "shoulder")]),
        ("shoulder r", [("", "right", "shoulder")]),
        ("upper back and scapula l", [("", "", "upper back"), ("", "left", "scapula")]),
        ("both knee & thigh", [("", "both", "knee"), ("", "", "thigh")]),
        ("bl23 b, sacrum", [("BL23", "both", "lumbar"), ("", "", "sacrum")]),
        ("bl23 and st36 l", [("BL23", "both", "lumbar"), ("ST36", "left", "lower leg")]),
    ],
)
def test_whole_names_are_read(area, places):
    assert where(area) == places


@pytest.mark.parametrize(
    "area",
    ["", "the back", "lumb", "lower belly", "lumbar, all over", "shoulder left right", "left", "any", "li4, lumbar?"],
)
def test_everything_else_may_be_anywhere(area):
    assert where(area) == []


def test_the_knee_is_the_knee_and_for_seeds_its_point_on_the_ear():
    assert where("knee left") == [("", "left", "knee")]
    assert where("knee left", "ear_seeds") == [("EAR-AH4", "left", "ear")]
    assert where("lumbar", "ear_press_tacks") == []
    assert where("EAR-AH4") == [], "cups on an ear point: somebody should look"


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(REGIONS), st.sampled_from(["", "left ", "right ", "both "])), min_size=1))
def test_every_region_is_read_with_its_side(named):
    area = ", ".join(f"{side}{region}" for region, side in named)

    assert where(area) == [("", side.strip(), region) for region, side in named]


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_text_breaks_it(area):
    for kind in (CUPS, "ear_seeds"):
        assert all(one.region in REGIONS for one in places_in(area, kind))


def test_cups_speak_in_pregnancy_where_the_rule_means_them():
    pregnant = {"rule_id": "pregnancy_t1", "due_on": "2027-07-01"}

    assert "pregnancy_t1" not in said("left shoulder, upper back", **pregnant)
    assert said("lumbar", **pregnant)["pregnancy_t1"].stops
    assert said("left shoulder, lumbar", **pregnant)["pregnancy_t1"].stops
    assert said("low back", **pregnant)["pregnancy_t1"].stops, "words nobody reads are the safe side"


def test_cups_speak_on_the_marked_limb_and_are_silent_on_the_other():
    arm = {"rule_id": "lymphoedema", "places": ["left-arm"]}

    assert said("left shoulder", **arm)["lymphoedema"].stops
    assert said("shoulder", **arm)["lymphoedema"].stops, "no side may be this side"
    assert "lymphoedema" not in said("right shoulder", **arm)
    assert "lymphoedema" not in said("left knee", **arm)
    leg = {"rule_id": "lymphoedema", "places": ["left-leg"]}
    assert said("knee", **leg)["lymphoedema"].stops, "not the point of the ear that is called so"
    assert not said("the bad leg", **leg)["lymphoedema"].stops, "somewhere: to be read, as before"
