"""A note is complete by its defaults: needle and lot, technique, examination, other parts; only the list stops."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from sessions.content import NoteContent
from sessions.details import Needle, read_details
from sessions.exam import read_exam
from sessions.habits.models import Habit, NeedleBox
from sessions.models import TreatmentComponent, TreatmentSession
from sessions.needling import read
from sessions.services import verify_hash
from sessions.stricta import Plan, coverage, per_cent
from sessions.tests.world import NOW, READY, a_treatment, a_visit, at, begin, send, signed

pytestmark = pytest.mark.django_db

BOX = {
    "maker": "Acme", "product": "", "diameter_mm": "0.25", "length_mm": "40", "material": "stainless_steel",
    "coating": "silicone", "lot": "123", "expires_on": "2030-05-31", "sterile": "on", "end": "1",
    "form_token": "7f8f4f3e-2f5c-4a42-8f6b-1d1e0a3a0f11",
}  # fmt: skip


def open_a_box(world, **fields):
    return world.browser.post(reverse("habits:needles"), {**BOX, **fields})


def whole(note):
    return TreatmentSession.objects.select_related("patient", "practitioner", "signed_by").get(pk=note.pk)


def test_a_note_begins_with_the_box_that_its_practitioner_opened():
    world = a_treatment()
    assert open_a_box(world).status_code == 302

    note = begin(world)

    assert read_details(note.details).line(None) == "0.25 x 40 mm, Acme lot 123"
    page = world.browser.get(reverse("treatments:note", args=[note.public_id])).content.decode()
    assert "0.25 x 40 mm, Acme lot 123" in page


def test_a_box_that_ran_out_is_neither_opened_nor_taken():
    world = a_treatment()
    refused = open_a_box(world, expires_on=str(NOW.date() - timedelta(days=1)))
    assert "has run out" in refused.content.decode()
    assert not NeedleBox.objects.exists()

    open_a_box(world)
    NeedleBox.objects.update(expires_on=NOW.date() - timedelta(days=1))
    note = begin(world)

    assert "needle" not in note.details
    old = Needle("Acme", "", "0.25", "40", "stainless_steel", "none", "99", str(NOW.date() - timedelta(days=1)))
    said = send(world, note, rest="1", d_needle=old.key)
    assert "Lot 99 ran out" in said.content.decode()


def test_a_box_may_be_used_on_its_last_day():
    needle = Needle("Acme", "", "0.25", "40", "", "", "1", "2026-05-31")

    assert not needle.expired_on(date(2026, 5, 31))
    assert needle.expired_on(date(2026, 6, 1))


def test_what_is_kept_begins_later_notes_and_the_course_goes_before():
    world = a_treatment()
    note = begin(world)
    said = {"rest": "1", "d_manipulation": "even", "d_style": "japanese", "retention_minutes": "20", "d_felt": ["ache"]}
    assert send(world, note, "keep_habit", habit="mine", **said).status_code == 302
    later = {**said, "d_style": "five_element", "retention_minutes": "30"}
    assert send(world, note, "keep_habit", habit="course", **later).status_code == 302

    next_one = begin(world, a_visit(world.clinic, world.patient, world.course, starts_at=at(11)))
    elsewhere = begin(world, a_visit(world.clinic, world.patient, None, starts_at=at(13)))

    assert (next_one.details["style"], next_one.retention_minutes) == ("five_element", 30)
    assert (elsewhere.details["style"], elsewhere.retention_minutes) == ("japanese", 20)
    assert "felt" not in next_one.details
    assert Habit.objects.count() == 2


def test_a_page_without_the_folded_parts_leaves_what_stands():
    world = a_treatment()
    note = begin(world)
    send(world, note, rest="1", d_style="ear", p_overall="wiry, 细; deep: weak", x_rate="72")

    send(world, note, subjective="Better.")

    note.refresh_from_db()
    assert note.details == {"style": "ear"}
    assert read_exam(note.exam).said == [("Pulse", "72 a minute; wiry, thready; deep: weak")]


def test_what_nobody_knows_is_said_beside_its_field_and_kept():
    world = a_treatment()
    note = begin(world)

    answer = send(world, note, rest="1", p_overall="wiry, spiky", t0_minutes="8")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“spiky” is no pulse quality we know" in page
    assert "wiry, spiky" in page
    assert "Please choose what it was." in page
    assert send(world, note, rest="1", d_style="voodoo").status_code == 422


def test_other_parts_become_rows_that_are_sealed_with_the_note():
    world = a_treatment()
    note = signed(
        world, rest="1", t0_kind="cupping_dry_static", t0_area="BL13 to BL23", t0_minutes="8", t0_detail="6 cups",
        h_formula="Du Huo Ji Sheng Tang", h_days="14", h_checked="on",
    )  # fmt: skip

    cups, herbs = note.components.all()

    assert (cups.kind, cups.minutes, cups.area) == ("cupping_dry_static", 8, "BL13 to BL23")
    assert herbs.herbs == {"formula": "Du Huo Ji Sheng Tang", "days": 14, "checked": True}
    assert verify_hash(whole(note))
    for change in (
        lambda: TreatmentComponent.objects.filter(pk=cups.pk).update(minutes=9),
        lambda: TreatmentComponent.objects.filter(pk=cups.pk).delete(),
        lambda: TreatmentComponent.objects.create(session=note, position=9, kind="tuina"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    first = TreatmentComponent.objects.filter(session__patient=world.patient, kind__startswith="cupping").count()
    assert first == 1
    page = world.browser.get(reverse("treatments:note", args=[note.public_id])).content.decode()
    assert "Cupping, dry: BL13 to BL23, 8 min, 6 cups" in page


def test_a_changed_component_breaks_the_seal(in_role):
    world = a_treatment()
    note = signed(world, rest="1", t0_kind="tuina")
    from django.db import connection  # noqa: PLC0415

    with in_role("owner"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE treatments_treatmentcomponent DISABLE TRIGGER USER")
        cursor.execute("UPDATE treatments_treatmentcomponent SET kind = 'gua_sha'")
        cursor.execute("ALTER TABLE treatments_treatmentcomponent ENABLE TRIGGER USER")

    assert not verify_hash(whole(note))


def test_defaults_make_a_record_whole_and_nothing_of_it_stops_a_signature():
    bare = NoteContent(points_line="st36 b", needles_in=2, retention_minutes=25)
    full = NoteContent(
        points_line="st36 b", needles_in=2, retention_minutes=25, assessment="Qi stagnation.",
        details={
            "style": "ear", "depth": "10 mm", "sought": "de_qi", "manipulation": "even",
            "needle": {"maker": "A", "diameter_mm": "0.25", "length_mm": "40", "lot": "1", "expires_on": "2030-01-01"},
        },
    )  # fmt: skip
    plan = Plan(2, 8, "weekly")

    assert per_cent(coverage(full, read(full.points_line), plan)) == 100
    missing = [item.code for item in coverage(bare, read(bare.points_line), plan) if not item.there]
    assert missing == ["1a", "1b", "2c", "2d", "2e", "2g"]
    without = coverage(NoteContent(no_needles=True), read(""), plan)
    assert [item.code for item in without] == ["1a", "1b", "1c", "3a", "3b"]
    assert signed(a_treatment()).is_signed


def test_a_note_that_was_begun_with_defaults_is_signed_with_them():
    world = a_treatment()
    open_a_box(world)

    note = signed(world, **READY)

    assert read_details(note.details).needle.lot == "123"


def test_the_first_cups_moxa_or_current_of_a_patient_want_a_word_the_next_day():
    world = a_treatment()
    visits = [world.visit] + [
        a_visit(world.clinic, world.patient, world.course, starts_at=at(10 + n)) for n in range(6)
    ]
    lines = [
        {},
        {"t0_kind": "tuina"},
        {"t0_kind": "cupping_dry_static"},
        {"t0_kind": "cupping_sliding"},
        {"t0_kind": "moxa_stick", "t1_kind": "cupping_flash"},
        {"points_line": "st36 l, sp6 l, st36~sp6 l 2hz 20min", "needles_in": "2", "needles_out": "2"},
        {"points_line": "st36 l, sp6 l, st36~sp6 l 2hz 20min", "needles_in": "2", "needles_out": "2"},
    ]

    wanted = [
        signed(
            world, visit, rest="1", **{"points_line": "st36 b", "needles_in": "2", "needles_out": "2"} | line
        ).after_care
        for visit, line in zip(visits, lines, strict=True)
    ]

    assert wanted == [True, False, True, False, True, True, False]
