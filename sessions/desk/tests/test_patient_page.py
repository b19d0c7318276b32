"""The patient page: whole for practitioners, the desk's columns and no more for the front desk."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinic.audit.models import AuditEvent
from clinic.outbox.models import OutgoingMessage
from patients.intake.models import QuestionnaireRequest, QuestionnaireResponse, Score
from patients.models import Complaint
from sessions.appointments.services import book
from sessions.models import TreatmentSession
from sessions.tests.world import (
    NOW,
    a_clinic,
    a_patient,
    a_practitioner,
    a_treatment,
    a_user,
    a_visit,
    at,
    begin,
    counted,
    holds,
    signed,
    takes,
)

pytestmark = pytest.mark.django_db

#: Tables and columns of health that the front desk's statements must not name.
CLINICAL = (
    "patients_safetyfact", "patients_medication", "patients_complaint", "patients_consent",
    "intake_questionnaireresponse", "intake_score", "intake_intakesubmission", '"data"', '"answers"', '"flags"',
    '"goal"', '"complaint"', "treatments_needleplacement", '"subjective"', '"plan"', '"points_line"', '"pain_before"',
    "body_sent", "attention_task",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _on_monday_morning():
    with time_machine.travel(at(9, 20), tick=True):
        yield


def open_page(browser, patient):
    return browser.get(reverse("desk:patient", args=[patient.public_id]))


def at_the_desk(roles=("front-desk",)):
    browser = Client()
    browser.force_login(a_user("Rosa Delgado", roles))
    return browser


def answered(patient, pain, mood, days_ago=0, form="intake", **more):
    """One check-in's numbers."""
    request = QuestionnaireRequest.objects.create(
        patient=patient, form=form, token_hash=uuid.uuid4().hex, state="submitted", issued_at=NOW, submitted_at=NOW,
        expires_at=NOW + timedelta(days=90),
    )  # fmt: skip
    response = QuestionnaireResponse.objects.create(
        patient=patient, request=request, instrument="checkin", instrument_version="1.1", status="complete",
        answers={}, answered_at=NOW - timedelta(days=days_ago), **more,
    )  # fmt: skip
    Score.objects.bulk_create(
        Score(response=response, output=output, value=value, total=value, count=1)
        for output, value in (("pain", pain), ("mood", mood), ("sleep", 5), ("analgesic_days", 2))
    )


def a_full_record():
    """A patient with something in every part of the page."""
    world = a_treatment(address_as="Gigi", desk_facts=["stairs"], physician="Dr. Ngozi Eze", phone="+4930555014")
    takes(world.patient, "apixaban 5 mg")
    holds(world.patient, "needle_phobia")
    Complaint.objects.create(
        patient=world.patient, words="Low back and left leg", goal="Walk to the market.", recorded_at=NOW
    )
    answered(world.patient, 7, 6, days_ago=30)
    answered(world.patient, 4, 3, form="check-in")
    OutgoingMessage.objects.create(
        kind="confirmation", dedup_key="a", patient_id=world.patient.pk, message_id="a@x", to_address="g@x.example",
        state="cancelled", reason="booked a visit at 8:52", created_at=NOW, not_before=NOW,
        not_after=NOW + timedelta(days=1),
    )  # fmt: skip
    signed(world)
    return world


def test_a_practitioner_sees_words_first_and_the_whole_record():
    world = a_full_record()

    page = open_page(world.browser, world.patient).content.decode()

    for words in (
        "Greta Lindqvist", "“Gigi”", "12 Mar 1961 · 65 years", "Blood thinner: apixaban 5 mg", "Afraid of needles",
        "No stairs", "<b>Pain 7 to 4,</b> low mood 6 to 3", "Pain 7 to 4 on the table", "43 % better",
        "Walk to the market.",
        "Low back and left leg", "足三里", "25 min · 7 in, 7 out", "plan: Add KI3", "Dr. Ngozi Eze", "apixaban 5 mg",
        "Treatment", "agreed", "booked a visit at 8:52", "1 of 8", "<svg class=\"is-wide\"",
    ):  # fmt: skip
        assert words in page, words


def test_the_front_desk_sees_contact_counter_visits_and_mails_only():
    world = a_full_record()

    page = open_page(at_the_desk(), world.patient).content.decode()

    for words in (
        "Greta Lindqvist",
        "No stairs",
        "030 555014",
        "1 of 8",
        "Intake",
        "booked a visit at 8:52",
        "Follow-up",
    ):
        assert words in page, words
    for words in ("apixaban", "Afraid", "Pain", "mood", "market", "足三里", "Low back", "KI3", "agreed", "/notes/"):
        assert words not in page, words


@pytest.mark.parametrize("roles", [("front-desk",), ("owner",), ("front-desk", "owner")])
def test_clinical_columns_are_not_even_asked_for(roles):
    world = a_full_record()
    browser = at_the_desk(roles)

    with counted() as statements:
        open_page(browser, world.patient)

    asked = [sql for sql in statements if not sql.startswith("INSERT")]
    for sql in asked:
        for name in CLINICAL:
            assert name not in sql, f"{name} in {sql}"


