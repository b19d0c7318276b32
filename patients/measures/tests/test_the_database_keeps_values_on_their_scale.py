from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError, ProgrammingError

from patients.measures.models import MeasureValue, MeasureVersion
from patients.measures.tests.world import NOW, a_measure, a_patient, a_value

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("value", ["0", "160", "95"])
def test_a_value_on_its_scale_is_kept(value):
    _, version = a_measure()

    assert a_value(a_patient(), version, value).value == Decimal(value)


@pytest.mark.parametrize("value", ["-1", "161", "95.5"])
def test_a_value_beside_its_scale_is_refused_whatever_the_code_above_thinks(value):
    _, version = a_measure()
    patient = a_patient()

    with pytest.raises(DatabaseError), transaction.atomic():
        a_value(patient, version, value)

    assert not MeasureValue.objects.exists()


def test_what_is_no_number_is_refused_by_the_database_alone():
    _, version = a_measure()
    kept = a_value(a_patient(), version, "90")
    copied = "patient_id, measure_id, version_id, source, answered_by, state, recorded_at, ended_why"

    with connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match="outside the scale"), transaction.atomic():
            cursor.execute(
                f"INSERT INTO measures_measurevalue (public_id, value, measured_at, {copied}) "
                f"SELECT gen_random_uuid(), 'NaN', measured_at - interval '1 day', {copied} "
                "FROM measures_measurevalue WHERE id = %s",
                [kept.pk],
            )
        for ends in ("'NaN', 5", "0, 'NaN'"):
            with pytest.raises(IntegrityError, match="two_ends"), transaction.atomic():
                cursor.execute(
                    "INSERT INTO measures_measureversion (measure_id, version, decimals, worse, words, source, lowest, "
                    f"highest) SELECT id, 9, 0, 'up', '{{}}', '', {ends} FROM measures_measure LIMIT 1"
                )


def test_a_value_cannot_borrow_the_scale_of_another_measure():
    measure, _ = a_measure()
    _, other = a_measure("extension")
    patient = a_patient()

    with pytest.raises(IntegrityError, match="another measure"), transaction.atomic():
        MeasureValue.objects.create(
            patient=patient, measure=measure, version=other, value=1, measured_at=NOW, recorded_at=NOW, source="staff"
        )


@pytest.mark.parametrize(
    "scale",
    [
        {"lowest": "5", "highest": "5"},
        {"lowest": "9", "highest": "1"},
        {"lowest": "0", "highest": "5", "decimals": 4},
        {"lowest": "0", "highest": "5", "worse": "left"},
        {"lowest": "0", "highest": "5", "important_change": 6},
    ],
)
def test_a_scale_without_two_ends_is_refused(scale):
    with pytest.raises(DatabaseError), transaction.atomic():
        a_measure(**scale)


def test_a_value_is_never_changed_nor_deleted_but_ends_with_a_reason():
    _, version = a_measure()
    kept = a_value(a_patient(), version, "90")
    same = MeasureValue.objects.filter(pk=kept.pk)

    for change in ({"value": 91}, {"measured_at": NOW + timedelta(1)}, {"state": "completed"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            same.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        same.update(state="entered-in-error", ended_at=NOW)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        same.delete()

    assert same.update(state="entered-in-error", ended_at=NOW, ended_why="read wrongly") == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        same.update(state="completed", ended_at=None, ended_why="")


def test_a_scale_is_never_changed(as_owner):
    _, version = a_measure()

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        MeasureVersion.objects.filter(pk=version.pk).update(highest=200)


def test_one_moment_holds_one_value_that_counts():
    _, version = a_measure()
    patient = a_patient()
    first = a_value(patient, version, "90")

    with pytest.raises(IntegrityError), transaction.atomic():
        a_value(patient, version, "95")
    MeasureValue.objects.filter(pk=first.pk).update(state="replaced", ended_at=NOW)

    assert a_value(patient, version, "95").pk
