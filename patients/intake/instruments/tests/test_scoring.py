from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patients.intake.instruments import catalogue
from patients.intake.instruments.change import change
from patients.intake.instruments.model import Item
from patients.intake.instruments.rounding import half_up
from patients.intake.instruments.scoring import exact_values, score

CODES = catalogue.all_codes()
# the first text of a run builds hypothesis' table of characters, which takes a while
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def legal_answer(item: Item) -> st.SearchStrategy:
    if item.type == "text":
        return st.text(max_size=item.max_length)
    if item.type == "multi":
        others = [value for value in item.values if value not in item.exclusive]
        return st.lists(st.sampled_from(others), unique=True) | st.sampled_from([[v] for v in item.exclusive])
    if item.type == "choice":
        return st.sampled_from(item.values)
    return st.integers(item.minimum, item.maximum)


@st.composite
def legal_answers(draw):
    instrument = catalogue.get(draw(st.sampled_from(CODES)))
    answers = {item.link_id: draw(st.none() | legal_answer(item)) for item in instrument.items}
    left_out = draw(st.sets(st.sampled_from(sorted(answers))))
    return instrument, {key: value for key, value in answers.items() if key not in left_out}


@calm
@given(legal_answers())
def test_legal_answers_always_score(case):
    instrument, answers = case

    result = score(instrument, answers)

    assert list(result) == ["status", "outputs", "severity", "flags"]
    assert result["status"] in {"complete", "prorated", "partial", "not_scorable"}
    assert set(result["outputs"]) == {output.id for output in instrument.outputs}
    assert result["flags"] == sorted(set(result["flags"]))
    primary = result["outputs"][instrument.primary.id]
    assert (result["severity"] is not None) == (bool(instrument.bands) and primary is not None)


@calm
@given(legal_answers())
def test_a_null_counts_as_a_missing_key(case):
    instrument, answers = case

    without = {key: value for key, value in answers.items() if value is not None}

    assert score(instrument, answers) == score(instrument, without)


@calm
@given(legal_answers(), st.data())
def test_one_illegal_answer_refuses_all_with_its_word(case, data):
    instrument, answers = case
    item = data.draw(st.sampled_from(instrument.items))
    value, error = data.draw(illegal_answer(item))

    assert score(instrument, {**answers, item.link_id: value}) == {"error": error}


def illegal_answer(item: Item) -> st.SearchStrategy:
    if item.type == "text":
        return st.just(("x" * (item.max_length + 1), "unknown_option")) | st.just((5, "unknown_option"))
    if item.type == "multi":
        return st.sampled_from(
            [
                ("none", "unknown_option"),
                (["sneezing"], "unknown_option"),
                (["bruise", "bruise"], "unknown_option"),
                ([["bruise"]], "unknown_option"),
                ({"bruise": 1}, "unknown_option"),
                (["none", "bruise"], "exclusive_option"),
            ]
        )
    low = min(item.values) if item.values else item.minimum
    high = max(item.values) if item.values else item.maximum
    wrong_kind = st.sampled_from([True, False, "3", "", 3.0, float("nan"), float("inf"), [1], {}])
    outside = st.integers(max_value=low - 1) | st.integers(min_value=high + 1)
    return st.tuples(wrong_kind, st.just("not_an_integer")) | st.tuples(outside, st.just("out_of_range"))


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@calm
@given(st.sampled_from(CODES), st.data())
def test_no_answers_whatever_make_it_raise(code, data):
    keys = st.sampled_from([item.link_id for item in catalogue.get(code).items]) | st.text(max_size=5)

    result = score(code, data.draw(st.dictionaries(keys, json_like, max_size=4)))

    assert "status" in result or result["error"] in {
        "unknown_item",
        "not_an_integer",
        "out_of_range",
        "unknown_option",
        "exclusive_option",
    }


def test_an_unknown_key_goes_before_every_other_error():
    assert score("peg", {"peg-1": 99, "shoe": 1}) == {"error": "unknown_item"}


def test_of_two_wrong_answers_the_first_item_of_the_form_speaks():
    assert score("peg", {"peg-2": "3", "peg-1": 99}) == {"error": "out_of_range"}


def test_an_unknown_option_goes_before_an_exclusive_one():
    assert score("checkin", {"ci-effects": ["none", "sneezing"]}) == {"error": "unknown_option"}


def test_an_unknown_instrument_raises():
    with pytest.raises(catalogue.UnknownInstrument):
        score("who-5", {})


def test_stored_parts_keep_sum_and_count_so_that_a_peg_change_is_exact():
    before = exact_values("peg", {"peg-1": 6, "peg-2": 7, "peg-3": 7})["score"]
    after = exact_values("peg", {"peg-1": 4, "peg-2": 5, "peg-3": 5})["score"]

    assert (before.sum, before.count) == (20, 3)
    assert change(before.exact, after.exact) == {"class": "moderate", "percent": 30.0, "flags": []}


@calm
@given(st.none() | st.floats(), st.none() | st.floats())
def test_a_change_of_any_two_numbers_is_a_class_or_out_of_range(baseline, current):
    result = score("nrs-change", {"baseline": baseline, "current": current})

    assert result.get("error") == "out_of_range" or set(result) == {"class", "percent", "flags"}


@pytest.mark.parametrize("value", [True, "3", [3], float("nan"), 10.1, -1])
def test_a_change_wants_numbers_from_0_to_10(value):
    assert score("nrs-change", {"baseline": value, "current": 3}) == {"error": "out_of_range"}


def test_a_low_baseline_is_flagged_even_without_a_current_value():
    assert score("nrs-change", {"baseline": 3})["flags"] == ["low_baseline"]


@pytest.mark.parametrize(
    ("value", "decimals", "rounded"),
    [
        (Fraction(9, 2), 0, 5),
        (Fraction(9, 4), 1, 2.3),
        (Fraction(-571, 20), 1, -28.6),
        (Fraction(-1, 100), 1, 0.0),
        (Fraction(0), 0, 0),
    ],
)
def test_rounding_is_half_up(value, decimals, rounded):
    assert half_up(value, decimals) == rounded
