from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patients.safety import pregnancy, rules
from patients.safety.flags import Facts, emergencies, flags_for

TODAY = date(2026, 11, 16)
RECORDED = [rule.id for rule in rules.all_rules() if rule.asked_as in ("tick", "practitioner", "day_of_visit")]


def flags(**facts):
    return {flag.id: flag for flag in flags_for(Facts(today=TODAY, **facts))}


@pytest.mark.parametrize("rule_id", [*RECORDED, *rules.BACK_EMERGENCY_SIGNS])
def test_a_ticked_rule_speaks_and_is_silent_otherwise(rule_id):
    flag = flags(ticked=frozenset({rule_id}))[rule_id]

    assert flag.short.startswith(rules.header(rule_id))
    assert flag.action == rules.get(rule_id).required_action
    assert rule_id not in flags(ticked=frozenset({"moxa_airway", "needle_phobia"} - {rule_id}))
    assert flags() == {}


def test_an_unknown_id_raises():
    with pytest.raises(rules.UnknownRule):
        flags(ticked=frozenset({"nothing"}))


@pytest.mark.parametrize(
    ("text", "rule_id", "short"),
    [
        ("Apixaban 5 mg twice a day", "anticoagulant", "Blood thinner: Apixaban 5 mg twice a day"),
        ("ELIQUIS 2,5 mg", "anticoagulant", "Blood thinner: ELIQUIS 2,5 mg (apixaban)"),
        ("vitamin D\nwarfarin", "anticoagulant", "Blood thinner: warfarin"),
        ("Hep Lock", "anticoagulant", "Blood thinner: Hep Lock (heparin)"),
        ("aspirin 100, ramipril", "antiplatelet", "Antiplatelet: aspirin 100 (acetylsalicylic acid)"),
        ("Ginkgo drops", "bleeding_other", "May bleed more: Ginkgo drops"),
        (
            "dong  quai tea",
            "bleeding_other",
            "May bleed more: dong  quai tea (dong quai (Angelica sinensis))",
        ),
        ("fish oil 3 g", "bleeding_other", "May bleed more: fish oil 3 g"),
    ],
)
def test_drugs_are_found_by_generic_and_brand(text, rule_id, short):
    found = flags(medicines=text)

    assert list(found) == [rule_id]
    assert found[rule_id].short == short


@pytest.mark.parametrize("text", ["", "none", "warfarine-like", "xapixaban", "aspirins", "Eliquisse", "paracetamol"])
def test_other_words_are_no_drug_of_the_lists(text):
    assert flags(medicines=text) == {}


def test_a_long_sentence_gives_the_drug_alone():
    text = "my heart doctor gave me some years ago after the operation a small pill called apixaban"

    assert flags(medicines=text)["anticoagulant"].short == "Blood thinner: apixaban"


def test_a_ticked_blood_thinner_takes_its_name_from_the_medicines():
    ticked = frozenset({"anticoagulant"})

    assert flags(ticked=ticked)["anticoagulant"].short == "Blood thinner"
    named = flags(ticked=ticked, medicines="Xarelto")["anticoagulant"]
    assert named.short == "Blood thinner: Xarelto (rivaroxaban)"


def test_blood_thinners_always_speak():
    found = flags(medicines="apixaban\naspirin\nibuprofen")

    assert list(found) == ["anticoagulant", "antiplatelet", "bleeding_other"]
    assert found["anticoagulant"].level == found["antiplatelet"].level == "stop"
    assert found["anticoagulant"].always_speaks
    assert found["bleeding_other"].level == "look"
    assert found["bleeding_other"].beside == ("anticoagulant", "antiplatelet")


def test_two_antiplatelets_are_treated_as_an_anticoagulant():
    found = flags(medicines="aspirin\nclopidogrel 75 mg")

    assert found["anticoagulant"].short == "Blood thinner: aspirin (acetylsalicylic acid), clopidogrel 75 mg"
    assert "anticoagulant" not in flags(medicines="aspirin\nAspirin Cardio")


