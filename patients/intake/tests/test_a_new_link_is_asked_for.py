from __future__ import annotations

from datetime import timedelta

from clinic.kernel import clock
from clinic.outbox.models import OutgoingMessage
from patients.intake.models import QuestionnaireRequest
from patients.intake.services import issue_request
from patients.intake.services.requests import token_of
from patients.intake.tests.conftest import row
from patients.models import Patient


def ask(phone, token):
    return phone.client.post("/i/new-link/", {"token": token})


def test_an_expired_link_brings_a_new_one_to_the_address_on_file(asked, phone):
    old = token_of(asked)
    QuestionnaireRequest.objects.filter(pk=asked.pk).update(expires_at=clock.now() - timedelta(days=1))

    answer = ask(phone, old)

    mail = OutgoingMessage.objects.get()
    assert answer.status_code == 200
    assert (mail.kind, mail.to_address, mail.subject_id) == ("intake-link", "maria@mail.example", asked.pk)
    assert token_of(row(asked)) != old
    assert phone.get(f"/i/{token_of(row(asked))}/").status_code == 200
    assert phone.get(f"/i/{old}/").status_code == 404


def test_everybody_who_asks_is_answered_the_same(asked, phone, maria):
    known = ask(phone, token_of(asked)).content
    unknown = ask(phone, "x" * 43).content
    Patient.objects.filter(pk=maria.pk).update(email="")
    without_mail = ask(phone, token_of(asked)).content

    assert known == unknown == without_mail
    assert ask(phone, "\x00").status_code == 200


def test_asking_many_times_sends_one_mail(asked, phone):
    for _ in range(5):
        ask(phone, token_of(asked))

    assert OutgoingMessage.objects.count() == 1


def test_a_form_that_was_handed_in_is_not_sent_again(asked, phone):
    QuestionnaireRequest.objects.filter(pk=asked.pk).update(state="submitted", submitted_at=clock.now())

    assert ask(phone, token_of(asked)).status_code == 200
    assert not OutgoingMessage.objects.exists()


def test_a_called_back_link_brings_a_fresh_request(asked, phone, maria):
    QuestionnaireRequest.objects.filter(pk=asked.pk).update(state="revoked")

    ask(phone, token_of(asked))

    assert QuestionnaireRequest.objects.filter(patient=maria, state="open").count() == 1


def test_issuing_twice_gives_the_live_request(asked, maria, bob):
    assert issue_request(patient=maria, appointment_id=None, by=bob, now=clock.now()).pk == asked.pk
    assert len(token_of(asked)) == 43
    assert token_of(asked) not in str(QuestionnaireRequest.objects.values_list().get(pk=asked.pk))