def test_a_practitioner_who_also_works_at_the_desk_sees_the_record():
    world = a_full_record()
    both = a_practitioner("T. Ibarra")
    both.user.roles = ["practitioner", "front-desk", "owner"]
    both.user.save()
    browser = Client()
    browser.force_login(both.user)

    assert "apixaban" in open_page(browser, world.patient).content.decode()


@pytest.mark.parametrize("times", [1, 10])
def test_the_whole_chart_takes_at_most_seven_statements_at_any_size(times):
    world = a_full_record()
    for number in range(2 * times):
        answered(world.patient, 5, 5, days_ago=number + 1, form="check-in")
        takes(world.patient, f"herb {number}")
        a_visit(world.clinic, world.patient, world.course, state="completed", starts_at=at(9) - timedelta(days=number))
    TreatmentSession.objects.bulk_create(
        TreatmentSession(
            patient=world.patient,
            practitioner=world.clinic.chen,
            started_at=at(8) - timedelta(days=day),
            updated_at=NOW,
        )
        for day in range(3 * times)
    )

    with counted() as whole:
        assert open_page(world.browser, world.patient).status_code == 200
    browser = at_the_desk()
    with counted() as desk:
        assert open_page(browser, world.patient).status_code == 200

    assert len(whole) == 7, "\n".join(whole)
    assert len(desk) <= 5, "\n".join(desk)


def test_an_empty_record_says_where_to_begin():
    clinic = a_clinic()
    patient = a_patient(family="", email="", desk_facts=["no-email"], birth_date=None)
    browser = Client()
    browser.force_login(clinic.chen.user)

    page = open_page(browser, patient).content.decode()

    for words in (
        "Nothing measured yet.",
        "No notes yet.",
        "No visit yet",
        "No mail was planned or sent.",
        "none on file",
    ):
        assert words in page, words
    assert "Open today" not in page


def test_today_s_visit_offers_its_note_to_the_practitioner_alone():
    world = a_treatment()
    fresh = open_page(world.browser, world.patient).content.decode()
    assert reverse("treatments:start", args=[world.visit.public_id]) in fresh
    desk = open_page(at_the_desk(), world.patient).content.decode()
    assert "/note/" not in desk

    note = begin(world)
    begun = open_page(world.browser, world.patient).content.decode()
    assert reverse("treatments:note", args=[note.public_id]) in begun
    assert "draft" in begun


def test_a_look_leaves_a_trace_and_an_unknown_patient_is_not_here():
    world = a_treatment()

    open_page(world.browser, world.patient)

    assert AuditEvent.objects.filter(action="read", resource="record", patient_id=world.patient.pk).count() == 1
    assert world.browser.get(reverse("desk:patient", args=[uuid.uuid4()])).status_code == 404
    assert Client().get(reverse("desk:patient", args=[world.patient.public_id])).status_code == 302


def test_what_a_helper_filled_in_stays_out_of_the_chart():
    world = a_treatment()
    answered(world.patient, 9, 9, answered_by="her sister")

    page = open_page(world.browser, world.patient).content.decode()

    assert "Filled in by her sister" in page
    assert "Nothing measured yet." in page


def test_names_and_words_of_patients_are_shown_as_they_are_and_never_run():
    world = a_treatment(given="<b>Ana</b>")
    Complaint.objects.create(patient=world.patient, words="<script>alert(1)</script>", recorded_at=NOW)

    page = open_page(world.browser, world.patient).content.decode()

    assert "&lt;b&gt;Ana&lt;/b&gt;" in page
    assert "<script>alert" not in page


def test_visits_ahead_are_cancelled_from_the_page_and_taken_back_there():
    world = a_treatment(arrived=False)
    a_visit(world.clinic, world.patient, state="completed", starts_at=at(9) - timedelta(days=7))
    next_week = book(
        patient=world.patient, service=world.clinic.follow, practitioner=world.clinic.chen, room=None,
        starts_at=at(9) + timedelta(days=7), by=world.clinic.desk, now=NOW,
    )  # fmt: skip
    a_visit(world.clinic, world.patient, state="confirmed", starts_at=at(9) + timedelta(days=14))
    desk = at_the_desk()
    here = reverse("desk:patient", args=[world.patient.public_id])

    page = open_page(desk, world.patient)
    assert [visit.starts_at.day for visit in page.context["page"].ahead] == [16, 23, 30]
    assert page.content.decode().count("/cancel/?back=patient") == 3

    gone = desk.post(f"/visits/{next_week.public_id}/cancel/?back=patient", follow=True)
    assert gone.redirect_chain == [(here, 302)]
    assert gone.content.decode().count("/cancel/?back=patient") == 2
    undo = f"/visits/{next_week.public_id}/undo/cancelled/?back=patient"
    assert undo in gone.content.decode()
    back = desk.post(undo, follow=True)
    assert back.redirect_chain == [(here, 302)]
    assert back.content.decode().count("/cancel/?back=patient") == 3


def test_an_address_leads_back_to_pages_of_ours_alone():
    world = a_treatment(arrived=False)

    answer = at_the_desk().post(f"/visits/{world.visit.public_id}/cancel/?back=//evil.example")

    assert answer["Location"] == "/today/?day=2026-11-16"
