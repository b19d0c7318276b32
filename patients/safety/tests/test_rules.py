from __future__ import annotations

import pytest

from patients.safety import rules
from patients.safety.flags import QUESTIONNAIRE_RULES


def test_every_rule_is_read_with_its_sources():
    assert len(rules.all_rules()) == 41
    assert len({rule.id for rule in rules.all_rules()}) == 41
    assert all(rule.sources and rule.required_action for rule in rules.all_rules())
    assert {rule.severity for rule in rules.all_rules()} == {"absolute", "relative", "caution"}


def test_every_flag_has_words_for_the_head_of_the_page():
    ids = [rule.id for rule in rules.all_rules()]

    for flag_id in (*ids, *rules.BACK_EMERGENCY_SIGNS, rules.BACK_PROMPT):
        assert 3 < len(rules.header(flag_id)) <= 40


def test_the_emergency_signs_are_those_of_the_split_rule():
    question = rules.get(rules.RED_FLAG_BACK).split.emergency_question

    assert all(words in question for words in rules.BACK_EMERGENCY_SIGNS.values())
    assert question.count(";") == len(rules.BACK_EMERGENCY_SIGNS) - 1
    assert rules.get("red_flag_back.saddle").id == "red_flag_back"


def test_unknown_ids_raise():
    for unknown in ("nothing", "red_flag_back.toe", ""):
        with pytest.raises(rules.UnknownRule):
            rules.get(unknown)


def test_the_point_lists_of_the_rules_are_their_named_sets():
    def points(rule_id):
        return {code for affect in rules.get(rule_id).affects if affect.scope == "points" for code in affect.points}

    first = set().union(*(rules.point_set(f"pregnancy_{n}") for n in ("distal", "lower", "lumbosacral", "classical")))
    assert points("pregnancy_t1") == first
    assert points("pregnancy_possible") == first
    assert points("pregnancy_t2") == points("pregnancy_t3") == first | rules.point_set("pregnancy_upper")
    assert points("copd_emphysema") == points("frail") == rules.point_set("pneumothorax")
    assert rules.point_set("pneumothorax") < points("anticoagulant")
    assert set(rules.get("electro_neck").affects[0].points) == rules.point_set("anterior_neck")


def test_questionnaire_flags_raise_rules_that_exist():
    assert {rules.get(rule_id).id for rule_id in QUESTIONNAIRE_RULES.values()} == {"suicidal"}
