"""The check-in and the whole intake on a phone, in each language: nothing cut, nothing in another language."""

from __future__ import annotations

import re

import pytest

from clinic.running.tests.test_every_word_of_patients_is_translated import ENGLISH

pytestmark = pytest.mark.browser

#: Language, width of the phone, how the page calls itself, what the patient's goal is.
PHONES = [("en", 390, "en", "Walk to the market"), ("es", 320, "es", "Caminar al mercado"),
          ("zh-Hans", 390, "zh-hans", "走到菜市场")]  # fmt: skip

MADE = """
from datetime import date
from clinic.kernel import clock
from clinic.practice import data, services
from clinic.staff.models import User
from patients.intake.services import issue_request
from patients.intake.services.requests import token_of
from patients.intake.tests.check_ins import a_check_in, link_of
from patients.models import Complaint, Patient
now, owner = clock.now(), User.objects.filter(roles__contains=["owner"]).first()
for language in ("es", "zh-Hans"):
    texts = {{kind: data.worry_text(kind, country="US", phone="1", language=language) for kind in data.WORRY_KINDS}}
    services.keep_worry_texts(bodies=texts, language=language, by=owner, now=now)
    for kind in data.CONSENT_KINDS:
        text = data.consent_text(kind, language)
        services.keep_consent_text(kind=kind, language=language, title=text.title, body=text.body, by=owner, now=now)
services.offer_languages(chosen=["es", "zh-Hans"], by=owner, now=now)
patient = Patient.objects.create(given_name="Li", email="li-{language}@mail.example", birth_date=date(1961, 3, 12),
    language="{language}", created_at=now)
Complaint.objects.create(patient=patient, words="-", goal="{goal}", recorded_at=now)
print(link_of(a_check_in(patient, language="{language}")))
print("/i/" + token_of(issue_request(patient=patient, appointment_id=None, by=owner, now=now)) + "/")
"""

#: Answers whatever a page asks, with the first number, the last "none of these", a few words.
ANSWER = """() => {
  const seen = new Set();
  for (const radio of document.querySelectorAll("main input[type=radio]")) {
    if (seen.has(radio.name) || !radio.offsetParent) continue;
    seen.add(radio.name);
    if (!document.querySelector(`input[name="${radio.name}"]:checked`)) radio.click();
  }
  for (const none of document.querySelectorAll(".choices .is-none input")) {
    if (!none.checked && none.offsetParent) none.click();
  }
  for (const tick of document.querySelectorAll(".agree input[type=checkbox]")) if (!tick.checked) tick.click();
  for (const box of document.querySelectorAll("input[name=concern], input[name=signed_name]")) {
    box.value = "Li";
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
}"""


@pytest.fixture(scope="module")
def clinic(running_clinic):
    yield running_clinic
    running_clinic.sql("UPDATE practice_practice SET languages = ARRAY['en']::varchar[]")


def looked_at(page, tag, axe):
    """Assert that the page is in its language alone, that nothing is cut, and that axe finds nothing."""
    page.wait_for_load_state()
    assert page.locator("html").get_attribute("lang") == tag
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    axe(page)
    if tag != "en":
        said = page.locator("body").inner_text()
        for name in ("English", "Clinic at the Old Mill", page.title().rpartition("·")[2].strip()):
            said = said.replace(name, "")
        # Titles of questionnaires and the notices of their holders are shown as they are.
        said = re.sub(r"(PHQ|GAD|Pfizer|Spitzer)[^\n]*", "", said)
        assert ENGLISH.findall(said) == [], said


def press(page, selector):
    """Press a button and wait for the page that comes."""
    with page.expect_navigation():
        page.locator(selector).first.click()


@pytest.mark.parametrize(("language", "width", "tag", "goal"), PHONES, ids=[phone[0] for phone in PHONES])
def test_a_patient_is_asked_in_their_own_language(clinic, page, axe, language, width, tag, goal):
    made = MADE.format(language=language, goal=goal)
    check_in, intake = clinic.manage("shell", "-v", "0", "-c", made).stdout.split()
    page.set_viewport_size({"width": width, "height": 800})

    page.goto(clinic.url + check_in)
    looked_at(page, tag, axe)
    press(page, ".go button[type=submit]")
    looked_at(page, tag, axe)
    assert goal in page.locator("main").inner_text()
    page.evaluate(ANSWER)
    press(page, ".go button[type=submit]")
    page.wait_for_url("**/sent/")
    looked_at(page, tag, axe)

    page.goto(clinic.url + intake)
    looked_at(page, tag, axe)
    press(page, ".go button[type=submit]")
    for _ in range(9):
        page.wait_for_load_state()
        if page.url.endswith("/i/sent/"):
            break
        looked_at(page, tag, axe)
        page.evaluate(ANSWER)
        press(page, ".go [type=submit][value=on], .go a")
    page.wait_for_url("**/i/sent/")
    looked_at(page, tag, axe)

    kept = clinic.sql("SELECT DISTINCT r.language FROM intake_questionnaireresponse r JOIN patients_patient p ON "
                      "p.id = r.patient_id WHERE p.email = %s", f"li-{language}@mail.example")  # fmt: skip
    asked = clinic.sql("SELECT DISTINCT r.instrument FROM intake_questionnaireresponse r JOIN patients_patient p ON "
                       "p.id = r.patient_id WHERE p.email = %s", f"li-{language}@mail.example")  # fmt: skip
    signed = clinic.sql("SELECT DISTINCT text_language FROM patients_consent c JOIN patients_patient p ON "
                        "p.id = c.patient_id WHERE p.email = %s", f"li-{language}@mail.example")  # fmt: skip
    assert kept == signed == [(language,)]
    assert (("peg",) in asked) == (language == "en")
    assert (("nrs-pain",) in asked) == (language != "en")
