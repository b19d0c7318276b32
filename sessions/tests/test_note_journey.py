"""A note from the first click to the seal."""

from __future__ import annotations

import pytest
import time_machine
from django.urls import reverse

from clinic.audit.models import AuditEvent
from sessions.appointments.models import Appointment
from sessions.models import NeedlePlacement, TreatmentSession
from sessions.services import verify_hash
from sessions.tests.world import READY, a_patient, a_treatment, a_visit, at, begin, holds, send, signed, takes

pytestmark = pytest.mark.django_db


def test_starting_opens_a_draft_and_marks_the_visit_in_treatment():
    world = a_treatment()

    note = begin(world)

    world.visit.refresh_from_db()
    assert world.visit.state == Appointment.State.IN_TREATMENT
    assert (note.patient, note.practitioner, note.course) == (world.patient, world.clinic.chen, world.course)
    assert note.number_in_course == 1
    assert not note.is_signed


def test_starting_twice_opens_the_same_note():
    world = a_treatment()

    first, second = begin(world), begin(world)

    assert first == second
    assert TreatmentSession.objects.count() == 1


def test_the_note_shows_who_lies_there_and_what_must_not_be_forgotten():
    world = a_treatment(address_as="Gigi", desk_facts=["stairs"])
    takes(world.patient, "apixaban 5 mg")
    holds(world.patient, "needle_phobia")
    note = begin(world)

    page = world.browser.get(reverse("treatments:note", args=[note.public_id])).content.decode()

    assert "Greta Lindqvist" in page
    assert "“Gigi” · 65 years" in page
    flags = ("Blood thinner: apixaban 5 mg", "Afraid of needles", "No stairs")
    assert sorted(flags, key=page.index) == list(flags)
    assert "1 of 8" in page
    assert "First session." in page


def test_a_whole_note_is_signed_in_one_press():
    world = a_treatment()
    note = begin(world)

    answer = send(world, note, "sign", **READY)

    assert answer.status_code == 302
    note.refresh_from_db()
    world.visit.refresh_from_db()
    world.course.refresh_from_db()
    assert note.state == "completed"
    assert note.signed_by == world.clinic.chen.user
    assert note.signed_licence == "L-1"
    assert (note.pain_before, note.pain_after) == (7, 4)
    assert note.consent is not None
    assert world.visit.state == Appointment.State.COMPLETED
    assert world.course.sessions_done == 1
    rows = NeedlePlacement.objects.filter(session=note).values_list("point_code", "side", "needles")
    assert list(rows) == [
        ("ST36", "both", 2), ("LI4", "right", 1), ("GV20", "midline", 1), ("BL23", "both", 2), ("KI3", "left", 1),
    ]  # fmt: skip
    assert verify_hash(note)
    page = world.browser.get(reverse("treatments:note", args=[note.public_id])).content.decode()
    assert "unchanged since signed" in page
    assert "足三里" in page


def test_needles_that_are_all_out_complete_the_visit_before_anybody_signs():
    world = a_treatment()
    note = begin(world)
    send(world, note, needles_in="3", points_line="gv20")
    world.visit.refresh_from_db()
    assert world.visit.state == Appointment.State.IN_TREATMENT

    send(world, note, needles_in="3", needles_out="2")
    world.visit.refresh_from_db()
    assert world.visit.state == Appointment.State.IN_TREATMENT
    send(world, note, needles_in="3", needles_out="3")

    world.visit.refresh_from_db()
    world.course.refresh_from_db()
    assert world.visit.state == Appointment.State.COMPLETED
    assert world.course.sessions_done == 1
    send(world, note, "sign", **READY)
    world.course.refresh_from_db()
    assert world.course.sessions_done == 1


def test_the_next_session_begins_with_what_the_last_one_left():
    world = a_treatment()
    signed(world)
    next_visit = a_visit(world.clinic, world.patient, world.course, starts_at=at(11))
    note = begin(world, next_visit)

    page = world.browser.get(reverse("treatments:note", args=[note.public_id])).content.decode()

    assert note.number_in_course == 2
    assert "Pain 7 to 4" in page
    assert "Add KI3 if the heel is cold." in page
    assert "nothing counts until you confirm" in page
    assert NeedlePlacement.objects.filter(session=note).count() == 0


def test_every_step_leaves_one_trace_and_no_content():
    world = a_treatment()
    note = begin(world)
    for words in ("One", "Two", "Three"):
        send(world, note, subjective=words)
    send(world, note, "sign", **READY)

    actions = list(AuditEvent.objects.filter(resource="note", object_id=note.pk).values_list("action", flat=True))

    assert actions == ["create", "edit", "sign"]


def test_the_list_of_unsigned_notes_is_mine_and_oldest_first():
    world = a_treatment()
    note = begin(world)

    page = world.browser.get(reverse("treatments:unsigned")).content.decode()
    assert "1 note waits" in page
    assert reverse("treatments:note", args=[note.public_id]) in page

    send(world, note, "sign", **READY)
    assert "Everything is signed" in world.browser.get(reverse("treatments:unsigned")).content.decode()


@time_machine.travel(at(9, 20), tick=True)
def test_somebody_of_the_same_name_on_the_same_day_is_marked():
    world = a_treatment()
    note = begin(world)
    address = reverse("treatments:note", args=[note.public_id])
    assert "same name" not in world.browser.get(address).content.decode()

    other = a_patient(given="greta")
    a_visit(world.clinic, other, starts_at=at(15))

    assert "Somebody of the same name comes today" in world.browser.get(address).content.decode()
