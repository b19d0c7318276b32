"""A mail is written in the language of the patient it goes to, whatever its kind; staff read English."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.template.loader import get_template
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext

from clinic.kernel import clinic_words
from clinic.outbox import kinds
from clinic.outbox.letters import write
from clinic.outbox.models import OutgoingMessage
from clinic.outbox.tests.conftest import NOON
from clinic.practice.models import Practice
from clinic.running.tests.test_every_word_of_patients_is_translated import ENGLISH
from clinic.running.tests.test_no_english_stands_bare_before_patients import ROOT, TO_STAFF
from patients.models import Patient

MONDAY = date(2026, 11, 16)


def render(message, now):
    says = f"{gettext('Your appointment is booked.')} {clinic_words.day_long(MONDAY)}"
    return kinds.Mail(subject=says, text=says, html=f"<p>{says}</p>", kept=says)


@pytest.fixture(autouse=True)
def _a_kind(_kinds):
    kinds.register(kinds.Kind("test-spoken", "Spoken", render))


def a_patient(language, email):
    return Patient.objects.create(given_name="Li", email=email, language=language, created_at=NOON)


def offering(*languages):
    Practice.objects.update(languages=["en", *languages])


@pytest.mark.django_db
def test_each_patient_gets_their_own_language_in_one_batch(sink, queue, run, practice):
    offering("es", "zh-Hans")
    for language in ("en", "es", "zh-Hans"):
        patient = a_patient(language, f"{language.lower()}@mail.example")
        queue("test-spoken", to_address=patient.email, patient_id=patient.pk)

    run()

    assert {taken.recipient: taken.mail["Subject"].strip() for taken in sink.taken} == {
        "en@mail.example": "Your appointment is booked. Monday 16 November",
        "es@mail.example": "Su cita está reservada. lunes 16 de noviembre",
        "zh-hans@mail.example": "您的预约已成功。 11月16日星期一",
    }
    assert translation.get_language() == "en"


@pytest.mark.django_db
def test_what_is_not_offered_is_said_in_english(sink, queue, run, practice):
    offering("es")
    for language in ("zh-Hans", "fr"):
        patient = a_patient(language, f"{language.lower()}@mail.example")
        queue("test-spoken", to_address=patient.email, patient_id=patient.pk)

    run()

    assert all(taken.mail["Subject"].startswith("Your appointment") for taken in sink.taken)


@pytest.mark.django_db
def test_a_mail_about_a_patient_to_somebody_else_is_english(sink, queue, run, practice):
    offering("es")
    patient = a_patient("es", "li@mail.example")
    queue("test-spoken", to_address="desk@oldmill.example", patient_id=patient.pk)

    run()

    assert sink.taken[0].mail["Subject"].startswith("Your appointment")


@pytest.mark.django_db
def test_languages_are_asked_for_once_a_batch_and_never_where_one_is_offered(sink, queue, run, practice):
    for number in range(6):
        patient = a_patient("es", f"p{number}@mail.example")
        queue("test-spoken", to_address=patient.email, patient_id=patient.pk)
    with CaptureQueriesContext(connection) as asked:
        run()
    assert _about_languages(asked) == []

    offering("es")
    OutgoingMessage.objects.update(state="queued", sent_at=None)
    with CaptureQueriesContext(connection) as asked:
        run()
    assert len(_about_languages(asked)) == 1


def _about_languages(asked):
    return [query["sql"] for query in asked if query["sql"].startswith("SELECT") and '."language"' in query["sql"]]


MAILS = sorted(
    path.name.removesuffix("-body.html")
    for path in (ROOT / "emails").glob("*-body.html")
    if not path.name.startswith(TO_STAFF)
)


@pytest.mark.parametrize("language", ["es", "es-us", "zh-hans"])
@pytest.mark.parametrize("name", MAILS)
def test_no_english_stands_in_a_mail_to_a_patient(name, language):
    practice = Practice(name="Molino", country="US", phone="+12025550142", reply_to="d@molino.example")
    given = {"greeting_name": "Li", "link": "https://m.example/x", "visit_link": "https://m.example/v",
             "page_link": "https://m.example/p", "free_until": "9:35", "read_when": "9:35", "title": "9:35",
             "under": ["9:35"], "short_day": "9:35", "at": "9:35", "mails_link": "https://m.example/m",
             "first_name": "Li"}  # fmt: skip
    with translation.override(language):
        mail = write(name, practice=practice, context=given)
        bare = write(name, practice=Practice(name="Molino", country="US"), context=given | dict.fromkeys(
            ("visit_link", "page_link", "free_until"), ""))  # fmt: skip

    assert f'<html lang="{language}">' in mail.html
    said = get_template("emails/_base.body.html").template.source
    shell = set(ENGLISH.findall(said))  # what stands in the style sheet of the frame
    for text in (mail.subject, mail.text, bare.text):
        assert ENGLISH.findall(text) == []
    assert set(ENGLISH.findall(mail.html)) - shell == set()
