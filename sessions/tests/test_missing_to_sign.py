"""Every thing that is needed to sign, alone: what is said, and that nothing was signed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from patients.models import Consent
from patients.safety.entered import Entered, Needled
from patients.safety.flags import Facts, flags_for
from sessions.content import NoteContent
from sessions.flagged.speaking import speaking
from sessions.missing import missing_to_sign
from sessions.needling import read
from sessions.tests.world import NOW, READY, a_consent_text, a_treatment, begin, give_consent, holds, send

DIFFERENCE = {"needles_out": "6"}
LACKING = [
    ({"changes": ""}, "anything new since last time"),
    ({"changes": "yes"}, "what changed"),
    ({"points_line": ""}, "points, or “no needles”"),
    ({"points_line": "st36"}, "which st36"),
    ({"points_line": "shenmen b"}, "which shenmen b"),
    ({"points_line": "qqzzx"}, "which qqzzx"),
    ({"points_line": "gv20, st17 b"}, "ST17 taken out"),
    ({"points_line": "gv20, st17"}, "ST17 taken out"),
    ({"points_line": "gv20, shenque"}, "CV8 taken out"),
    ({"no_needles": "on"}, "points or “no needles”, not both"),
    ({"retention_minutes": ""}, "minutes"),
    ({"needles_in": ""}, "needles in"),
    ({"needles_out": ""}, "needles out"),
    ({**DIFFERENCE, "difference_by": "Dr. Chen"}, "why the counts differ"),
    ({**DIFFERENCE, "difference_reason": "One bent, thrown away."}, "who says so"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("fields", "said"), LACKING)
def test_a_note_that_lacks_something_is_saved_but_not_signed(fields, said):
    world = a_treatment()
    note = begin(world)

    answer = send(world, note, "sign", **{**READY, **fields})

    note.refresh_from_db()
    assert not note.is_signed
    assert note.subjective == READY["subjective"]
    page = world.browser.get(answer.headers["Location"]).content.decode()
    assert "Not signed yet. Missing: " in page
    assert said in page


@pytest.mark.django_db
def test_without_consent_on_file_nothing_is_signed():
    world = a_treatment(consent=False)
    note = begin(world)

    answer = send(world, note, "sign", **READY)

    note.refresh_from_db()
    assert not note.is_signed
    assert "consent to treatment" in world.browser.get(answer.headers["Location"]).content.decode()


@pytest.mark.django_db
def test_a_withdrawn_consent_is_none():
    world = a_treatment()
    give_consent(world.patient, state="inactive", given_at=world.visit.starts_at)
    note = begin(world)

    send(world, note, "sign", **READY)

    note.refresh_from_db()
    assert not note.is_signed


@pytest.mark.django_db
def test_consent_seen_on_paper_is_recorded_and_what_was_typed_is_kept():
    world = a_treatment(consent=False)
    a_consent_text()
    note = begin(world)

    answer = send(world, note, "consent", subjective="Slept well.")
    send(world, note, "consent", subjective="Slept well.")

    assert answer.headers["Location"].endswith("#consent")
    consent = Consent.objects.get(patient=world.patient)
    assert (consent.kind, consent.channel, consent.state) == ("treatment", "paper", "active")
    assert consent.by_user_id == world.clinic.chen.user_id
    note.refresh_from_db()
    assert note.subjective == "Slept well."
    assert send(world, note, "sign", **READY).status_code == 302
    note.refresh_from_db()
    assert note.is_signed
    assert note.consent == consent


@pytest.mark.django_db
def test_a_stop_wants_a_written_reason_and_no_change_of_the_fact():
    world = a_treatment()
    holds(world.patient, "pregnancy_t1", due_on="2027-04-01")
    note = begin(world)

    answer = send(world, note, "sign", **READY)
    note.refresh_from_db()
    assert not note.is_signed
    page = world.browser.get(answer.headers["Location"]).content.decode()
    assert "a reason to go on: Pregnant" in page
    assert "LI4" in page

    send(world, note, "sign", **{**READY, "reason-pregnancy_t2": "Week 20, midwife asked for it on 14 Nov."})
    note.refresh_from_db()
    assert note.is_signed
    assert note.stops
    page = world.browser.get(reverse("treatments:note", args=[note.public_id])).content.decode()
    assert "Went on in spite of" in page
    assert "midwife asked for it" in page


@pytest.mark.django_db
def test_a_session_without_needles_needs_no_counts():
    world = a_treatment()
    note = begin(world)

    send(world, note, "sign", changes="none", no_needles="on")

    note.refresh_from_db()
    assert note.is_signed
    assert note.needles.count() == 0


@pytest.mark.django_db
def test_a_difference_with_reason_and_name_is_signed():
    world = a_treatment()
    note = begin(world)
    difference = {"needles_out": "6", "difference_reason": "One bent, thrown away.", "difference_by": "Dr. Chen"}

    send(world, note, "sign", **{**READY, **difference})

    note.refresh_from_db()
    world.visit.refresh_from_db()
    assert note.is_signed
    assert world.visit.state == "completed"


def test_everything_else_is_shown_when_missing_and_not_forced():
    content = NoteContent(changes="none", points_line="gv20", retention_minutes=0, needles_in=1, needles_out=1)

    assert missing_to_sign(content, read(content.points_line), has_consent=True, stops=[]) == []


def test_an_empty_note_names_all_of_it_in_the_order_of_the_page():
    [stop] = speaking(flags_for(Facts(NOW.date(), frozenset({"fever_acute"}))), Entered((Needled("ST36"),))).stops
    found = missing_to_sign(NoteContent(), read(""), has_consent=False, stops=[stop])

    assert [thing.anchor for thing in found] == [
        "consent", "id_changes", "id_points_line", "id_reason-fever_acute", "id_retention_minutes", "id_needles_in",
        "id_needles_out",
    ]  # fmt: skip
