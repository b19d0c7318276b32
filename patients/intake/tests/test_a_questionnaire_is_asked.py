"""A practitioner asks for a questionnaire: where it may be asked, one screen, and what a worrying answer does."""

from __future__ import annotations

import uuid
from datetime import time, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from clinic.attention.models import Duty, Task
from clinic.audit.models import AuditEvent
from clinic.outbox import kinds, rounds
from clinic.outbox.models import OutgoingMessage
from clinic.practice.models import Practice
from clinic.staff.models import Practitioner, WeeklyHours
from patients.intake.models import QuestionnaireRequest, QuestionnaireResponse
from patients.intake.presence import somebody_is_in
from patients.intake.services.requests import token_of
from patients.intake.tests.conftest import NOW, a_user
from patients.models import Patient

PHQ9 = {f"phq9-{number}": "1" for number in range(1, 9)} | {"phq9-9": "0", "phq9-10": "0"}


@pytest.fixture(autouse=True)
def open_clinic(charlie):
    """Monday 9:30 in New York, the clinic is open from 9 to 12."""
    with time_machine.travel(NOW, tick=False):
        WeeklyHours.objects.create(practitioner=charlie.practitioner, weekday=0, opens=time(9), closes=time(12))
        yield


@pytest.fixture
def charlies(charlie):
    browser = Client()
    browser.force_login(charlie)
    return browser


def ask(browser, patient, *codes, where="code"):
    said = {"instruments": list(codes), "where": where, "form_token": str(uuid.uuid4()), "end": "1"}
    return browser.post(f"/patients/{patient.public_id}/ask/", said)


def the_request():
    return QuestionnaireRequest.objects.filter(form="questionnaire").latest("id")


class Phone:
    def __init__(self, request=None):
        self.client = Client()
        if request is not None:
            self.begun = self.client.post(f"/i/asked/{token_of(request)}/")

    def send(self, answers, *, by_itself=False, version=None):
        if version is None:
            version = self.client.get("/i/asked/").context["form"]["version"].value()
        data = {"form_token": str(uuid.uuid4()), "version": version, "end": "1", **answers}
        return self.client.post("/i/asked/", data, headers={"X-Deqi-Autosave": "1"} if by_itself else {})


@pytest.fixture
def tablet(charlie, maria):
    """A device of the clinic on which Charlie asked María the PHQ-9: his sign-in has ended on it."""
    device = Client()
    device.force_login(charlie)
    answer = ask(device, maria, "phq-9", where="here")
    assert answer.headers["Location"] == "/i/asked/"
    phone = Phone()
    phone.client = device
    return phone


def test_a_code_opens_it_on_the_patients_phone(charlies, maria):
    assert ask(charlies, maria, "gad-7").status_code == 302
    assert token_of(the_request()) in charlies.get(f"/patients/{maria.public_id}/asked/code/").content.decode()
    phone = Phone(the_request())

    assert phone.send({"gad7-1": "1"}).headers["Location"] == "/i/asked/sent/"
    assert phone.client.get("/i/asked/sent/").status_code == 200


def test_it_is_answered_on_one_screen_scored_and_read(tablet, charlies, charlie, maria):
    phone = tablet
    page = phone.client.get("/i/asked/").content.decode()
    assert "Little interest" in page
    assert "Spitzer" in page, "the notice of the holders"

    assert phone.send(PHQ9).headers["Location"] == "/i/asked/sent/"

    assert QuestionnaireResponse.objects.get(instrument="phq-9").scores.get(output="total").total == 8
    assert not Task.objects.exists()
    reading = charlies.get(f"/patients/{maria.public_id}/asked/").content.decode()
    assert "Low mood (PHQ-9)" in reading
    assert "mild" in reading
    assert "in English: original" in reading
    assert "A questionnaire that came in" in charlies.get("/attention/").content.decode()
    charlies.post(f"/patients/{maria.public_id}/asked/read/", {"request": str(the_request().public_id)})
    assert the_request().read_by_id == charlie.pk


def test_the_ninth_answer_counts_the_moment_it_is_kept_although_nothing_is_sent(
    tablet, charlies, maria, in_role, charlie
):
    said = tablet.send({"phq9-9": "1"}, by_itself=True).json()

    assert "988" in said["texts"][0]["body"]
    task = Task.objects.get()
    assert (task.kind, task.urgency, task.subject_id) == ("worrying-questionnaire", "same-day", the_request().pk)
    with in_role("worker"):
        rounds.run(now=NOW)
    task.refresh_from_db()
    assert task.assigned_to == charlie
    assert OutgoingMessage.objects.filter(kind="form-needs-you").count() == 1
    reading = charlies.get(f"/patients/{maria.public_id}/asked/").content.decode()
    assert "Same-day review by a clinician" in reading
    assert the_request().state == "begun"


