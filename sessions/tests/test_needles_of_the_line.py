"""What the line of points carries reaches the placements of a signed note, and is locked there."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from sessions.models import NeedlePlacement, TreatmentSession
from sessions.point_sets.services import make_set
from sessions.tests.world import NOW, a_treatment, begin, send, signed

pytestmark = pytest.mark.django_db

LINE = "st36 b + 1.5cun, sp6 l 20mm 0.25x40, gv20, st36~sp6 l 2/100hz 20min"


def leaves_both_unsaid(world):
    world.clinic.chen.side_unsaid = "both"
    world.clinic.chen.save(update_fields=["side_unsaid"])


def test_depth_needle_and_current_stand_in_typed_columns():
    note = signed(a_treatment(), points_line=LINE, needles_in="4", needles_out="4")

    rows = list(
        note.needles.values_list("point_code", "side", "needles", "depth", "depth_unit", "diameter_mm", "length_mm")
    )
    assert rows == [
        ("ST36", "left", 1, Decimal("1.5"), "cun", None, None),
        ("ST36", "right", 1, Decimal("1.5"), "cun", None, None),
        ("SP6", "left", 1, Decimal(20), "mm", Decimal("0.25"), 40),
        ("GV20", "midline", 1, None, "", None, None),
    ]
    current = list(note.needles.values_list("pair", "lead", "hz", "hz_high", "current_minutes"))
    nothing = (None, "", None, None, None)
    assert current == [(1, "red", 2, 100, 20), nothing, (1, "black", 2, 100, 20), nothing]


def test_the_signed_note_says_depth_needle_and_current():
    world = a_treatment()
    note = signed(world, points_line=LINE, needles_in="4", needles_out="4")

    page = world.browser.get(reverse("treatments:note", args=[note.public_id])).content.decode()

    assert "left, reinforcing, 1.5 cun deep, pair 1 red, 2/100 Hz, 20 min" in page
    assert "left, 20 mm deep, 0.25 × 40 mm, pair 1 black, 2/100 Hz, 20 min" in page


def test_a_pair_whose_needles_are_not_there_keeps_the_note_from_being_signed():
    world = a_treatment()
    note = begin(world)

    answer = send(world, note, "points", points_line="st36 b, st36~sp6 l 2hz")

    assert "SP6 left is not among the points." in answer.content.decode()
    assert 'value="ST36 b, ST36~SP6 l 2hz, SP6 l"' in answer.content.decode()


def test_one_needle_carries_one_current():
    world = a_treatment()
    note = begin(world)

    answer = send(world, note, "points", points_line="st36 b, sp6 b, gb34 b, st36~sp6 l, gb34~st36 b").content.decode()

    assert "one of its needles carries another current already" in answer


@pytest.mark.parametrize(
    "change", ["depth = 1", "diameter_mm = 0.30", "pair = 2", "hz = 4", "current_minutes = 1", "lead = 'black'"]
)
def test_sql_of_the_web_role_cannot_change_the_details_of_a_signed_needle(change):
    signed(a_treatment(), points_line=LINE, needles_in="4", needles_out="4")

    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE treatments_needleplacement SET {change} WHERE pair IS NOT NULL")


@pytest.mark.parametrize(
    "details",
    [
        {"depth": 20},
        {"depth_unit": "mm"},
        {"diameter_mm": Decimal("0.25")},
        {"length_mm": 40},
        {"hz": 2},
        {"pair": 1},
        {"pair": 1, "lead": "red", "hz": 101},
        {"pair": 1, "lead": "red", "hz_high": 100},
        {"pair": 1, "lead": "red", "current_minutes": 121},
    ],
)
def test_the_database_refuses_half_a_detail(details):
    note = begin(a_treatment())
    row = {"session": note, "position": 1, "point_code": "LI4", "side": "left", "needles": 1}
    NeedlePlacement.objects.create(**row)

    with pytest.raises(DatabaseError), transaction.atomic():
        NeedlePlacement.objects.create(**row, **details)


def test_a_side_left_unsaid_asks_unless_the_practitioner_says_both():
    world = a_treatment()
    note = begin(world)
    asked = send(world, note, "points", points_line="st36, gv20").content.decode()
    leaves_both_unsaid(world)
    settled = send(world, note, "points", points_line="st36, gv20").content.decode()
    send(world, note, points_line="st36, gv20, li4 r")

    assert "ST36: which side?" in asked
    assert "which side?" not in settled
    assert TreatmentSession.objects.get(pk=note.pk).points_line == "st36 b, gv20, li4 r"


def test_a_stored_line_keeps_its_sides_when_the_practitioner_asks_again():
    world = a_treatment()
    leaves_both_unsaid(world)
    note = begin(world)
    send(world, note, points_line="st36, gv20")
    world.clinic.chen.side_unsaid = ""
    world.clinic.chen.save(update_fields=["side_unsaid"])

    page = world.browser.get(reverse("treatments:note", args=[note.public_id])).content.decode()

    assert "which side?" not in page
    assert "ST36, side: both. Change to left" in page


def test_without_a_script_a_chip_is_a_button_that_sends_the_line():
    world = a_treatment()
    note = begin(world)

    send(world, note, points_line="st36 b", chip="ST36 l")

    assert TreatmentSession.objects.get(pk=note.pk).points_line == "ST36 l"


def test_a_set_stands_beside_the_note_as_one_press():
    world = a_treatment()
    chen, desk = world.clinic.chen.user, world.clinic.desk
    make_set(name="Low back", line="BL23 b, GV4", shared=False, by=chen, now=NOW)
    make_set(name="Of somebody else", line="LI4 b", shared=False, by=desk, now=NOW)
    make_set(name="Calm", line="GV20, HT7 b", shared=True, by=desk, now=NOW)
    note = begin(world)
    send(world, note, points_line="gv20")

    page = world.browser.get(reverse("treatments:note", args=[note.public_id])).content.decode()

    assert 'value="GV20, BL23 b, GV4"' in page
    assert 'value="GV20, HT7 b"' in page
    assert "Of somebody else" not in page
