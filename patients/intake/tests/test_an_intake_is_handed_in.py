from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.attention.models import Task
from clinic.audit.models import AuditEvent
from clinic.kernel import clock
from clinic.practice.models import ConsentText
from patients.intake import querysets, services, steps
from patients.intake.models import IntakeSubmission, QuestionnaireRequest, QuestionnaireResponse, Score
from patients.intake.services import issue_request
from patients.intake.services.requests import token_of
from patients.intake.services.submitting import content_sha256
from patients.intake.tests.conftest import AGREEMENT, CONTACT, FEELINGS, HEALTH, a_png, as_data_url, row
from patients.intake.tests.test_a_step_is_saved import counted
from patients.models import Complaint, Consent, Medication, Patient, SafetyFact
from patients.services.record import Signature, as_it_was_signed


def test_everything_is_kept_in_one_act(link, asked, phone, maria):
    phone.fill(link)

    answer = phone.send(6)

    assert answer.headers["Location"] == "/i/sent/"
    assert row(asked).state == "submitted"
    submission = IntakeSubmission.objects.get()
    assert submission.content_sha256 == content_sha256(submission.answers)
    assert {r.instrument: r.status for r in QuestionnaireResponse.objects.all()} == {
        "peg": "complete", "phq-4": "complete", "checkin": "complete",
    }  # fmt: skip
    peg = Score.objects.get(response__instrument="peg")
    assert (peg.value, peg.total, peg.count) == (Decimal("6.000"), 18, 3)
    assert Score.objects.get(response__instrument="checkin", output="pain").value == 6
    complaint = Complaint.objects.get()
    assert (complaint.condition_id, complaint.goal, complaint.pattern) == ("neck-pain", "Swim again", "constant")
    assert SafetyFact.objects.get().detail == "apixaban 5 mg"
    assert [m.words for m in Medication.objects.all()] == ["Apixaban 5 mg", "Amitriptyline"]
    assert sorted(Consent.objects.values_list("kind", flat=True)) == ["privacy", "treatment"]
    assert AuditEvent.objects.filter(action="submit", acting_as="link", patient_id=maria.pk).count() == 1
    mended = Patient.objects.get(pk=maria.pk)
    assert (mended.address_as, mended.desk_facts, mended.version) == ("Mafer", ["stairs"], 2)


def test_handing_in_takes_ten_statements(link, phone):
    phone.fill(link, until=4)
    phone.send(5, FEELINGS | {"ci-mood": "9"})
    version = phone.version(6)

    with CaptureQueriesContext(connection) as queries:
        assert phone.send(6, version=version).status_code == 302

    assert len(counted(queries)) <= 10, counted(queries)


def test_what_was_signed_can_be_proved(link, phone):
    phone.fill(link)
    png = a_png()
    phone.send(6, {"agree_treatment": "on", "agree_privacy": "on", "drawing": as_data_url(png)})

    consent = Consent.objects.get(kind="treatment")
    text = ConsentText.objects.get(kind="treatment")
    assert bytes(consent.signature_png) == png
    assert as_it_was_signed(consent, text)
    text.body += " And more."
    assert not as_it_was_signed(consent, text)


def test_after_sending_nothing_can_be_read_again(link, asked, phone, other_phone):
    phone.fill(link)
    phone.send(6)

    thanks = phone.get("/i/sent/").content.decode()
    assert "reads this before your first visit" in thanks
    for path in ("/i/form/", "/i/form/2/", "/i/form/6/", "/i/please-read/", "/i/birth-date/"):
        assert phone.get(path).headers["Location"] == "/i/sent/"
    for device in (phone, other_phone):
        assert device.get(link).status_code == 404
        assert device.begin(link).status_code == 404
    assert "Neck" not in thanks
    assert "no-store" in phone.get("/i/sent/").headers["Cache-Control"]


def test_the_thanks_name_the_emergency_number_of_the_country(link, phone):
    phone.fill(link)
    phone.send(6)

    page = phone.get("/i/sent/").content.decode()
    assert 'call <a href="tel:911">911</a>.' in page
    assert "the emergency number" not in page


