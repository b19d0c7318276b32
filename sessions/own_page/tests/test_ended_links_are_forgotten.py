"""Ninety days after the end of a link nothing of its token is kept; what lives goes on, what is wanted is made anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from clinic.audit.models import AuditEvent
from clinic.kernel.links import FORGOTTEN
from clinic.outbox import rounds
from patients.contact.models import PatientLink
from patients.contact.services import Purpose
from patients.intake.models import QuestionnaireRequest
from patients.intake.services import issue_request
from sessions.appointments.tests.world import NOW, a_patient
from sessions.courses.models import Course
from sessions.own_page.forgetting import forget
from sessions.own_page.tests.world import a_world, mails_path, page_path, path_of, visit_path

pytestmark = pytest.mark.django_db
#: Three in the morning in Berlin, in summer and 230 days on.
NIGHT = NOW.replace(hour=1, minute=5) + timedelta(days=230)


@pytest.fixture
def world():
    with time_machine.travel(NOW, tick=False):
        yield a_world()


def hashes():
    return {link.purpose: link.token_hash for link in PatientLink.objects.all()}


def is_forgotten(found):
    return found.startswith(FORGOTTEN)


def test_the_link_of_a_visit_is_forgotten_ninety_days_after_it_began(world, in_role):
    visit_path(world.visit)
    begins = world.visit.starts_at
    with in_role("worker"):
        assert forget(now=begins + timedelta(days=89)) == 0
        assert forget(now=begins + timedelta(days=90, seconds=1)) == 1
        assert forget(now=begins + timedelta(days=91)) == 0

    assert is_forgotten(hashes()["visit"])
    trace = AuditEvent.objects.get(action="forget")
    assert (trace.resource, trace.patient_id, trace.actor_id) == ("links", None, None)


def test_an_intake_and_its_answers_stay_and_only_its_token_goes(world, in_role):
    asked = issue_request(patient=world.greta, appointment_id=None, by=world.clinic.desk, now=NOW)
    with in_role("worker"):
        assert forget(now=asked.expires_at + timedelta(days=89)) == 0
        assert forget(now=asked.expires_at + timedelta(days=91)) == 1
    stands = QuestionnaireRequest.objects.get()
    assert is_forgotten(stands.token_hash)

    again = issue_request(patient=world.greta, appointment_id=None, by=None, now=asked.expires_at + timedelta(days=92))
    assert again.pk == asked.pk
    assert not is_forgotten(QuestionnaireRequest.objects.get().token_hash)


def test_one_that_was_gone_through_in_the_clinic_ended_then(world, in_role):
    asked = issue_request(patient=world.greta, appointment_id=None, by=world.clinic.desk, now=NOW)
    QuestionnaireRequest.objects.update(signed_off_at=NOW, state="submitted", submitted_at=NOW)
    with in_role("worker"):
        assert forget(now=NOW + timedelta(days=91)) == 1
    assert asked.expires_at > NOW + timedelta(days=89)


def test_the_own_page_is_forgotten_a_year_and_ninety_days_after_all_that_keeps_it(world, in_role):
    page_path(world.greta)
    mails_path(world.greta)
    course = Course.objects.create(patient=world.greta, practitioner=world.clinic.chen, opened_at=NOW)
    far = NOW + timedelta(days=2000)
    with in_role("worker"):
        assert forget(now=far) == 0, "a course runs"
    ended = NOW + timedelta(days=100)
    Course.objects.filter(pk=course.pk).update(state="completed", ended_at=ended, end_reason="well")
    with in_role("worker"):
        assert forget(now=ended + timedelta(days=365 + 89)) == 0
        assert forget(now=ended + timedelta(days=365 + 91)) == 1

    assert is_forgotten(hashes()["own-page"])
    assert not is_forgotten(hashes()["preferences"]), "that one never ends"


def test_one_that_is_wanted_again_is_made_anew_and_the_old_one_opens_nothing(world):
    old = page_path(world.greta)
    later = NOW + timedelta(days=600)
    assert forget(now=later) == 1

    with time_machine.travel(later, tick=False):
        new = path_of(world.greta, Purpose.OWN_PAGE, now=later)
        assert new != old
        assert Client().get(old).status_code == 404
        assert Client().get(new).status_code == 200


def test_the_worker_does_it_at_night_and_not_by_day(world, in_role):
    visit_path(world.visit)
    page_path(a_patient("Ruth", email="ruth@example.org"))
    with in_role("worker"):
        rounds.run(now=NIGHT + timedelta(hours=9))
        assert not is_forgotten(PatientLink.objects.get(purpose="visit").token_hash)
        rounds.run(now=NIGHT)
    assert is_forgotten(PatientLink.objects.get(purpose="visit").token_hash)
    assert not is_forgotten(PatientLink.objects.get(purpose="own-page").token_hash)
