from __future__ import annotations

from datetime import date

import pytest

from patients.safety import rules
from patients.safety.ticks import PatientFacts, due_date_question, none_of_these, tick_list

TODAY = date(2026, 11, 16)


def ids(**facts):
    return [line.id for line in tick_list(PatientFacts(today=TODAY, **facts))]


def test_every_tick_rule_and_no_other_can_be_ticked():
    shown = set(ids(back_pain=True)) | set(ids(pregnant=True))
    ticks = {rule.id for rule in rules.all_rules() if rule.asked_as == "tick"}

    assert shown == ticks | set(rules.BACK_EMERGENCY_SIGNS)


def test_emergencies_stand_first_and_are_marked():
    lines = tick_list(PatientFacts(today=TODAY, back_pain=True))

    assert [line.id for line in lines if line.emergency] == [line.id for line in lines[:5]]
    assert lines[0].id == "acute_emergency"
    assert lines[5].line == "I take a blood thinner"
    assert none_of_these() == "None of these"


def test_back_signs_are_asked_only_when_the_back_hurts():
    assert not set(ids()) & set(rules.BACK_EMERGENCY_SIGNS)
    assert set(rules.BACK_EMERGENCY_SIGNS) < set(ids(back_pain=True))


@pytest.mark.parametrize(
    ("facts", "asked"),
    [
        ({"sex": "female", "birth_date": date(1990, 5, 1)}, True),
        ({"sex": "", "birth_date": date(1990, 5, 1)}, True),
        ({"sex": "", "birth_year": 1990}, True),
        ({"sex": ""}, True),
        ({"sex": "male", "birth_date": date(1990, 5, 1)}, False),
        ({"sex": "female", "birth_date": date(2014, 11, 17)}, False),
        ({"sex": "female", "birth_date": date(2014, 11, 16)}, True),
        ({"sex": "female", "birth_date": date(1970, 11, 17)}, True),
        ({"sex": "female", "birth_date": date(1970, 11, 16)}, False),
        ({"sex": "female", "birth_year": 1970}, True),
        ({"sex": "female", "birth_year": 1969}, False),
    ],
)
def test_pregnancy_is_asked_where_it_can_be(facts, asked):
    assert ("pregnancy_possible" in ids(**facts)) is asked
    question = due_date_question(PatientFacts(today=TODAY, **facts))
    assert (question == "Are you pregnant? If so, when is the baby due?") is asked


def test_problems_in_pregnancy_are_asked_of_the_pregnant_only():
    assert "pregnancy_complicated" not in ids(sex="female")
    assert "pregnancy_complicated" in ids(sex="female", pregnant=True)
    assert "pregnancy_possible" not in ids(sex="female", pregnant=True)


def test_each_line_is_short_in_the_first_person_and_keeps_its_question():
    for line in tick_list(PatientFacts(today=TODAY, back_pain=True)):
        assert len(line.line) <= 75
        assert line.question.endswith("?")
        assert not line.line.endswith((".", "?", "!"))
