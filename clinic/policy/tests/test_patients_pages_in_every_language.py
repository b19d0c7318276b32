"""Every page behind a link, in every language: nothing of it is left in English."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
import time_machine

from clinic.policy.tests.house import NOW, a_house, everybody, routes, undone
from clinic.practice.models import ConsentText, Practice, WorryText
from clinic.running.tests.test_every_word_of_patients_is_translated import ENGLISH
from patients.intake.models import QuestionnaireRequest
from patients.models import Patient

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]

#: Pages behind a link that staff read: an invitation to the house, the test mail.
FOR_STAFF = ("setup/", "welcome/", "mail-test/")
#: What is not ours to translate: names, the holders' own notices, what the clinic and the patient wrote themselves.
NOT_OURS = re.compile(r"English|Greta|Lindqvist|Chen|(PHQ|GAD|Pfizer|Spitzer)[^<]*")


def visible(answer):
    text = re.sub(
        r"<(style|script|template|option)\b.*?</\1>|<!--.*?-->", " ", answer.content.decode(), flags=re.DOTALL
    )
    said = " ".join(re.findall(r'(?:aria-label|placeholder|title|alt|data-[a-z-]+)="([^"]*)"', text))
    return NOT_OURS.sub(" ", re.sub(r"<[^>]*>", " ", text) + " " + said)


@pytest.fixture
def house():
    with time_machine.travel(NOW, tick=False):
        yield a_house()


@pytest.mark.parametrize("language", ["es", "zh-Hans"])
def test_no_page_of_a_patient_is_left_in_english(house, language):
    Practice.objects.update(languages=["en", "es", "zh-Hans"], name="Molino", address="")
    Patient.objects.update(language=language)
    QuestionnaireRequest.objects.update(language=language)
    for kind in WorryText.Kind.values:
        WorryText.objects.create(kind=kind, language=language, body="911")
    for kind in ConsentText.Kind.values:
        ConsentText.objects.create(kind=kind, language=language, title="-", body="-", required=kind != "email")
    patients = {who: browser for who, browser in everybody(house).items() if who not in ("alice", "bob", "charlie")}

    english, looked_at, other = [], set(), []
    for knock in routes(house):
        if knock.tag is None or knock.tag.kind != "link" or knock.route.startswith(FOR_STAFF):
            continue
        for who, browser in patients.items():
            with undone(browser):
                answer = browser.get(knock.path, headers={"Accept-Language": language})
            if "text/html" not in answer.headers.get("Content-Type", "") or answer.status_code in (301, 302, 405):
                continue
            looked_at.add(urlsplit(knock.path).path.split("/")[1])
            tag = re.search(r'<html lang="([^"]+)"', answer.content.decode())
            if tag and not tag[1].startswith(language.split("-")[0]):
                other.append((knock.route, who, tag[1]))
            found = sorted(set(ENGLISH.findall(visible(answer))))
            if found:
                english.append((knock.route, who, answer.status_code, found))

    assert other == []
    assert english == []
    assert "i" in looked_at
