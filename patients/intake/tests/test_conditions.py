from __future__ import annotations

import pytest

from patients.intake import conditions
from patients.intake.instruments import catalogue


def test_every_condition_is_read():
    assert len(conditions.all_conditions()) == 45
    assert len({condition.id for condition in conditions.all_conditions()}) == 45


def test_usual_questionnaires_are_offered_ones():
    named = {code for condition in conditions.all_conditions() for code in condition.instruments}

    assert named <= set(catalogue.all_codes())


def test_a_condition_knows_its_codes():
    migraine = conditions.get("migraine")

    assert (migraine.icd10cm, migraine.snomed_ct) == ("G43.909", "37796009")
    assert migraine.is_pain
    assert not conditions.get("anxiety").is_pain
    with pytest.raises(conditions.UnknownCondition):
        conditions.get("lumbago")


def test_the_emergency_signs_of_back_pain_are_asked_for_the_back():
    assert conditions.get("sciatica").is_back_pain
    assert conditions.get("thoracic-pain").is_back_pain
    assert not conditions.get("neck-pain").is_back_pain


def test_searching_takes_words_areas_and_codes():
    assert conditions.search("LOW back")[0].id == "chronic-low-back-pain"
    assert conditions.search("m54.2")[0].id == "neck-pain"
    assert conditions.search("knee pain arthritis") == ()
    assert conditions.search("  ") == ()
    assert len(conditions.search("pain", limit=3)) == 3
