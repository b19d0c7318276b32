from __future__ import annotations

from datetime import date, timedelta

import pytest

from patients.safety.flags import Facts, flags_for
from patients.safety.warnings import warnings_for

TODAY = date(2026, 11, 16)


def flags(*ticked, **facts):
    return flags_for(Facts(today=TODAY, ticked=frozenset(ticked), **facts))


def spoken(found, points=(), techniques=(), **more):
    return {warning.flag_id: warning for warning in warnings_for(found, points, techniques, **more)}


def pregnant(weeks):
    return flags(due_date=TODAY + timedelta(days=280 - 7 * weeks))


@pytest.mark.parametrize("weeks", [5, 20, 30])
def test_pregnancy_speaks_when_a_cautioned_point_is_entered(weeks):
    found = pregnant(weeks)

    assert spoken(found, ["ST36", "GV20"]) == {}
    (warning,) = spoken(found, ["ST36", "SP6", "LI4"]).values()
    assert (warning.points, warning.stops, warning.severity) == (("SP6", "LI4"), True, "relative")


def test_points_of_the_upper_abdomen_speak_from_the_second_trimester():
    assert spoken(pregnant(5), ["CV12"]) == {}
    assert spoken(pregnant(20), ["CV12"])["pregnancy_t2"].points == ("CV12",)


def test_the_ear_point_on_some_lists_speaks_too():
    assert spoken(pregnant(20), ["EAR-CO18"])["pregnancy_t2"].stops
    assert spoken(flags("pregnancy_possible"), ["EAR-CO18"])["pregnancy_possible"].stops is False


def test_positions_speak_in_later_pregnancy():
    assert spoken(pregnant(20), ["ST36"], position="prone")["pregnancy_t2"].stops
    assert spoken(pregnant(20), ["ST36"], position="supine") == {}
    assert spoken(pregnant(30), ["ST36"], position="supine")["pregnancy_t3"].stops


def test_a_device_interrupts_when_current_is_entered():
    found = flags("pacemaker_icd")

    assert spoken(found, ["ST36"]) == {}
    warning = spoken(found, ["ST36"], ["electroacupuncture"])["pacemaker_icd"]
    assert (warning.stops, warning.techniques) == (True, ("electroacupuncture",))
    assert "cardiologist" in warning.action
    assert spoken(found, ["ST36"], ["tens"])["pacemaker_icd"].stops
    assert spoken(found, ["ST36"], electrical_points=["ST36"])["pacemaker_icd"].stops


def test_no_current_on_the_front_of_the_neck_for_anyone():
    assert spoken([], ["ST9", "ST36"]) == {}
    assert spoken([], ["ST9", "ST36"], electrical_points=["ST36"]) == {}
    assert spoken([], ["ST9", "ST36"], ["electroacupuncture"])["electro_neck"].points == ("ST9",)
    assert spoken([], ["ST9"], electrical_points=["ST9"])["electro_neck"].stops


@pytest.mark.parametrize("rule_id", ["copd_emphysema", "frail"])
def test_points_over_the_lung_speak_where_the_lung_is_near(rule_id):
    assert spoken(flags(rule_id), ["ST36"]) == {}
    assert spoken(flags(rule_id), ["GB21", "ST36"])[rule_id].points == ("GB21",)


def test_a_blood_thinner_looks_again_at_every_new_point_and_dose():
    first = spoken(flags(medicines="apixaban 5 mg"), ["ST36", "LU9"])["anticoagulant"]
    same = spoken(flags(medicines="apixaban 5 mg"), ["LU9", "ST36"])["anticoagulant"]
    point = spoken(flags(medicines="apixaban 5 mg"), ["ST36", "LU9", "KI3"])["anticoagulant"]
    dose = spoken(flags(medicines="apixaban 2,5 mg"), ["ST36", "LU9"])["anticoagulant"]

    assert (first.points, first.stops) == (("LU9",), False)
    assert first.fingerprint == same.fingerprint
    assert len({first.fingerprint, point.fingerprint, dose.fingerprint}) == 3


def test_a_general_caution_is_acknowledged_once():
    first = spoken(flags("needle_phobia"), ["ST36"])["needle_phobia"]
    later = spoken(flags("needle_phobia"), ["LI4", "GV20"])["needle_phobia"]

    assert not first.stops
    assert first.fingerprint == later.fingerprint


@pytest.mark.parametrize("rule_id", ["bleeding_disorder", "acute_emergency", "unable_to_consent", "fever_acute"])
def test_what_speaks_against_all_needling_stops_any_point(rule_id):
    assert spoken(flags(rule_id), ["ST36"])[rule_id].stops
    assert spoken(flags(rule_id)) == {}


@pytest.mark.parametrize("rule_id", ["skin_lesion", "lymphoedema", "joint_prosthesis"])
def test_a_place_that_the_record_cannot_check_is_a_look(rule_id):
    assert spoken(flags(rule_id), ["ST36"])[rule_id].stops is False


@pytest.mark.parametrize(
    ("rule_id", "technique", "stops"),
    [
        ("valvular_heart", "ear_press_tacks", True),
        ("cupping_skin", "cupping_sliding", True),
        ("moxa_airway", "moxa_stick", False),
        ("heat_no_sense", "heat_lamp", True),
        ("anticoagulant", "bleeding_lancet", False),
        ("anticoagulant", "cupping_wet", False),
        ("bleeding_disorder", "bleeding_lancet", True),
        ("epilepsy", "electroacupuncture", True),
    ],
)
def test_a_technique_speaks_when_it_is_entered(rule_id, technique, stops):
    assert spoken(flags(rule_id), [], [technique])[rule_id].stops is stops
    assert spoken(flags(rule_id), [], ["diet_advice"]) == {}


def test_seeds_are_no_tacks():
    assert spoken(flags("valvular_heart"), ["EAR-TF4"], ["ear_seeds"]) == {}


def test_back_pain_prompts_do_not_stop():
    found = flags(back_pain=True, back_signs=frozenset({"night pain"}))

    assert spoken(found, ["BL23"])["red_flag_back.prompt"].stops is False


def test_stops_come_first():
    found = flags("needle_phobia", "pacemaker_icd", "bleeding_disorder")
    order = [w.flag_id for w in warnings_for(found, ["ST36"], ["electroacupuncture"])]

    assert order == ["pacemaker_icd", "bleeding_disorder", "needle_phobia"]


def test_any_text_has_a_fingerprint():
    assert spoken(flags(medicines="warfarin \ud800"), ["ST36"])["anticoagulant"].fingerprint
