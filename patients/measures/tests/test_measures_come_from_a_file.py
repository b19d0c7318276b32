from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from clinic.audit.models import AuditEvent
from patients.measures.models import MeasureValue
from patients.measures.tests.world import a_clinic, a_measure, a_patient, a_value

pytestmark = pytest.mark.django_db

WHOLE = "patient,measure,date,value\nP-1,flexion,2026-10-05,90\nP-1,flexion,2026-10-12 14:30,95.5\n"


@pytest.fixture
def greta():
    a_clinic()
    a_measure("flexion", decimals=1, words={"en": {"name": "Knee flexion", "question": "?"}})
    return a_patient(code="P-1")


@pytest.fixture
def run(tmp_path):
    def run_it(content, *options):
        path = tmp_path / "values.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        out = io.StringIO()
        code = 0
        try:
            call_command("import_measures", str(path), *options, stdout=out)
        except SystemExit as ended:
            code = ended.code
        return code, json.loads(out.getvalue())

    return run_it


def test_a_file_comes_in_whole_and_a_second_time_is_recognised(greta, run):
    code, said = run(WHOLE)

    assert (code, said) == (
        0,
        {
            "rows": 2, "created": 2, "recognised": 0, "refused": [], "dates": "ymd",
            "mapping": {"patient": "patient", "measure": "measure", "date": "date", "value": "value"},
        },
    )  # fmt: skip
    kept = list(MeasureValue.objects.order_by("measured_at").values_list("measured_at", "value", "source"))
    assert kept[0][0] == datetime(2026, 10, 5, 10, tzinfo=UTC)  # noon in Berlin
    assert kept[1] == (datetime(2026, 10, 12, 12, 30, tzinfo=UTC), 95.5, "import")
    assert AuditEvent.objects.filter(action="import", resource="measure").count() == 1
    assert run(WHOLE)[1]["recognised"] == 2
    assert MeasureValue.objects.count() == 2


def test_a_dry_run_tells_and_stores_nothing(greta, run):
    code, said = run(WHOLE, "--dry-run")

    assert (code, said["created"]) == (0, 2)
    assert not MeasureValue.objects.exists()


def test_anything_refused_stores_nothing_and_names_row_and_column(greta, run):
    code, said = run(
        "Code;What;When;Result\nP-1;flexion;5.10.2026;90,5\nP-9;flexion;13.10.2026;91\nP-1;height;14.10.2026;92\n"
        "P-1;flexion;31.2.2026;93\nP-1;flexion;15.10.2026;200\nP-1;flexion;16.10.2099;90\n;flexion;16.10.2026;\n",
        "--map", "What=measure", "--map", "When=date",
    )  # fmt: skip

    assert code == 1
    assert (said["created"], said["dates"]) == (0, "dmy")
    assert said["mapping"] == {"What": "measure", "When": "date", "Code": "patient", "Result": "value"}
    assert said["refused"] == [
        {
            "row": 3,
            "column": "Code",
            "problem": "No patient has this code. A name needs a column birth_date beside it.",
        },
        {"row": 4, "column": "What", "problem": "No measure has this code or name."},
        {"row": 5, "column": "When", "problem": "There is no such day."},
        {"row": 6, "column": "Result", "problem": "This measure takes numbers from 0 to 160."},
        {"row": 7, "column": "When", "problem": "This day has not come yet."},
        {"row": 8, "column": "Code", "problem": "The patient is missing."},
        {"row": 8, "column": "Result", "problem": "The value is missing."},
    ]
    assert not MeasureValue.objects.exists()


@pytest.mark.parametrize(
    ("content", "value"),
    [
        ("patient;measure;date;value\nP-1;flexion;2026-10-05;90,5\n", 90.5),
        ("patient\tmeasure\tdate\tvalue\nP-1\tflexion\t2026-10-05\t90,5\n", 90.5),
        ("patient;measure;date;value\nP-1;flexion;2026-10-05;90.5\n", 90.5),
        ('patient,measure,date,value\nP-1,flexion,2026-10-05,"90,5"\n', None),
    ],
)
def test_a_decimal_comma_is_read_only_where_it_separates_no_columns(greta, run, content, value):
    code, said = run(content)

    assert code == (0 if value else 1)
    assert [float(one.value) for one in MeasureValue.objects.all()] == ([value] if value else [])
    if not value:
        assert said["refused"] == [{"row": 2, "column": "value", "problem": "This is no number."}]


def test_dates_that_all_read_both_ways_are_refused_until_the_order_is_said(greta, run):
    both = "patient,measure,date,value\nP-1,flexion,03/04/2026,90\nP-1,flexion,05/04/2026,91\n"

    code, said = run(both)
    assert code == 1
    assert said["refused"] == [
        {"row": 1, "column": "date",
         "problem": "Every date can be read both ways. Please say --dates dmy or --dates mdy."},
    ]  # fmt: skip
    code, said = run(both, "--dates", "mdy")
    assert (code, said["dates"], said["created"]) == (0, "mdy", 2)
    assert MeasureValue.objects.order_by("measured_at")[0].measured_at.date().isoformat() == "2026-03-04"


