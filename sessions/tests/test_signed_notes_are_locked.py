"""A signed note, its needles and its addenda cannot be changed: not by a page, not by SQL of the web role."""

from __future__ import annotations

import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from sessions.models import Addendum, NeedlePlacement, TreatmentSession
from sessions.services import add_addendum, verify_hash
from sessions.tests.world import NOW, READY, a_treatment, send, signed

pytestmark = pytest.mark.django_db

NOTE = "treatments_treatmentsession"
NEEDLES = "treatments_needleplacement"
ADDENDA = "treatments_addendum"
ADD_A_NEEDLE = (
    f"INSERT INTO {NEEDLES} (session_id, position, point_code, side, needles, technique, place) "
    f"SELECT id, 99, 'LI4', 'both', 2, '', '' FROM {NOTE}"
)
NO_LOCK = (
    "CREATE OR REPLACE FUNCTION treatments_note_is_locked() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
)


@pytest.fixture
def note():
    world = a_treatment()
    note = signed(world)
    add_addendum(
        note=note, kind="addition", text="Left heel too.", form_token=uuid.uuid4(), by=world.clinic.chen.user, now=NOW
    )
    return note


def refused(sql):
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    return str(error.value)


@pytest.mark.parametrize(
    "sql",
    [
        f"UPDATE {NOTE} SET plan = 'something else'",
        f"UPDATE {NOTE} SET signed_at = NULL, signed_by_id = NULL, content_sha256 = '', state = 'in-progress'",
        f"UPDATE {NOTE} SET content_sha256 = repeat('0', 64)",
        f"DELETE FROM {NOTE}",
        f"UPDATE {NEEDLES} SET point_code = 'LI4'",
        f"UPDATE {NEEDLES} SET needles = needles + 1",
        f"DELETE FROM {NEEDLES}",
        ADD_A_NEEDLE,
        f"UPDATE {ADDENDA} SET text = 'never said'",
        f"DELETE FROM {ADDENDA}",
    ],
)
def test_sql_of_the_web_role_cannot_change_it(note, sql):
    refused(sql)

    after = TreatmentSession.objects.select_related("patient", "practitioner", "signed_by").get(pk=note.pk)
    assert verify_hash(after)
    assert Addendum.objects.get().text == "Left heel too."


@pytest.mark.parametrize("table", [NOTE, NEEDLES, ADDENDA])
@pytest.mark.parametrize(
    "sql",
    [
        "TRUNCATE {} CASCADE",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "ALTER TABLE {} DISABLE TRIGGER USER",
        "DROP TABLE {} CASCADE",
    ],
)
def test_the_web_role_cannot_step_around_the_lock(note, table, sql):
    said = refused(sql.format(table))

    assert "permission denied" in said or "must be owner" in said


@pytest.mark.parametrize(
    "sql",
    [
        f"DROP TRIGGER note_is_locked ON {NOTE}",
        f"DROP TRIGGER needles_are_locked ON {NEEDLES}",
        f"DROP TRIGGER addendum_guard ON {ADDENDA}",
        "DROP FUNCTION treatments_note_is_locked() CASCADE",
        NO_LOCK,
    ],
)
def test_the_web_role_cannot_take_the_lock_off(note, sql):
    refused(sql)


def test_the_web_process_cannot_switch_triggers_off_for_its_session(note, in_role):
    """The tests' own login is a superuser behind SET ROLE; what counts is the right of the role itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, has_parameter_privilege('deqi_web', 'session_replication_role', 'SET') "
            "FROM pg_roles WHERE rolname = 'deqi_web'"
        )
        assert cursor.fetchone() == (False, False)


def test_the_orm_cannot_change_it_either(note):
    with pytest.raises(DatabaseError), transaction.atomic():
        TreatmentSession.objects.filter(pk=note.pk).update(plan="something else")
    with pytest.raises(DatabaseError), transaction.atomic():
        note.plan = "something else"
        TreatmentSession.objects.bulk_update([note], ["plan"])
    with pytest.raises(DatabaseError), transaction.atomic():
        NeedlePlacement.objects.filter(session=note).delete()


def test_the_owner_of_the_tables_is_refused_too(note, in_role):
    with in_role("owner"):
        assert "cannot be changed" in refused(f"UPDATE {NOTE} SET plan = 'something else'")


def test_without_the_trigger_the_same_update_passes(note, in_role):
    """The control: it is the trigger that refuses, nothing else; and then the seal tells."""
    with in_role("owner"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {NOTE} DISABLE TRIGGER note_is_locked")
        cursor.execute(f"UPDATE {NOTE} SET plan = 'something else'")
        cursor.execute(f"ALTER TABLE {NOTE} ENABLE TRIGGER note_is_locked")

    after = TreatmentSession.objects.select_related("patient", "practitioner", "signed_by").get(pk=note.pk)
    assert after.plan == "something else"
    assert not verify_hash(after)


def test_a_draft_takes_no_addendum_by_sql():
    world = a_treatment()
    world.browser.post(reverse("treatments:start", args=[world.visit.public_id]))

    said = refused(
        f"INSERT INTO {ADDENDA} (public_id, session_id, kind, text, by_id, at, form_token) "
        f"SELECT gen_random_uuid(), id, 'addition', 'x', {world.clinic.chen.user_id}, now(), gen_random_uuid() "
        f"FROM {NOTE}"
    )

    assert "Only a signed note" in said


def test_a_draft_cannot_move_to_another_patient():
    world = a_treatment()
    world.browser.post(reverse("treatments:start", args=[world.visit.public_id]))

    refused(
        f"WITH other AS (INSERT INTO patients_patient (public_id, given_name, family_name, address_as, sex, email, "
        f"phone, language, emergency_contact, physician, desk_facts, created_at, version) VALUES (gen_random_uuid(), "
        f"'B', '', '', '', '', '', 'en', '', '', '{{}}', now(), 1) RETURNING id) "
        f"UPDATE {NOTE} SET patient_id = (SELECT id FROM other)"
    )


def test_a_page_cannot_sign_or_save_it_again(note):
    browser = Client()
    browser.force_login(note.signed_by)
    for page in ("save", "sign", "consent"):
        answer = send(None, note, page, browser=browser, **{**READY, "plan": "something else"})
        assert answer.status_code == 302
    note.refresh_from_db()
    assert note.plan == READY["plan"]