def test_sent_with_the_ninth_answer_the_words_of_the_clinic_come_first(tablet):
    assert tablet.send(PHQ9 | {"phq9-9": "2"}).headers["Location"] == "/i/asked/please-read/"
    assert "988" in tablet.client.get("/i/asked/please-read/").content.decode()


def test_a_draft_is_nobody_elses(tablet, maria, in_role):
    ana = a_user("ana", "practitioner")
    Practitioner.objects.create(user=ana, display_name="Ana", licence="L 2")
    tablet.send({"phq9-9": "1"}, by_itself=True)
    with in_role("worker"):
        rounds.run(now=NOW)
    browser = Client()
    browser.force_login(ana)

    page = browser.get(f"/patients/{maria.public_id}/asked/").content.decode()
    assert "Same-day review" not in page
    assert "Not sent yet" in page


def test_phq_9_is_not_asked_while_the_clinic_is_closed(charlies, maria):
    with time_machine.travel(NOW + timedelta(hours=4), tick=False):
        page = ask(charlies, maria, "phq-9", where="here").content.decode()

    assert "while a practitioner is in the building" in page
    assert not QuestionnaireRequest.objects.filter(form="questionnaire").exists()


def test_phq_9_is_shown_only_while_a_practitioner_is_in(tablet, charlie):
    assert tablet.client.get("/i/asked/").status_code == 200, "the control"
    charlie.is_active = False
    charlie.save(update_fields=["is_active"])

    assert tablet.client.get("/i/asked/").status_code == 403


def test_phq_9_never_opens_on_a_phone_of_ones_own(tablet, charlies, maria):
    assert "on a device of ours" in ask(charlies, maria, "phq-9", where="code").content.decode()
    assert Phone(the_request()).begun.status_code == 403
    assert token_of(the_request()) not in charlies.get(f"/patients/{maria.public_id}/asked/code/").content.decode()


def test_nobody_is_in_before_a_practitioner_worked_today(practice, charlie, maria):
    timezone.activate(practice.timezone)
    assert not somebody_is_in(NOW)
    browser = Client()
    browser.force_login(charlie)
    browser.get("/today/")

    timezone.activate(practice.timezone)
    assert somebody_is_in(NOW)
    assert not somebody_is_in(NOW + timedelta(hours=4)), "the clinic is closed then"


def test_gad_7_opens_at_any_time(charlies, maria):
    ask(charlies, maria, "gad-7")
    with time_machine.travel(NOW + timedelta(hours=4), tick=False):
        assert Phone(the_request()).begun.status_code == 302


def test_phq_9_goes_by_mail_only_with_two_persons_cover_and_telephones_that_ring(charlies, charlie, maria):
    refused = ask(charlies, maria, "phq-9", where="mail").content.decode()
    assert "It goes by mail only where two persons" in refused
    others = [a_user(name, "practitioner") for name in ("ana", "wei")]
    Duty.objects.create(
        id=1, first=charlie, second=others[0], first_rings="a@sms.example", second_rings="b@sms.example", rang_at=NOW
    )
    assert "It goes by mail only" in ask(charlies, maria, "phq-9", where="mail").content.decode(), "nobody steps in"
    Duty.objects.update(cover=others[1])

    assert ask(charlies, maria, "phq-9", where="mail").status_code == 302
    assert OutgoingMessage.objects.get(kind="questionnaire-link").to_address == maria.email


def test_the_mail_goes_out_and_says_nothing_of_health(charlies, maria, in_role):
    ask(charlies, maria, "gad-7", where="mail")
    with in_role("worker"):
        message = OutgoingMessage.objects.get(kind="questionnaire-link")
        mail = kinds.get("questionnaire-link").render(message, NOW)
    assert token_of(the_request()) in mail.text
    for word in ("GAD", "anxi", "mood", "PHQ"):
        assert word.lower() not in (mail.text + mail.subject).lower()


def test_on_this_device_it_signs_the_staff_out(tablet):
    assert "Little interest" in tablet.client.get("/i/asked/").content.decode()
    assert tablet.client.get("/today/").status_code == 302


def test_a_language_without_words_becomes_a_task(charlies, maria):
    Patient.objects.filter(pk=maria.pk).update(language="fr")
    ask(charlies, maria, "phq-9")

    assert not QuestionnaireRequest.objects.filter(form="questionnaire").exists()
    assert Task.objects.get().kind == "ask-with-interpreter"


def test_a_newer_one_calls_the_older_back(charlies, maria):
    ask(charlies, maria, "gad-7")
    first = the_request()
    ask(charlies, maria, "gad-7")

    assert QuestionnaireRequest.objects.get(pk=first.pk).state == "revoked"
    assert Phone(first).begun.status_code == 404