@pytest.mark.parametrize(
    ("days", "rule_id", "words"),
    [
        (0, "pregnancy_t1", "0 weeks"),
        (97, "pregnancy_t1", "13 weeks"),
        (98, "pregnancy_t2", "14 weeks"),
        (195, "pregnancy_t2", "27 weeks"),
        (196, "pregnancy_t3", "28 weeks"),
        (280, "pregnancy_t3", "40 weeks"),
        (300, "pregnancy_t3", "42 weeks"),
    ],
)
def test_the_trimester_is_todays(days, rule_id, words):
    due = TODAY + timedelta(days=280 - days)
    found = flags(due_date=due)

    assert list(found) == [rule_id]
    assert found[rule_id].detail.startswith(f"{words}, due ")


def test_three_weeks_after_the_due_date_it_is_silent():
    assert flags(due_date=TODAY - timedelta(days=21)) == {}
    assert pregnancy.words(date(2027, 3, 14), TODAY) == "23 weeks, due 14 Mar 2027"
    assert pregnancy.words(TODAY + timedelta(days=273), TODAY).startswith("1 week,")


@pytest.mark.parametrize(
    ("facts", "speaks"),
    [
        ({"birth_date": date(2010, 11, 17)}, True),
        ({"birth_date": date(2010, 11, 16)}, False),
        ({"birth_year": 2010}, True),
        ({"birth_year": 2009}, False),
        ({}, False),
    ],
)
def test_children_are_under_16(facts, speaks):
    assert ("children" in flags(**facts)) is speaks


def test_reduced_feeling_keeps_heat_in_sight():
    found = flags(ticked=frozenset({"neuropathy"}))

    assert set(found) == {"neuropathy", "heat_no_sense"}
    assert "heat_no_sense" not in flags(ticked=frozenset({"diabetes"}))


def test_thoughts_of_self_harm_come_from_the_questionnaire():
    flag = flags(questionnaire_flags=frozenset({"phq-9.item9_positive", "peg.high_impact"}))["suicidal"]

    assert (flag.urgency, flag.message) == ("same_day", "")
    assert flags(questionnaire_flags=frozenset({"phq-9.severe"})) == {}


@pytest.mark.parametrize("sign", ["acute_emergency", *rules.BACK_EMERGENCY_SIGNS])
def test_emergencies_are_marked_and_come_first(sign):
    found = flags_for(Facts(today=TODAY, ticked=frozenset({sign, "pacemaker_icd", "anticoagulant", "cancer"})))

    assert emergencies(found) == [found[0]]
    assert (found[0].id, found[0].level, found[0].urgency) == (sign, "stop", "emergency")
    assert [flag.id for flag in found[1:]] == ["pacemaker_icd", "anticoagulant", "cancer"]
    assert not any(flag.emergency for flag in found[1:])


def test_other_signs_of_back_pain_are_a_prompt_without_a_word_to_the_patient():
    flag = flags(back_pain=True, ticked=frozenset({"cancer"}), back_signs=frozenset({"night pain"}))[rules.BACK_PROMPT]

    assert flag.short == "Back pain, look closer: night pain, history of cancer"
    assert (flag.level, flag.urgency, flag.message, flag.emergency) == ("look", "prompt", "", False)
    assert rules.BACK_PROMPT not in flags(ticked=frozenset({"cancer"}), back_signs=frozenset({"night pain"}))
    assert rules.BACK_PROMPT not in flags(back_pain=True)


def test_a_blood_borne_infection_is_restricted():
    assert flags(ticked=frozenset({"bloodborne"}))["bloodborne"].restricted
    assert not flags(ticked=frozenset({"diabetes"}))["diabetes"].restricted


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(),
    st.none() | st.dates(),
    st.none() | st.dates(),
    st.sets(st.sampled_from([*RECORDED, *rules.BACK_EMERGENCY_SIGNS])),
)
def test_no_facts_make_it_raise_and_the_order_holds(medicines, due_date, birth_date, ticked):
    found = flags_for(Facts(TODAY, frozenset(ticked), medicines=medicines, due_date=due_date, birth_date=birth_date))

    keys = [(not flag.emergency, flag.level != "stop") for flag in found]
    assert keys == sorted(keys)
    assert len({flag.id for flag in found}) == len(found)
