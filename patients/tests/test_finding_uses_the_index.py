"""However many patients there are, a search never reads them all."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from patients.models import Patient
from sessions.appointments.tests.world import a_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    for number in range(60):
        a_patient(f"Anna{number}", f"Berg{number}", phone=f"+4930555{number:04d}", birth_date=date(1961, 3, 12))
    a_patient("Aoife", "O’Brien", code="OM-104", phone="", birth_date=None)


@pytest.mark.parametrize("most", [500, None])
@pytest.mark.parametrize(
    "question",
    ["a", "an", "anna", "erg3", "berg3 ann", "o'brien", "李", "美玲", "5550012", "+49 30 5550012", "12.3.1961",
     "anna 12.3.1961", "om-104"],
)  # fmt: skip
def test_every_kind_of_question_has_an_index(people, question, most):
    statement, values = Patient.objects.matching(question, most=most)[:51].query.sql_with_params()
    with connection.cursor() as cursor:
        # So few rows are read whole by themselves; without that way the planner shows whether there is another.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan on patients_patient" not in plan, plan


def test_those_who_begin_so_are_there_when_more_fit_than_are_put_in_order(people):
    first = a_patient("Be", "First")

    found = Patient.objects.matching("be", most=10)

    assert found[0] == first
    assert len(found) <= 20


def test_without_a_limit_all_are_found(people):
    assert Patient.objects.matching("berg", most=None).count() == 60
    assert Patient.objects.matching("5550", most=None).count() == 60
