"""Answer sets with their expected results, worked out by hand from the instrument files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from patients.intake.instruments import catalogue
from patients.intake.instruments.scoring import CHANGE_RULE, score

VECTORS = json.loads((Path(__file__).parent / "data/instrument_vectors.json").read_text("utf-8"))
CASES = [
    pytest.param(code, vector, id=vector["id"])
    for code, vectors in VECTORS["instruments"].items()
    for vector in vectors
]


@pytest.mark.parametrize(("code", "vector"), CASES)
def test_the_expected_result_comes_out(code, vector):
    assert score(code, vector.get("answers", vector.get("inputs"))) == vector["expected"]


def test_every_questionnaire_and_the_change_rule_have_vectors():
    assert set(VECTORS["instruments"]) == {*catalogue.all_codes(), CHANGE_RULE}
