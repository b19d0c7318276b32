from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.kernel.together import insert_together
from patients.measures.asked import MeasureQuestion, answers_of, field_for, question_of, questions_for
from patients.measures.models import MeasureValue, MeasureVersion
from patients.measures.numbers import plain
from patients.measures.services import Scale, amend_measure, compose_values
from patients.measures.tests.world import NOW, a_measure, a_patient, a_user


@pytest.mark.django_db
def test_a_draft_that_is_handed_in_after_the_scale_changed_stays_on_the_old_one():
    measure, version = a_measure("index", asked="check-in", worse="up", highest="140")
    [question] = [
        one for one in questions_for(condition_ids=(), moment="check-in", language="en") if one.code == "index"
    ]
    draft = json.loads(json.dumps(answers_of([question], {question.name: Decimal(120)})))
    narrower = {**Scale.of(version).as_columns(), "highest": Decimal(100)}
    amend_measure(
        measure=measure, seen=1, scale=Scale(**narrower), asked="check-in", condition_ids=(), active=True,
        by=a_user(), now=NOW,
    )  # fmt: skip
    patient = a_patient()

    insert_together(compose_values(patient_id=patient.pk, answers=draft, measured_at=NOW))

    kept = MeasureValue.objects.get()
    assert (kept.value, kept.version.version, kept.version.highest) == (120, 1, 140)
    assert MeasureVersion.objects.current().get(measure=measure).highest == 100


@pytest.mark.django_db
def test_a_measure_is_asked_when_and_whom_it_belongs_to():
    for asked in ("baseline", "check-in", "checkpoint", "staff"):
        a_measure(f"at-{asked}", asked=asked)
    a_measure("of-migraine", asked="check-in", condition_ids=["migraine"])
    a_measure("switched-off", asked="check-in", active=False)

    def codes(moment, *condition_ids, language="en"):
        asked = questions_for(condition_ids=condition_ids, moment=moment, language=language)
        return {one.code for one in asked if one.code.startswith(("at-", "of-", "switched"))}

    assert codes("baseline") == {"at-baseline", "at-check-in", "at-checkpoint"}
    assert codes("check-in") == {"at-check-in"}
    assert codes("checkpoint", "migraine") == {"at-check-in", "at-checkpoint", "of-migraine"}
    assert codes("check-in", language="es") == set()


@pytest.mark.django_db
def test_the_questions_take_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        questions_for(condition_ids=["migraine"], moment="baseline", language="es-US")


@pytest.mark.django_db
def test_a_tag_with_a_country_reads_the_words_of_its_language():
    words = {"en": {"name": "A", "question": "A?"}, "es": {"name": "B", "question": "¿B?"}}
    _, version = a_measure("words", words=words)

    assert question_of(version, "es-us").words == "¿B?"
    assert question_of(version, "zh-Hans") is None


@given(
    lowest=st.integers(-999, 999), length=st.integers(1, 500), decimals=st.integers(0, 3), share=st.integers(0, 10**6),
)  # fmt: skip
def test_what_is_typed_is_what_is_composed(lowest, length, decimals, share):
    question = MeasureQuestion(
        "x", 1, 2, "X", "X?", Decimal(lowest), Decimal(lowest + length), decimals, "", "", ""
    )  # fmt: skip
    number = Decimal(lowest) + Decimal(share % (length * 10**decimals + 1)) / 10**decimals
    cleaned = {question.name: field_for(question).clean(plain(number))}

    [row] = compose_values(patient_id=3, answers=answers_of([question], cleaned), measured_at=NOW).rows

    assert (row.value, row.measure_id, row.version_id, row.state) == (number, 1, 2, "completed")


def test_nothing_answered_composes_nothing():
    assert compose_values(patient_id=3, answers={"ci-pain": 4}, measured_at=NOW).rows == []
