"""A form that waits is named once: a day after its link went out or it was begun, by day, never when it is done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.outbox import kinds, states
from clinic.outbox import services as outbox
from clinic.outbox.models import OutgoingMessage
from patients.intake.mails import KIND as LINK
from patients.intake.models import QuestionnaireRequest
from patients.intake.services import begin, issue_request
from patients.intake.services.requests import token_of
from patients.models import Consent
from sessions.appointments.tests.world import NOW, a_clinic, a_patient, at
from sessions.reminders import intake_follow_up
from sessions.tests.world import a_visit

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MORNING = at(10)


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    kinds.register(intake_follow_up.KIND)
    kinds.register(LINK)


@pytest.fixture
def plan(in_role):
    def as_the_worker(now):
        with in_role("worker"):
            intake_follow_up.plan(now)

    return as_the_worker


def a_request(*, sent_at=MORNING, visit_in=timedelta(days=7), begun_at=None, **patient):
    clinic = a_clinic()
    someone = a_patient(**patient)
    visit = a_visit(clinic, someone, state="booked", starts_at=MORNING + visit_in) if visit_in else None
    request = issue_request(patient=someone, appointment_id=visit.pk if visit else None, by=clinic.desk, now=MORNING)
    if sent_at and someone.email:
        mail = outbox.enqueue(
            kind="intake-link", dedup_key=f"link {request.pk}", to_address=someone.email, not_before=sent_at,
            not_after=sent_at + DAY, now=sent_at, patient_id=someone.pk, subject_id=request.pk,
        )  # fmt: skip
        OutgoingMessage.objects.filter(pk=mail.pk).update(state="sent", sent_at=sent_at)
    if begun_at:
        begin(request=request, now=begun_at)
        request.refresh_from_db()
    return request


def follow_ups():
    return OutgoingMessage.objects.filter(kind="intake-follow-up").order_by("id")


def test_a_day_after_its_link_one_word_goes_out_and_never_two(plan):
    request = a_request()

    plan(MORNING + DAY - HOUR)
    assert not follow_ups().exists()
    for hours in (0, 1, 24, 30):
        plan(MORNING + DAY + hours * HOUR)

    one = follow_ups().get()
    assert (one.not_before, one.to_address, one.subject_id) == (MORNING + DAY, request.patient.email, request.pk)


def test_somebody_who_began_later_is_named_a_day_after_that(plan):
    a_request(begun_at=MORNING + 20 * HOUR)

    plan(MORNING + DAY)
    assert not follow_ups().exists()
    plan(MORNING + 44 * HOUR + HOUR)
    assert follow_ups().exists()


def test_a_link_sent_anew_brings_no_second_one(plan):
    request = a_request()
    plan(MORNING + DAY)
    QuestionnaireRequest.objects.filter(pk=request.pk).update(version=2, token_hash="x" * 64)

    plan(MORNING + DAY + HOUR)

    assert follow_ups().count() == 1


def test_the_night_waits_for_the_morning(plan):
    a_request(sent_at=at(21))

    plan(at(21) + DAY)

    assert follow_ups().get().not_before == at(8) + 2 * DAY


def test_what_the_night_reaches_waits_too(plan):
    a_request()
    plan(MORNING + DAY)

    plan(at(21) + DAY)

    assert follow_ups().get().not_before == at(8) + 2 * DAY


@pytest.mark.parametrize("visit_in", [timedelta(hours=25), timedelta(hours=20)])
def test_right_before_the_visit_nobody_is_asked_to_sit_down(plan, visit_in):
    a_request(visit_in=visit_in)

    plan(MORNING + DAY)

    assert not follow_ups().exists()


def test_it_never_leaves_in_the_last_two_hours_before_the_visit(plan):
    a_request(visit_in=timedelta(hours=30))

    plan(MORNING + DAY)

    assert follow_ups().get().not_after == MORNING + 28 * HOUR


@pytest.mark.parametrize("why", ["done", "called back", "too old", "cancelled", "no address", "never sent", "long ago"])
def test_no_word_when_there_is_nothing_to_follow(plan, why):
    request = a_request(
        sent_at=None if why == "never sent" else MORNING, **({"email": ""} if why == "no address" else {})
    )
    rows, when = QuestionnaireRequest.objects.filter(pk=request.pk), MORNING + DAY
    if why in ("done", "called back"):
        rows.update(state={"done": "submitted", "called back": "revoked"}[why])
    if why == "too old":
        rows.update(expires_at=when)
    if why == "cancelled":
        request.patient.appointments.update(state="cancelled")
    if why == "long ago":
        when += 3 * DAY

    plan(when)

    assert not follow_ups().exists()


@pytest.mark.parametrize(
    ("why", "reason"),
    [
        ("done", "the form is filled in already"),
        ("cancelled", "the visit is no longer booked"),
        ("address", "the address was changed"),
        ("phone", "wants no e-mail: phone"),
        ("died", "the patient has died"),
        ("opted out", "wants no reminders by e-mail"),
    ],
)
def test_what_is_no_longer_true_is_skipped_with_its_reason(plan, in_role, why, reason):
    request = a_request()
    plan(MORNING + DAY)
    patient = type(request.patient).objects.filter(pk=request.patient_id)
    if why == "done":
        QuestionnaireRequest.objects.filter(pk=request.pk).update(state="submitted")
    if why == "cancelled":
        request.patient.appointments.update(state="cancelled")
    if why == "address":
        patient.update(email="other@mail.example")
    if why == "phone":
        patient.update(desk_facts=["no-email"])
    if why == "died":
        patient.update(deceased_on=NOW.date())
    if why == "opted out":
        Consent.objects.create(
            patient=request.patient, kind="email", state="inactive", text_version=1, text_language="en",
            signed_sha256="0" * 64, channel="link", given_at=NOW,
        )  # fmt: skip

    with in_role("worker"):
        states.claim(now=MORNING + DAY + HOUR, size=10)

    message = follow_ups().get()
    assert (message.state, message.reason) == ("cancelled", reason)


@pytest.mark.parametrize("begun", [False, True])
def test_the_mail_leads_back_and_says_nothing_of_health(plan, in_role, begun):
    request = a_request(begun_at=MORNING if begun else None)
    plan(MORNING + DAY)

    with in_role("worker"):
        mail = intake_follow_up.render(follow_ups().get(), MORNING + DAY)

    assert f"/i/{token_of(request)}/" in mail.text
    assert f"/i/{token_of(request)}/" in mail.html
    assert token_of(request) not in mail.kept
    assert ("go on where you stopped" in mail.text) == begun
    assert "only time we remind you" in mail.html
    assert "\n" not in mail.subject
    for word in ("pain", "mood", "needle"):
        assert word not in mail.text.lower()


def test_planning_takes_the_same_statements_for_many(plan):
    a_request()

    def statements(now):
        with CaptureQueriesContext(connection) as found:
            plan(now)
        return len(found)

    few = statements(MORNING + DAY)
    for number in range(5):
        person = a_patient(given=f"Greta{number}", email=f"g{number}@mail.example")
        request = issue_request(patient=person, appointment_id=None, by=None, now=MORNING)
        begin(request=request, now=MORNING)

    assert statements(MORNING + DAY) == few
    assert follow_ups().count() == 6
