"""The questions at the end of a course: the ten of a checkpoint, on the page of the check-in, in three languages."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from clinic.attention.models import Task
from clinic.kernel import clock
from clinic.practice.models import Practice, WorryText
from clinic.staff.tests.cast import a_user
from patients.intake.models import QuestionnaireRequest, Score
from patients.intake.reading_check_in import reading_for
from patients.intake.services.arriving import NoWords, ask_at_end
from patients.intake.tests.check_ins import Phone, a_check_in, link_of
from patients.intake.tests.test_the_form_at_a_checkpoint import TEN
from patients.models import Patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def maria():
    now = clock.now()
    practice = {"name": "Old Mill", "country": "US", "timezone": "America/New_York", "opened_at": now}
    Practice.objects.update_or_create(id=1, defaults=practice | {"languages": ["en", "es", "zh-Hans"]})
    WorryText.objects.create(kind="emergency", language="en", body="Please call 911 now.")
    return Patient.objects.create(given_name="Maria", created_at=now, birth_date=date(1961, 3, 12))


def the_end(patient, **fields):
    return a_check_in(patient, appointment_id=1, course_id=7, form="course-end", **fields)


def test_it_asks_the_ten_and_keeps_that_it_did(maria):
    phone = Phone()
    asked = the_end(maria)
    assert "About your treatment as a whole, Maria. One page, about two minutes." in phone.client.get(
        link_of(asked)
    ).content.decode()  # fmt: skip
    phone.begin(asked)
    page = phone.page()
    assert sorted(f.name for group in page.context["form"].groups for f in group.fields) == sorted(TEN)
    assert "Your acupuncturist reads this with the record of your treatment, not at once." in page.content.decode()

    sent = phone.send(TEN)

    assert "You can still change your answers." in phone.client.get(sent.url).content.decode()
    asked.refresh_from_db()
    assert (asked.state, asked.ten_questions, asked.course_id) == ("submitted", True, 7)
    peg = Score.objects.get(response__request=asked, response__instrument="peg", output="score")
    assert Fraction(peg.total, peg.count) == Fraction(11, 3)
    lines = dict(reading_for(maria.pk, user=a_user("Chen", "practitioner")).lines)
    assert lines["Compared with before treatment, my main concern is:"] == "Much better"
    assert "You can still change them." in phone.client.get(link_of(asked)).content.decode()


def test_a_check_in_is_not_taken_for_the_ten(maria):
    phone = Phone(a_check_in(maria, appointment_id=1))

    phone.send({"ci-pain": "4", "ci-interference": "3", "ci-mood": "2", "ci-sleep": "2", "ci-analgesic-days": "0",
                "ci-new": "0", "ci-worried": "0"})  # fmt: skip

    assert QuestionnaireRequest.objects.get().state == "submitted"
    assert not QuestionnaireRequest.objects.get().ten_questions


def test_what_worries_counts_at_its_step_as_on_a_check_in(maria):
    phone = Phone(the_end(maria))

    phone.send({**TEN, "ci-worried": "1", "ci-effects": ["breath"]}, by_itself=True)

    assert Task.objects.get(kind="worrying-check-in").urgency == "emergency"


@pytest.mark.parametrize(
    ("language", "words"), [("es", "Sobre su tratamiento en conjunto, Maria."), ("zh-Hans", "这是关于您整个治疗的问题")]
)
def test_it_speaks_the_patients_language(maria, language, words):
    phone = Phone()

    assert words in phone.client.get(link_of(the_end(maria, language=language))).content.decode()


def test_in_the_clinic_it_is_open_for_two_hours_and_shows_nothing_that_was_typed_at_home(maria):
    at_home = the_end(maria)
    Phone(at_home).send({"gc-1": "6"}, by_itself=True)
    bob = a_user("Bob", "front-desk")

    here = ask_at_end(patient=maria, appointment_id=1, course_id=7, by=bob, now=clock.now())

    assert here.pk == at_home.pk
    assert here.expires_at - here.issued_at == timedelta(hours=2)
    phone = Phone(here)
    assert phone.page().context["form"]["gc-1"].value() in (None, "")
    assert Phone().client.get(link_of(at_home)).status_code == 404
    phone.send(TEN)
    again = ask_at_end(patient=maria, appointment_id=1, course_id=7, by=bob, now=clock.now())
    assert (again.pk, again.state) == (here.pk, "submitted")


def test_a_language_without_words_is_asked_with_an_interpreter(maria):
    Patient.objects.update(language="fr")
    maria.refresh_from_db()

    with pytest.raises(NoWords):
        ask_at_end(
            patient=maria, appointment_id=1, course_id=7, by=a_user("Bob", "front-desk"), now=clock.now()
        )  # fmt: skip
