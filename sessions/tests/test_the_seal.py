"""The hash of a signed note: over content, needles, author, time and the note before it."""

from __future__ import annotations

import io
import json
import threading
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from sessions.content import canonical, hash_of
from sessions.models import TreatmentSession
from sessions.services import verify_chain, verify_hash
from sessions.tests.world import READY, a_patient, a_treatment, a_visit, at, begin, give_consent, send, signed


def whole(note):
    return TreatmentSession.objects.select_related("patient", "practitioner", "signed_by").get(pk=note.pk)


@pytest.mark.django_db
def test_the_canonical_text_holds_content_needles_author_time_and_forerunner():
    note = whole(signed(a_treatment()))

    said = json.loads(canonical(note, note.needles.all()))

    assert said["content"]["subjective"] == READY["subjective"]
    assert said["needles"][0] == [1, "ST36", "both", 2, "", "", None, "", None, None, None, "", None, None, None]
    assert said["signed_by"] == str(note.signed_by.public_id)
    assert said["signed_licence"] == "L-1"
    assert said["previous"] == ""
    assert said["signed_at"].endswith("+00:00")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("plan", "x"), ("pain_after", 5), ("signed_licence", "L-2"), ("previous_sha256", "0" * 64), ("needles_in", 8),
        ("override_reason", "x"), ("stops", ["cancer"]), ("number_in_course", 3),
    ],
)  # fmt: skip
def test_every_change_of_a_field_changes_the_hash(field, value):
    note = whole(signed(a_treatment()))
    assert verify_hash(note)

    setattr(note, field, value)

    assert hash_of(note, note.needles.all()) != note.content_sha256


@pytest.mark.django_db
def test_every_change_of_a_needle_changes_the_hash():
    note = whole(signed(a_treatment()))
    rows = list(note.needles.all())

    rows[0].side = "left"

    assert hash_of(note, rows) != note.content_sha256
    assert hash_of(note, rows[1:]) != note.content_sha256


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("depth", Decimal(21)), ("depth_unit", "cun"), ("diameter_mm", Decimal("0.30")), ("length_mm", 50), ("pair", 2),
        ("lead", "black"), ("hz", 4), ("hz_high", 15), ("current_minutes", 25),
    ],
)  # fmt: skip
def test_depth_needle_and_current_are_sealed_with_the_point(field, value):
    line = "st36 l 20mm 0.25x40, sp6 l, st36~sp6 l 2/100hz 20min"
    note = whole(signed(a_treatment(), points_line=line, needles_in="2", needles_out="2"))
    rows = list(note.needles.all())
    assert hash_of(note, rows) == note.content_sha256

    setattr(rows[0], field, value)

    assert hash_of(note, rows) != note.content_sha256


@pytest.mark.django_db
def test_the_notes_of_a_patient_are_one_chain():
    world = a_treatment()
    first = signed(world)
    second = signed(world, a_visit(world.clinic, world.patient, world.course, starts_at=at(11)))
    third = signed(world, a_visit(world.clinic, world.patient, world.course, starts_at=at(13)))

    assert first.previous_sha256 == ""
    assert second.previous_sha256 == first.content_sha256
    assert third.previous_sha256 == second.content_sha256
    assert verify_chain(world.patient.pk) == []


@pytest.mark.django_db
def test_the_chain_tells_which_note_was_changed_or_taken_out(in_role):
    world = a_treatment()
    first = signed(world)
    second = signed(world, a_visit(world.clinic, world.patient, world.course, starts_at=at(11)))
    third = signed(world, a_visit(world.clinic, world.patient, world.course, starts_at=at(13)))

    with in_role("owner"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE treatments_treatmentsession DISABLE TRIGGER USER")
        cursor.execute("UPDATE treatments_treatmentsession SET plan = 'x' WHERE id = %s", [first.pk])
        assert verify_chain(world.patient.pk) == [first]
        cursor.execute("ALTER TABLE treatments_needleplacement DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM treatments_needleplacement WHERE session_id = %s", [second.pk])
        cursor.execute("DELETE FROM treatments_treatmentsession WHERE id = %s", [second.pk])
        assert verify_chain(world.patient.pk) == [first, third]
        cursor.execute("ALTER TABLE treatments_needleplacement ENABLE TRIGGER USER")
        cursor.execute("ALTER TABLE treatments_treatmentsession ENABLE TRIGGER USER")


@pytest.mark.django_db
def test_the_command_says_that_all_notes_are_as_they_were_signed(in_role):
    world = a_treatment()
    note = signed(world)
    said = io.StringIO()

    call_command("verify_notes", stdout=said)
    assert "1 signed note" in said.getvalue()

    with in_role("owner"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE treatments_treatmentsession DISABLE TRIGGER USER")
        cursor.execute("UPDATE treatments_treatmentsession SET plan = 'x'")
        cursor.execute("ALTER TABLE treatments_treatmentsession ENABLE TRIGGER USER")
    with pytest.raises(CommandError, match=str(note.public_id)):
        call_command("verify_notes", stdout=said)


@pytest.mark.django_db(transaction=True)
def test_two_notes_of_one_patient_signed_in_one_moment_still_make_one_chain():
    world = a_treatment()
    visits = [world.visit] + [
        a_visit(world.clinic, world.patient, world.course, starts_at=at(10 + n)) for n in range(3)
    ]
    notes = [begin(world, visit) for visit in visits]
    together = threading.Barrier(len(notes))
    answers = []

    def press(note):
        browser = type(world.browser)()
        browser.force_login(world.clinic.chen.user)
        together.wait()
        answers.append(send(world, note, "sign", browser=browser, **READY).status_code)
        connection.close()

    threads = [threading.Thread(target=press, args=[note]) for note in notes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [302] * len(notes)
    assert TreatmentSession.objects.filter(signed_at__isnull=False).count() == len(notes)
    assert verify_chain(world.patient.pk) == []
    world.course.refresh_from_db()
    assert world.course.sessions_done == len(notes)


@pytest.mark.django_db
def test_another_patient_begins_a_chain_of_their_own():
    world = a_treatment()
    signed(world)
    other = a_patient("Bo", "Ek", "bo@example.org")
    give_consent(other)

    note = signed(world, a_visit(world.clinic, other, starts_at=at(11)))

    assert note.previous_sha256 == ""
