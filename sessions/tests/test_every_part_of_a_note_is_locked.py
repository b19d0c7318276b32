"""Every table that hangs on a note is locked with it, by a list that is computed: a new one without a lock goes red."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from clinic.kernel import clock
from sessions.flagged.forms import reason_name
from sessions.services import add_addendum, verify_hash
from sessions.tests.world import NOW, a_treatment, holds, signed

pytestmark = pytest.mark.django_db

NOTE = "treatments_treatmentsession"
#: Tables that name a note and say nothing of what was done: they may go on after the signature.
BESIDE = {
    "clock_minding": "who watches the needles' clock, and when its alarm was stopped",
    "clock_helpcall": "that help was called to the room",
}


@pytest.fixture
def note():
    """A signed note with a row of everything that can hang on one."""
    world = a_treatment()
    week_21 = clock.now().date() + timedelta(days=133)
    holds(world.patient, "pregnancy_t1", due_on=week_21.isoformat())
    said = {reason_name("pregnancy_t2"): "The midwife agrees."}
    cups = {"rest": "1", "t0_kind": "cupping_dry_static", "t0_area": "BL13"}
    lost = {"needles_out": "6", "difference_reason": "One bent, taken out whole.", "difference_by": "Dr. Chen"}
    note = signed(world, points_line="li4 b, st36 b, gv20, bl23 b", **said, **cups, **lost)
    add_addendum(
        note=note, kind="addition", text="Left heel too.", form_token=uuid.uuid4(), by=world.clinic.chen.user, now=NOW
    )
    return note


def run(sql):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def hanging_on(table):
    """Table and column of every foreign key that leads there, as the database knows them."""
    return run(
        "SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c"
        " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
        f" WHERE c.contype = 'f' AND c.confrelid = '{table}'::regclass ORDER BY 1"
    )


def parts():
    return [(table, column) for table, column in hanging_on(NOTE) if table not in BESIDE]


def columns(table):
    return [
        name for (name,) in run(
            f"SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0"
            " AND NOT attisdropped AND attgenerated = '' AND attidentity <> 'a'"
        )
    ]  # fmt: skip


def changes(note, table, column):
    """Every way to touch the row of this note: each column set to what it holds already, and its removal."""
    where = f"WHERE {column} = {note.pk}"
    touched = [f'UPDATE {table} SET "{name}" = "{name}" {where}' for name in columns(table)]
    return [*touched, f"DELETE FROM {table} {where}"]


def test_the_list_of_parts_is_not_empty_and_what_is_left_out_is_there(note):
    known = {table for table, _ in hanging_on(NOTE)}

    assert known > set(BESIDE)
    assert {table for table, _ in parts()} >= {
        "treatments_needleplacement", "treatments_treatmentcomponent", "treatments_addendum",
        "flagged_acknowledgement", "events_adverseevent",
    }  # fmt: skip


def test_the_web_role_changes_and_deletes_nothing_of_a_signed_note(note):
    for table, column in [(NOTE, "id"), *parts()]:
        assert run(f"SELECT 1 FROM {table} WHERE {column} = {note.pk}"), f"{table}: this note needs a row of it"
        for sql in changes(note, table, column):
            with pytest.raises(DatabaseError) as refused:
                run(sql)
            assert re.search("cannot be changed|never|permission denied", str(refused.value)), sql
    assert verify_hash(type(note).objects.select_related("patient", "practitioner", "signed_by").get(pk=note.pk))


def test_nothing_is_laid_to_a_signed_note_but_an_addendum_or_an_event(note):
    for table, column in parts():
        if table in ("treatments_addendum", "events_adverseevent"):
            continue
        names = ", ".join(f'"{name}"' for name in columns(table) if name not in ("id", "public_id", "position"))
        own = [name for name in ("public_id", "position") if name in columns(table)]
        values = {"public_id": "gen_random_uuid()", "position": "position + 50"}
        into = ", ".join([*own, names]) if own else names
        taken = ", ".join([*(values[name] for name in own), names]) if own else names
        with pytest.raises(DatabaseError, match="signed note"):
            run(f"INSERT INTO {table} ({into}) SELECT {taken} FROM {table} WHERE {column} = {note.pk} LIMIT 1")


def test_without_locks_and_grants_each_of_these_changes_would_pass(note, in_role):
    """The control: nothing but the locks stands in the way."""
    with in_role("owner"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, column in [*parts(), (NOTE, "id")]:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for sql in changes(note, table, column)[:-1]:
                cursor.execute(sql)
                assert cursor.rowcount > 0, sql
