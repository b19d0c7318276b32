"""A patient chooses a language on the first page; a form stays in the one it was begun in."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client
from django.utils import translation

from clinic.audit.models import AuditEvent
from clinic.kernel import clock
from clinic.practice.models import ConsentText, Practice, WorryText
from clinic.running.tests.test_every_word_of_patients_is_translated import ENGLISH
from patients.intake import steps
from patients.intake.models import QuestionnaireRequest
from patients.intake.services import issue_request
from patients.intake.services.requests import token_of
from patients.intake.tests.check_ins import BREATHLESS, WELL, Phone, a_check_in, link_of
from patients.models import Patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def offering(practice):
    Practice.objects.update(languages=["en", "es", "zh-Hans"])
    for language, body in (("es", "Llame ahora al 911."), ("zh-Hans", "请现在就拨打 911。")):
        WorryText.objects.create(kind="emergency", language=language, body=body)
        for kind in ("treatment", "privacy", "email"):
            ConsentText.objects.create(kind=kind, language=language, title="T", body="B", required=kind != "email")
    return practice


def shown(answer):
    text = re.sub(r"<(style|script).*?</\1>|<[^>]*>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(text.split())


def language_of(answer):
    return re.search(r'<html lang="([^"]+)"', answer.content.decode())[1]


def test_the_first_page_is_in_the_language_on_record(offering, maria, bob):
    Patient.objects.update(language="es")
    maria.refresh_from_db()
    asked = issue_request(patient=maria, appointment_id=None, by=bob, now=clock.now())
    answer = Client().get(f"/i/{token_of(asked)}/")

    assert asked.language == "es"
    assert language_of(answer) == "es-us"
    assert answer.headers["Content-Language"] == "es-us"
    assert "Antes de su primera visita" in shown(answer)
    assert translation.get_language() == "en"


def test_a_press_changes_the_form_and_the_patient_and_a_look_does_not(offering, asked, link):
    client = Client()
    client.get(link)
    answer = client.post(link, {"language": "zh-Hans"}, follow=True)

    asked.refresh_from_db()
    assert (asked.language, asked.state) == ("zh-Hans", "open")
    assert Patient.objects.get().language == "zh-Hans"
    assert "初诊之前" in shown(answer)
    assert AuditEvent.objects.filter(action="choose-language").count() == 1


def test_a_form_that_was_begun_stays_and_the_next_one_changes(offering, asked, link, maria, bob):
    client = Client()
    client.post(link)
    client.post(link, {"language": "es"})

    asked.refresh_from_db()
    assert asked.language == "en"
    page = shown(client.get(link))
    assert "These questions were begun in English and stay so. Mails and the next questions come in Español." in page
    QuestionnaireRequest.objects.update(state="submitted")
    maria.refresh_from_db()
    assert issue_request(patient=maria, appointment_id=None, by=bob, now=clock.now()).language == "es"


@pytest.mark.parametrize("language", ["fr", "", "x" * 500, "zh-Hans"])
def test_what_is_not_offered_is_not_taken(practice, asked, link, language):
    Practice.objects.update(languages=["en", "es"])
    assert Client().post(link, {"language": language}).status_code == 302

    asked.refresh_from_db()
    assert (asked.language, asked.state) == ("en", "open")


def test_nothing_is_asked_where_one_language_is_offered(practice, link):
    assert "Español" not in Client().get(link).content.decode()


def test_a_new_form_is_in_a_language_that_is_offered(practice, maria, bob):
    maria.language = "es"
    assert issue_request(patient=maria, appointment_id=None, by=bob, now=clock.now()).language == "en"


def test_pages_that_know_nobody_follow_the_browser(offering):
    link = "/i/" + "x" * 43 + "/"
    for asked_for, expected in (("es-MX,en;q=0.5", "es-us"), ("zh-CN", "zh-hans"), ("zh-TW", "en"), ("fr", "en")):
        answer = Client().get(link, headers={"Accept-Language": asked_for})
        assert language_of(answer) == expected
    assert "Este enlace ya no se abre" in shown(Client().get(link, headers={"Accept-Language": "es"}))


def test_the_device_keeps_which_language_was_spoken_until_it_is_given_back(offering, asked, link):
    client = Client()
    client.post(link, {"language": "es"})
    client.post(link)
    client.get("/i/form/1/")
    cookie = client.cookies["spoken"]
    assert (cookie.value, cookie["path"], cookie["httponly"]) == ("es", "/i/", True)

    client.post("/i/tablet/end/")
    assert client.cookies["spoken"].value == ""


def test_staff_pages_stay_in_english(offering, bob):
    client = Client()
    client.force_login(bob)
    answer = client.get("/patients/", headers={"Accept-Language": "es"})

    assert language_of(answer) == "en"
    assert "Content-Language" not in answer.headers


@pytest.mark.parametrize(("language", "day"), [("es", "lunes"), ("zh-Hans", "星期")])
def test_a_whole_check_in_is_in_the_patients_language(offering, maria, language, day):
    asked = a_check_in(maria, language=language)
    phone = Phone()
    begun = phone.client.get(link_of(asked))
    phone.begin(asked)
    pages = {
        "begin": begun,
        "form": phone.page(),
        "refused": phone.send({"ci-pain": "99"}),
        "worrying": phone.client.get(phone.send(BREATHLESS).url),
        "sent": phone.client.get(phone.send({**WELL, "ci-new": "0"}).url),
        "over": phone.client.get("/i/check-in/" + "x" * 43 + "/", headers={"Accept-Language": language}),
    }

    for name, page in pages.items():
        words = shown(page).replace("Clinic at the Old Mill", "").replace("English", "")
        assert ENGLISH.findall(words) == [], (name, words)
        assert language_of(page).split("-")[0] == language.split("-")[0]
    text = {"es": "Llame ahora al 911.", "zh-Hans": "请现在就拨打 911。"}[language]
    assert "".join(text.split()) in "".join(shown(pages["worrying"]).split())


@pytest.mark.parametrize(("language", "said"), [("en", "999 or 112"), ("es", "999 o 112"), ("zh-Hans", "999 或 112")])
def test_the_numbers_of_the_country_stand_in_the_patients_words(offering, maria, language, said):
    Practice.objects.update(country="IE")
    page = Phone(a_check_in(maria, language=language)).page()

    assert said in shown(page)


def test_the_answers_keep_the_language_they_were_given_in(offering, maria):
    asked = a_check_in(maria, language="es")
    Phone(asked).send(WELL)

    assert {response.language for response in asked.responses.all()} == {"es"}


def test_where_the_peg_has_no_words_others_are_asked_and_no_score_is_made_up():
    for language in ("es", "zh-Hans"):
        codes, unspoken = steps.offered(language)
        assert codes == ("nrs-pain", "checkin", "phq-4")
        assert unspoken == ()
    assert steps.offered("en")[0] == ("peg", "phq-4", "checkin")


@pytest.mark.parametrize(
    ("language", "heading"), [("es", "Su dolor en la última semana"), ("zh-Hans", "您最近一周的疼痛")]
)
def test_hindrance_by_pain_is_asked_under_pain_and_not_under_mood(offering, maria, bob, phone, language, heading):
    maria.language = language
    asked = issue_request(patient=maria, appointment_id=None, by=bob, now=clock.now())
    phone.fill(f"/i/{token_of(asked)}/", until=4)
    groups = phone.get("/i/form/5/").context["form"].groups

    with translation.override(language):
        assert [[field.name for field in group.fields] for group in groups if str(group.stem) == heading] == [
            ["ci-interference"]
        ]


def test_a_chinese_date_begins_with_its_year_whatever_the_country(offering, maria, bob):
    maria.language = "zh-Hans"
    asked = issue_request(patient=maria, appointment_id=None, by=bob, now=clock.now())
    link = f"/i/{token_of(asked)}/"
    Client().post(link)  # begun on another device
    client = Client()
    client.post(link)

    page = client.get("/i/birth-date/").content.decode()

    assert re.findall(r'name="birth_date_(day|month|year)"', page) == ["year", "month", "day"]


def test_a_language_without_any_words_is_a_task_for_an_interpreter():
    codes, unspoken = steps.offered("fr")

    assert codes == ()
    assert unspoken == steps.INSTRUMENTS


def test_wrong_input_is_answered_in_the_patients_language(offering, maria, bob):
    maria.language = "es"
    maria.birth_date = date(1961, 3, 12)
    asked = issue_request(patient=maria, appointment_id=None, by=bob, now=clock.now())
    link = f"/i/{token_of(asked)}/"
    Client().post(link)  # begun on another device
    client = Client()
    client.post(link)
    said = {"form_token": "2b0a1a1e-6b0a-4b61-a1f5-6f3a3ad1b2c4", "end": "1", "birth_date_day": "31",
            "birth_date_month": "2", "birth_date_year": "1961"}  # fmt: skip
    answer = client.post("/i/birth-date/", said)

    assert "El mes de febrero de 1961 solo tiene 28 días." in shown(answer)
