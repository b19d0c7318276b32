"""What web and worker may do in the database, whatever the code above them tries."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection
from django.db.utils import ProgrammingError

from clinic.kernel import grants

pytestmark = pytest.mark.django_db

CLINICAL = [
    "patients_patient",
    "patients_consent",
    "patients_safetyfact",
    "patients_medication",
    "patients_complaint",
    "intake_questionnairerequest",
    "intake_draft",
    "intake_intakesubmission",
    "intake_questionnaireresponse",
    "intake_score",
    "measures_measure",
    "measures_measureversion",
    "measures_measurevalue",
    "appointments_appointment",
    "appointments_appointmentevent",
    "courses_course",
    "treatments_treatmentsession",
    "treatments_addendum",
    "audit_auditevent",
    "outbox_outgoingmessage",
]


def may(role, table, right):
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, %s, %s)", [role, table, right])
        return cursor.fetchone()[0]


@pytest.mark.parametrize("table", CLINICAL)
def test_the_web_role_cannot_delete_or_truncate_clinical_rows(table):
    assert not may(grants.WEB, table, "DELETE")
    assert not may(grants.WEB, table, "TRUNCATE")


@pytest.mark.parametrize("table", grants.APPEND_ONLY)
def test_the_web_role_only_adds_to_append_only_tables(table):
    assert may(grants.WEB, table, "INSERT")
    assert not may(grants.WEB, table, "UPDATE")


@pytest.mark.parametrize(
    "table",
    [
        "treatments_needleplacement",
        "intake_draft",
        "intake_intakesubmission",
        "intake_questionnaireresponse",
        "intake_score",
        "measures_measurevalue",
        "patients_complaint",
        "patients_safetyfact",
        "patients_medication",
    ],
)
def test_the_worker_reads_no_notes_and_no_answers(table):
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_any_column_privilege(%s, %s, 'SELECT')", [grants.WORKER, table])
        assert cursor.fetchone()[0] is False


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        (
            "treatments_treatmentsession",
            {
                "id",
                "patient_id",
                "course_id",
                "appointment_id",
                "practitioner_id",
                "started_at",
                "signed_at",
                "after_care",
            },
        ),
        ("treatments_addendum", {"id", "session_id", "kind"}),
        ("patients_consent", {"id", "patient_id", "kind", "state", "given_at"}),
    ],
)
def test_of_notes_and_agreements_the_worker_sees_ids_times_and_states(table, columns):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s "
            "AND has_column_privilege(%s, %s, column_name, 'SELECT')",
            [table, grants.WORKER, table],
        )
        assert {name for (name,) in cursor.fetchall()} == columns


def test_the_worker_does_not_see_birth_dates(as_worker):
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("SELECT birth_date FROM patients_patient")


def test_neither_role_owns_a_table():
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
        owners = {row[0] for row in cursor.fetchall()}

    assert owners.isdisjoint({grants.WEB, grants.WORKER})


def test_every_table_named_in_the_grants_exists():
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    tables |= {"django_migrations", "deqi_cache"}
    named = {*grants.WEB_MAY_DELETE, *grants.APPEND_ONLY, *grants.WORKER_MAY, *grants.WORKER_MAY_INSERT}

    assert named <= tables
