"""Everything that took place with a patient stands on one page, newest first, whatever its length."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinic.audit.models import AuditEvent
from sessions.courses.models import Course
from sessions.events.models import AdverseEvent
from sessions.history.views import A_PAGE
from sessions.models import TreatmentSession
from sessions.services import add_addendum
from sessions.tests.world import NOW, a_treatment, a_visit, at, begin, counted, send, signed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(at(9, 20), tick=True):
        yield


def page(world, query="", browser=None):
    address = reverse("history:history", args=[world.patient.public_id])
    return (browser or world.browser).get(f"{address}{query}")


def with_drafts(world, count, course=None):
    TreatmentSession.objects.bulk_create(
        TreatmentSession(
            patient=world.patient, practitioner=world.clinic.chen, course=course or world.course,
            number_in_course=number, started_at=NOW - timedelta(days=number), updated_at=NOW, points_line="st36 b",
            subjective=f"So it was {number} days ago.", pain_before=6, pain_after=3,
        )
        for number in range(1, count + 1)
    )  # fmt: skip


def test_a_session_stands_there_with_points_text_pain_and_what_followed():
    world = a_treatment()
    note = signed(world)
    add_addendum(
        note=note, kind="correction", text="It was the right side.", form_token=uuid.uuid4(),
        by=world.clinic.chen.user, now=NOW,
    )  # fmt: skip

    said = page(world).content.decode()

    for words in (
        "Zúsānlǐ", "足三里", "“Slept badly twice, the leg is quiet.”", "before 7, after 4", "7 in, 7 out",
        "Add KI3 if the heel is cold.", "Correction", "It was the right side.", "1 session, newest first",
    ):  # fmt: skip
        assert words in said, words


def test_an_event_stands_beside_its_session():
    world = a_treatment()
    note = signed(world)
    AdverseEvent.objects.create(
        session=note, source="note", dedup_key="one", opened_at=NOW, opened_by=world.clinic.chen.user,
        words="Went pale at the second needle.",
    )  # fmt: skip

    said = page(world).content.decode()

    assert "Went pale at the second needle." in said
    assert "not written yet" in said


def test_the_newest_comes_first_and_drafts_and_errors_say_so():
    world = a_treatment()
    wrong = signed(world)
    add_addendum(
        note=wrong, kind="entered-in-error", text="Another patient.", form_token=uuid.uuid4(),
        by=world.clinic.chen.user, now=NOW,
    )  # fmt: skip
    draft = begin(world, a_visit(world.clinic, world.patient, world.course, starts_at=at(10)))
    TreatmentSession.objects.filter(pk=draft.pk).update(started_at=at(10))
    send(world, draft, subjective="Only begun.", points_line="gv20")

    said = page(world).content.decode()

    assert said.index("Only begun.") < said.index("Slept badly twice")
    assert "entered in error" in said
    assert ">draft<" in said.replace("</svg>draft", ">draft")
    assert "百会" in said


def test_one_complaint_alone():
    world = a_treatment()
    Course.objects.filter(pk=world.course.pk).update(complaint="Low back")
    other = Course.objects.create(
        patient=world.patient, practitioner=world.clinic.chen, opened_at=NOW, complaint="Migraine", state="completed",
        end_reason="well", ended_at=NOW,
    )  # fmt: skip
    with_drafts(world, 2)
    TreatmentSession.objects.create(
        patient=world.patient, practitioner=world.clinic.chen, course=other, started_at=NOW, updated_at=NOW,
        subjective="The head.",
    )  # fmt: skip

    everything = page(world).content.decode()
    back = page(world, f"?course={world.course.public_id}").content.decode()

    assert "3 sessions, newest first" in everything
    assert "The head." in everything
    assert "2 sessions of Low back, newest first" in back
    assert "The head." not in back
    assert page(world, f"?course={uuid.uuid4()}").status_code == 404


def test_two_hundred_cost_as_many_statements_as_two_by_pages_and_all_at_once():
    world = a_treatment()
    signed(world)
    with_drafts(world, 1)
    with counted() as few:
        page(world)
    with_drafts(world, 198)
    with counted() as by_page:
        first = page(world)
    with counted() as all_of_them:
        whole = page(world, "?all=1")

    assert len(few) == len(by_page) == len(all_of_them) <= 10, "\n".join(by_page)
    assert first.content.decode().count("<article") == A_PAGE
    assert whole.content.decode().count("<article") == 200


def test_one_walks_from_page_to_page_and_never_into_nothing():
    world = a_treatment()
    with_drafts(world, A_PAGE + 3)

    first, second = page(world).content.decode(), page(world, "?page=2").content.decode()

    assert "?page=2" in first
    assert second.count("<article") == 3
    assert "?page=1" in second
    for strange in ("3", "0", "-1", "x", "٢", "9" * 40):
        assert page(world, f"?page={strange}").status_code == 404, strange


def test_a_patient_without_sessions_has_a_page_that_says_so():
    world = a_treatment()

    assert "No session yet" in page(world).content.decode()


def test_reading_leaves_a_trace_and_the_desk_is_refused():
    world = a_treatment()
    desk = Client()
    desk.force_login(world.clinic.desk)

    assert page(world, browser=desk).status_code == 403
    assert not AuditEvent.objects.filter(resource="history", action="read", result="ok").exists()
    assert page(world).status_code == 200
    assert AuditEvent.objects.get(resource="history", result="ok").patient_id == world.patient.pk


def test_the_patient_page_leads_there():
    world = a_treatment()
    signed(world)

    said = world.browser.get(reverse("desk:patient", args=[world.patient.public_id])).content.decode()

    assert reverse("history:history", args=[world.patient.public_id]) in said
