from __future__ import annotations

import pytest

from patients.safety import entered, rules, scopes
from sessions import vocabularies
from sessions.points.catalogue import all_points


def test_every_value_list_of_the_record_is_there():
    assert {
        "adverse_events.causality", "adverse_events.events", "adverse_events.onset", "adverse_events.outcome",
        "components", "electro.waveform", "four_examinations", "insertion.angle", "insertion.de_qi_felt",
        "insertion.manipulation", "insertion.response_sought", "insertion.stimulation", "needle.material",
        "patterns", "position", "pulse.depths", "pulse.qualities", "tongue.body_colour",
        "tongue.coat_quality", "treatment_style",
    } <= set(vocabularies.names())  # fmt: skip


def test_terms_have_labels_for_people():
    assert vocabularies.label("position", "prone") == "Face down"
    assert vocabularies.label("components", "cupping_wet") == "Cupping, wet"
    assert vocabularies.label("tongue.area", "left_side") == "Left side"
    assert vocabularies.label("tongue.body_shape", "tooth_marked") == "Tooth marked"
    assert vocabularies.label("patterns", "qi-def") == "Qi deficiency"
    assert ("manual", "Manual") in vocabularies.choices("insertion.stimulation")


def test_a_clinics_own_value_is_its_own_label():
    assert vocabularies.label("treatment_style", "own_school") == "Own school"


def test_every_label_reads_as_words():
    for name in vocabularies.names():
        for term in vocabularies.terms(name):
            assert term.label[0].isupper() or term.label[0].isdigit()
            assert "_" not in term.label


def test_pulses_and_patterns_carry_their_chinese_names():
    assert len(vocabularies.terms("pulse.qualities")) == 28
    assert len(vocabularies.terms("patterns")) == 51
    assert all(term.chinese and term.pinyin for term in vocabularies.terms("patterns"))
    assert len(vocabularies.pulse_positions()) == 6
    assert vocabularies.eight_principles()[0] == ("yin", "yang")


def test_adverse_events_know_their_grade_and_alert():
    kinds = {kind.code: kind for kind in vocabularies.adverse_event_kinds()}

    assert (kinds["pneumothorax"].usual_grade, kinds["pneumothorax"].same_day_alert) == (3, True)
    assert not kinds["bleeding"].same_day_alert
    assert [grade.grade for grade in vocabularies.grades()] == [1, 2, 3, 4, 5]
    assert 0.25 in vocabularies.needle_sizes().diameters_mm


def test_an_unknown_list_raises():
    with pytest.raises(vocabularies.UnknownList):
        vocabularies.terms("colours")


def test_the_safety_rules_speak_the_vocabulary_of_the_record():
    components = {term.code for term in vocabularies.terms("components")}
    positions = {term.code for term in vocabularies.terms("position")}

    named = set().union(*scopes.TECHNIQUES.values(), scopes.BLEEDING, scopes.STUCK_ON, scopes.HEAT)
    assert named - components == {entered.ESTIM, "magnets"}
    assert {term for term in components if term.startswith("cupping_")} == scopes.CUPS
    assert {term for term in components if term.startswith("moxa_")} == scopes.MOXA
    assert set().union(*scopes.POSITIONS_AGAINST.values()) <= positions


def test_the_regions_that_the_safety_rules_name_are_those_of_the_points():
    regions = {point.region for point in all_points()}
    named = entered.ARM_REGIONS | entered.LEG_REGIONS | entered.BESIDE_ARM | entered.BESIDE_LEG
    for places in scopes.FORBIDDEN_PLACES.values():
        named |= places

    assert named <= regions


def test_safety_rules_and_points_agree_about_lung_and_pregnancy():
    pregnancy = set(rules.get("pregnancy_t2").affects[0].points) | {"EAR-CO18"}
    points = all_points()

    assert {point.code for point in points if point.pneumothorax_risk} == rules.point_set("pneumothorax")
    assert {point.code for point in points if point.pregnancy_caution} == pregnancy
    known = {point.code for point in points}
    for rule in rules.all_rules():
        assert {code for affect in rule.affects for code in affect.points} <= known
