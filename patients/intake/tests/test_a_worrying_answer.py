from __future__ import annotations

import pytest
from django.test import Client

from clinic.attention.models import Task
from clinic.practice.models import WorryText
from patients.intake import steps
from patients.intake.models import QuestionnaireRequest
from patients.intake.tests.conftest import FEELINGS, HEALTH, row
from patients.intake.worry_texts import with_numbers

EMERGENCY = HEALTH | {"ticks": ["acute_emergency"]}


def test_an_emergency_shows_its_text_and_opens_a_task_although_the_form_is_never_finished(link, asked, phone):
    phone.fill(link, until=3)

    answer = phone.send(4, EMERGENCY)

    assert answer.headers["Location"] == "/i/please-read/"
    page = phone.get("/i/please-read/").content.decode()
    assert 'Please call <a href="tel:911">911</a> now.' in page
    assert "Go on with the form" in page
    task = Task.objects.get()
    assert (task.urgency, task.patient_id, task.subject_id) == ("emergency", asked.patient_id, asked.pk)
    assert "Right now something" not in page
    assert row(asked).state == "begun"


def test_the_same_answer_makes_one_task_and_its_page_once(link, phone):
    phone.fill(link, until=3)
    phone.send(4, EMERGENCY)

    again = phone.send(4, EMERGENCY | {"medicines": "none"})

    assert again.headers["Location"] == "/i/form/5/"
    assert Task.objects.count() == 1


def test_an_answer_taken_back_stays_known(link, asked, phone, charlie):
    phone.fill(link, until=3)
    phone.send(4, EMERGENCY)
    phone.send(4, HEALTH)

    assert row(asked).draft.flags == ["acute_emergency"]
    client = Client()
    client.force_login(charlie)
    page = client.get(f"/patients/{asked.patient.public_id}/intake/").content.decode()
    assert "or taken back" in page
    assert Task.objects.filter(acknowledged_at__isnull=True).count() == 1


def test_an_emergency_does_not_wait_for_another_mistake_on_its_page(link, asked, phone):
    phone.fill(link, until=3)

    answer = phone.send(4, EMERGENCY | {"medicines": "x" * 400})

    assert answer.status_code == 200
    assert "911" in answer.content.decode()
    assert "characters long" in answer.content.decode()
    assert Task.objects.get().urgency == "emergency"
    assert str(steps.HEALTH) not in row(asked).draft.data


@pytest.mark.parametrize("sign", ["saddle", "bladder", "weakness", "fever"])
def test_each_emergency_sign_of_back_pain_counts(link, phone, sign):
    phone.fill(link, until=1)
    phone.send(2, {"concern": "Chronic low back pain"})
    phone.send(3)

    assert phone.send(4, HEALTH | {"ticks": [f"red_flag_back.{sign}"]}).headers["Location"] == "/i/please-read/"
    assert Task.objects.get().urgency == "emergency"


def test_a_history_of_cancer_with_back_pain_is_a_prompt_and_no_fright(link, phone):
    phone.fill(link, until=1)
    phone.send(2, {"concern": "Chronic low back pain"})
    phone.send(3)

    assert phone.send(4, HEALTH | {"ticks": ["cancer"]}).headers["Location"] == "/i/form/5/"
    assert Task.objects.get().urgency == "prompt"


def test_very_low_mood_is_told_to_the_practitioner_without_a_text(link, phone):
    phone.fill(link, until=4)

    assert phone.send(5, FEELINGS | {"ci-mood": "8"}).headers["Location"] == "/i/form/6/"
    assert Task.objects.get().urgency == "prompt"


def test_nothing_that_worries_opens_nothing(link, phone):
    phone.fill(link)

    assert not Task.objects.exists()
    assert phone.get("/i/please-read/").headers["Location"] == "/i/form/"


def test_the_text_comes_in_the_language_of_the_patient_where_there_is_one(link, asked, phone):
    WorryText.objects.create(kind="emergency", language="es", body="Llame al 911 ahora.")
    phone.begin(link)
    QuestionnaireRequest.objects.filter(pk=asked.pk).update(language="es")
    phone.fill(link, until=3)
    phone.send(4, EMERGENCY)

    assert "Llame al" in phone.get("/i/please-read/").content.decode()


def test_without_a_text_of_the_practice_the_plain_sentence_stands(link, phone, in_role):
    with in_role("owner"):
        WorryText.objects.all().delete()
    phone.fill(link, until=3)
    phone.send(4, EMERGENCY)

    assert "Call the emergency number now." in phone.get("/i/please-read/").content.decode()


def test_a_text_of_the_clinic_cannot_carry_markup():
    said = with_numbers("Call <b>112</b>\n\nor 0800 111 0 111 <script>")

    assert "<script>" not in said
    assert '<a href="tel:08001110111">0800 111 0 111</a>' in said
    assert "&lt;b&gt;" in said