def test_sending_twice_makes_one_submission(link, phone):
    phone.fill(link)
    version = phone.version(6)

    first = phone.send(6, version=version)
    second = phone.send(6, version=version)

    assert first.headers["Location"] == second.headers["Location"] == "/i/sent/"
    assert IntakeSubmission.objects.count() == 1
    assert Consent.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_sending_at_the_same_moment_makes_one_submission(link, asked, phone):
    phone.fill(link)
    now = clock.now()
    results, gate = [], threading.Barrier(4)

    def send():
        try:
            request = querysets.in_work(asked.public_id, asked.version, now)
            texts = querysets.consent_texts("en")
            gate.wait()
            results.append(
                services.submit(
                    request=request,
                    signed=services.Signed(texts, Signature("María")),
                    told_before=False,
                    today=timezone.localdate(now),
                    now=now,
                )
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [result is None for result in results].count(False) == 1
    assert IntakeSubmission.objects.count() == 1
    assert QuestionnaireResponse.objects.count() == 3


@pytest.mark.parametrize(
    ("missing", "says"),
    [("agree_treatment", "Please tick this"), ("agree_privacy", "Please tick this"), ("signed_name", "Please sign")],
)
def test_a_missing_agreement_or_signature_is_said_and_the_rest_is_kept(link, asked, phone, missing, says):
    phone.fill(link)

    page = phone.send(6, {name: value for name, value in AGREEMENT.items() if name != missing})

    assert page.status_code == 200
    assert says in page.content.decode()
    assert missing == "signed_name" or "María Gutiérrez" in page.content.decode()
    assert row(asked).state == "begun"


def test_a_text_that_may_stay_open_leaves_no_row_when_it_does(link, phone):
    phone.fill(link)
    phone.send(6)

    assert not Consent.objects.filter(kind="email").exists()


def test_a_drawing_that_is_none_is_refused_and_not_given_back(link, phone):
    phone.fill(link)

    page = phone.send(6, AGREEMENT | {"signed_name": "", "drawing": "data:image/png;base64,AAAA"})

    assert page.status_code == 200
    assert "could not be read" in page.content.decode()
    assert "AAAA" not in page.content.decode()


def test_the_newest_text_of_each_kind_is_signed(link, phone, practice):
    ConsentText.objects.create(kind="treatment", version=2, title="Newer", body="Newer words.", required=True)
    phone.fill(link)
    page = phone.get("/i/form/6/").content.decode()

    assert "Newer words." in page
    assert "The words on treatment." not in page
    phone.send(6)
    assert Consent.objects.get(kind="treatment").text_version == 2


def test_numbers_of_a_helper_stay_out_of_the_baseline(link, phone):
    phone.begin(link)
    phone.send(1, CONTACT | {"filled_by": "helper", "helper": "her sister"})
    for step in (2, 3, 4, 5):
        phone.send(step)
    phone.send(6, signer="on")

    assert set(QuestionnaireResponse.objects.values_list("answered_by", flat=True)) == {"her sister"}


def test_feelings_left_open_make_no_response(link, phone):
    phone.begin(link)
    phone.send(1, CONTACT | {"filled_by": "helper", "helper": "her sister"})
    phone.send(2)
    phone.send(3)
    phone.send(4)
    phone.send(5, {})

    assert phone.send(6, signer="on").headers["Location"] == "/i/sent/"
    assert not QuestionnaireResponse.objects.exists()


def test_questions_without_words_in_a_language_become_a_task(link, asked, phone):
    phone.begin(link)
    QuestionnaireRequest.objects.filter(pk=asked.pk).update(language="fr")
    for step in range(1, steps.FEELINGS):
        phone.send(step)
    page = phone.get(f"/i/form/{steps.FEELINGS}/").content.decode()
    assert "peg-1" not in page
    phone.send(steps.FEELINGS, {})
    phone.send(steps.AGREEMENT)

    assert Task.objects.get().kind == "ask-with-interpreter"
    assert not QuestionnaireResponse.objects.exists()


def test_a_second_intake_brings_the_newest_details_and_no_doubles(link, maria, bob, phone, other_phone):
    phone.fill(link)
    phone.send(6)
    second = issue_request(patient=maria, appointment_id=None, by=bob, now=clock.now())
    other_phone.begin(f"/i/{token_of(second)}/")
    other_phone.send(1)
    other_phone.send(2)
    other_phone.send(3)
    other_phone.send(4, HEALTH | {"detail_anticoagulant": "warfarin", "medicines": "APIXABAN 5 mg\nGinger"})
    other_phone.send(5)
    version = other_phone.version(6)

    with CaptureQueriesContext(connection) as queries:
        other_phone.send(6, version=version)

    assert len(counted(queries)) <= 10, counted(queries)
    assert SafetyFact.objects.get(ended_at__isnull=True).detail == "warfarin"
    assert [m.words for m in Medication.objects.all()] == ["Apixaban 5 mg", "Amitriptyline", "Ginger"]


def test_nobody_changes_a_submission_or_an_agreement(link, phone):
    phone.fill(link)
    phone.send(6)

    for change in (
        lambda: IntakeSubmission.objects.update(answers={}),
        lambda: Consent.objects.update(state="inactive"),
        lambda: Score.objects.update(value=0),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_draft_with_a_missing_page_cannot_be_sent(link, asked, phone):
    phone.fill(link)
    draft = row(asked).draft
    del draft.data["4"]
    draft.save()

    assert phone.send(6, version=9).headers["Location"] == "/i/form/4/"
    assert not IntakeSubmission.objects.exists()