def test_one_day_above_twelve_decides_for_the_file(greta, run):
    code, said = run("patient,measure,date,value\nP-1,flexion,03/04/2026,90\nP-1,flexion,05/13/2026,91\n")

    assert (code, said["dates"]) == (0, "mdy")


def test_days_in_two_orders_are_refused(greta, run):
    code, said = run("patient,measure,date,value\nP-1,flexion,13/04/2026,90\nP-1,flexion,05/13/2026,91\n")

    assert code == 1
    assert "some days" in said["refused"][0]["problem"].lower()


def test_an_equal_value_is_recognised_and_another_is_a_conflict(greta, run):
    run(WHOLE)

    code, said = run(WHOLE.replace("90\n", "91\n"))

    assert (code, said["recognised"], said["created"]) == (1, 1, 0)
    assert said["refused"] == [
        {"row": 2, "column": "value",
         "problem": "Another value stands for this patient, measure and date already: 90."},
    ]  # fmt: skip


def test_two_values_of_one_moment_inside_a_file_are_a_conflict(greta, run):
    code, said = run(WHOLE + "P-1,flexion,2026-10-05,88\nP-1,flexion,2026-10-05,90\n")

    assert code == 1
    assert [refused["row"] for refused in said["refused"]] == [4]
    assert said["recognised"] == 1


def test_a_value_that_was_taken_back_does_not_come_again(greta, run):
    run(WHOLE)
    wrong = MeasureValue.objects.get(value=90)
    MeasureValue.objects.filter(pk=wrong.pk).update(
        state="entered-in-error", ended_at=wrong.recorded_at, ended_why="read wrongly"
    )

    assert run(WHOLE)[1]["recognised"] == 2
    assert MeasureValue.objects.standing().count() == 1


def test_patients_go_by_name_only_together_with_their_birth_date(greta, run):
    named = "patient,birth_date,measure,date,value\nGRETA lindqvist,12.3.1961,Knee Flexion,13.10.2026,90\n"

    assert run(named)[1]["created"] == 1
    assert MeasureValue.objects.get().patient_id == greta.pk
    a_patient()
    code, said = run(named)
    assert code == 1
    assert "Several patients" in said["refused"][0]["problem"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "The file is empty: its first row names the columns."),
        ("patient,measure,value\nP-1,flexion,3\n", "No column is read as date. Name it with --map 'Column=date'."),
        ("patient,measure,date,value,value\n", "Two columns have this name."),
        (WHOLE + "P-1,flexion\n", "This row has 2 cells, the header has 4."),
        (WHOLE + 'P-1,"flexion\n', "This cannot be read as a table"),
    ],
)
def test_a_broken_table_is_refused_in_words(greta, run, content, problem):
    code, said = run(content)

    assert code == 1
    assert any(problem in refused["problem"] for refused in said["refused"])
    assert not MeasureValue.objects.exists()


def test_a_wrong_map_is_refused(greta, run):
    code, said = run(WHOLE, "--map", "Nothing=value", "--map", "date=when")

    assert code == 1
    assert [refused["column"] for refused in said["refused"]] == ["Nothing", "date"]


def test_a_time_that_the_clocks_left_out_is_refused(greta, run):
    code, said = run("patient,measure,date,value\nP-1,flexion,2026-03-29 02:30,90\n")

    assert code == 1
    assert said["refused"][0]["problem"] == "The clocks were put forward: this time was not on that day."


def test_files_of_other_programs_are_read(greta, run):
    as_excel = "﻿patient;measure;date;value\r\nP-1;flexion;13.10.2026 2:30 PM;90\r\n\r\n".encode()
    as_utf_16 = "patient\tmeasure\tdate\tvalue\nP-1\tflexion\t2026-10-14\t90\n".encode("utf-16")

    assert run(as_excel)[1]["created"] == 1
    assert run(as_utf_16)[1]["created"] == 1
    assert run(b"\x00\x01\xff\xfe\x00 no table at all")[0] == 1


def test_values_that_were_entered_are_recognised_when_they_come_back_from_a_file(greta, run):
    version = a_measure("index", highest="140")[1]
    entered = a_value(greta, version, "77", measured_at=datetime(2026, 10, 1, 8, 15, tzinfo=UTC))
    row = f"P-1,{version.measure.code},{entered.measured_at.isoformat()},{entered.value}\n"

    assert run("patient,measure,date,value\n" + row)[1]["recognised"] == 1


def test_a_file_that_is_not_there_ends_with_a_sentence(db, tmp_path):
    with pytest.raises(CommandError, match="cannot be read") as ended:
        call_command("import_measures", str(tmp_path / "none.csv"))

    assert ended.value.returncode == 2