def test_the_same_page_sent_twice_is_one_answer(charlies, maria):
    ask(charlies, maria, "gad-7")
    phone = Phone(the_request())
    version = phone.client.get("/i/asked/").context["form"]["version"].value()
    phone.send({"gad7-1": "1"}, version=version)
    again = phone.send({"gad7-1": "1"}, version=version)

    assert again.status_code in (302, 404)
    assert QuestionnaireResponse.objects.filter(instrument="gad-7").count() == 1


def test_sent_again_because_the_answer_was_lost_the_words_of_the_clinic_come_again(tablet):
    version = tablet.client.get("/i/asked/").context["form"]["version"].value()
    first = tablet.send(PHQ9 | {"phq9-9": "2"}, version=version)
    again = tablet.send(PHQ9 | {"phq9-9": "2"}, version=version)

    assert first.headers["Location"] == again.headers["Location"] == "/i/asked/please-read/"
    assert "988" in tablet.client.get("/i/asked/please-read/").content.decode()
    assert QuestionnaireResponse.objects.count() == 1


def test_sent_again_where_nothing_worries_it_is_thanks(charlies, maria):
    ask(charlies, maria, "gad-7")
    phone = Phone(the_request())
    version = phone.client.get("/i/asked/").context["form"]["version"].value()
    phone.send({"gad7-1": "1"}, version=version)
    phone.send({"gad7-1": "1"}, version=version)

    assert phone.client.get("/i/asked/please-read/").headers["Location"] == "/i/asked/sent/"


def test_each_answer_keeps_it_open_on_a_tablet_and_ten_quiet_minutes_close_it(tablet):
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(3):
            clock.shift(timedelta(minutes=9))
            version = tablet.client.get("/i/asked/").context["form"]["version"].value()
            clock.shift(timedelta(minutes=9))
            assert tablet.send({"phq9-1": "1"}, by_itself=True, version=version).status_code == 200
        clock.shift(timedelta(minutes=11))

        assert tablet.client.get("/i/asked/").status_code == 404


def test_one_that_worries_and_waits_is_read_before_a_newer_one(tablet, charlies, charlie, maria, in_role):
    tablet.send(PHQ9 | {"phq9-9": "2"})
    with in_role("worker"):
        rounds.run(now=NOW)
    worrying = the_request()
    ask(charlies, maria, "gad-7")
    Phone(the_request()).send({"gad7-1": "1"})

    assert read_of(charlies, maria) == str(worrying.public_id)
    charlies.post(f"/attention/{Task.objects.get(subject_id=worrying.pk).public_id}/seen/")
    assert read_of(charlies, maria) == str(the_request().public_id)


def read_of(browser, patient):
    return browser.get(f"/patients/{patient.public_id}/asked/").context["reading"].public_id


def test_nothing_chosen_is_answered_in_words(charlies, maria):
    assert "Please choose at least one." in ask(charlies, maria).content.decode()
    assert "Please tick some of these." in ask(charlies, maria, "oswestry").content.decode()
    assert not QuestionnaireRequest.objects.filter(form="questionnaire").exists()


def test_the_desk_does_not_ask_and_does_not_read(bob, maria):
    desk = Client()
    desk.force_login(bob)
    for path in ("ask/", "asked/", "asked/code/"):
        assert desk.get(f"/patients/{maria.public_id}/{path}").status_code == 403
    assert ask(desk, maria, "phq-9").status_code == 403


def test_the_first_page_offers_the_languages_that_every_question_has(charlies, maria):
    Practice.objects.update(languages=["en", "es"])
    ask(charlies, maria, "gad-7")
    link = f"/i/asked/{token_of(the_request())}/"
    assert "Español" in Client().get(link).content.decode()

    answer = Client().post(link, {"language": "es"}, follow=True)
    assert "Algunas preguntas" in answer.content.decode()
    assert (the_request().language, the_request().state) == ("es", "open")
    # The PEG has no words in Spanish.
    Patient.objects.update(language="en")
    ask(charlies, maria, "gad-7", "peg")
    link = f"/i/asked/{token_of(the_request())}/"
    assert "Español" not in Client().get(link).content.decode()
    Client().post(link, {"language": "es"})
    assert the_request().language == "en"


def test_looking_at_the_link_changes_nothing(charlies, maria):
    ask(charlies, maria, "gad-7")
    link = f"/i/asked/{token_of(the_request())}/"
    for method in ("get", "head"):
        assert getattr(Client(), method)(link).status_code == 200
    assert the_request().state == "open"
    assert Client().get("/i/asked/" + "x" * 43 + "/").status_code == 404
    assert AuditEvent.objects.filter(action="ask", resource="questionnaire").count() == 1
