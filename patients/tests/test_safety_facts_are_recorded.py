"""A practitioner records what is so: from the note or the patient page. A fact ends, it is never rewritten."""

from __future__ import annotations

import uuid

import pytest
import time_machine
from django.urls import reverse

from clinic.audit.models import AuditEvent
from patients.models import SafetyFact
from patients.safety import rules
from patients.safety.recordable import groups
from sessions.tests.world import NOW, a_treatment, begin, holds

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_that_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world():
    return a_treatment()


def tell(world, page="facts", **fields):
    address = reverse(f"patients:{page}", args=[world.patient.public_id])
    return world.browser.post(address, {"form_token": str(uuid.uuid4()), "end": "1", **fields})


def test_a_fact_is_on_record_with_its_words_place_and_clearance(world):
    answer = tell(world, rule="lymphoedema", detail="Since the operation", places=["left-arm"])
    assert answer.status_code == 302
    tell(world, rule="pacemaker_icd", cleared_by="Dr Meyer", cleared_on="2026-11-03")

    arm, device = SafetyFact.objects.order_by("id")
    assert (arm.detail, arm.places, arm.source) == ("Since the operation", ["left-arm"], "practitioner")
    assert (device.cleared_by, device.cleared_on.isoformat()) == ("Dr Meyer", "2026-11-03")
    assert AuditEvent.objects.filter(action="record", resource="safety-fact").count() == 2
    page = world.browser.get(reverse("patients:facts", args=[world.patient.public_id])).content.decode()
    assert "left arm" in page
    assert "Cleared by Dr Meyer" in page


def test_newer_words_end_the_older_ones_and_keep_them(world):
    holds(world.patient, "cancer", detail="Breast, 2019")

    tell(world, rule="cancer", detail="Breast, 2019; chemotherapy ended in May")

    old, new = SafetyFact.objects.order_by("id")
    assert old.ended_at is not None
    assert (new.detail, new.ended_at) == ("Breast, 2019; chemotherapy ended in May", None)


def test_the_same_words_twice_are_one_fact(world):
    for _ in range(2):
        tell(world, rule="frail")

    assert SafetyFact.objects.count() == 1


def test_a_fact_that_holds_no_longer_stays_on_record(world):
    holds(world.patient, "neutropenia")

    tell(world, "end_fact", rule="neutropenia")
    tell(world, "end_fact", rule="neutropenia")

    assert SafetyFact.objects.get().ended_at is not None
    assert AuditEvent.objects.filter(action="end", resource="safety-fact").count() == 1
    page = world.browser.get(reverse("patients:facts", args=[world.patient.public_id])).content.decode()
    assert "Held before" in page


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Please choose what is so."),
        ({"rule": "no_such_rule"}, "Please choose one of these."),
        ({"rule": "suicidal"}, "Please choose one of these."),
        ({"rule": "pregnancy_t1"}, "Please write the due date."),
        ({"rule": "pregnancy_t1", "due_on": "2028-01-01"}, "within the next 40 weeks"),
        ({"rule": "cancer", "due_on": "2027-04-01"}, "belongs to a pregnancy only"),
        ({"rule": "cancer", "places": ["left-arm"]}, "left arm: this does not belong to"),
        ({"rule": "red_flag_back.prompt"}, "Please tick the signs."),
        ({"rule": "frail", "signs": ["night pain"]}, "These do not belong to"),
        ({"rule": "pacemaker_icd", "cleared_on": "2026-11-03"}, "Please write who cleared it."),
        ({"rule": "pacemaker_icd", "cleared_by": "Dr Meyer", "cleared_on": "2026-12-24"}, "still to come"),
        ({"rule": "frail", "detail": "x" * 301}, "301 characters"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_kept(world, fields, says):
    answer = tell(world, **fields)

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not SafetyFact.objects.exists()
    assert fields.get("detail", "") in answer.content.decode()


def test_from_a_note_it_goes_back_to_the_note(world):
    note = begin(world)
    facts = reverse("patients:facts", args=[world.patient.public_id])

    assert f"/notes/{note.public_id}/" in world.browser.get(f"{facts}?note={note.public_id}").content.decode()
    answer = tell(world, rule="red_flag_back.prompt", signs=["night pain"], note=str(note.public_id))
    assert answer.headers["Location"] == f"/notes/{note.public_id}/#warnings"
    assert SafetyFact.objects.get().detail == "night pain"
    assert world.browser.get(f"{facts}?note=nonsense").status_code == 200


def test_the_front_desk_reads_and_records_nothing(world):
    world.browser.force_login(world.clinic.desk)

    assert tell(world, rule="frail").status_code == 403
    assert world.browser.get(reverse("patients:facts", args=[world.patient.public_id])).status_code == 403
    assert not SafetyFact.objects.exists()


def test_all_that_is_asked_of_a_practitioner_or_of_the_day_can_be_recorded():
    listed = {rule_id for _, choices in groups() for rule_id, _ in choices}
    asked = {rule.id for rule in rules.all_rules() if rule.asked_as in ("practitioner", "day_of_visit", "tick")}

    assert asked - listed == {"electro_neck"}  # it holds for everyone
