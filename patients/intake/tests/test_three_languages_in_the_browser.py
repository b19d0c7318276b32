"""The check-in and the whole intake on a phone, in each language: nothing cut, nothing in another language.

The intake is counted on the way: screens, answers, taps, and the seconds of a script that reads nothing.
"""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from clinic.running.tests.test_every_word_of_patients_is_translated import ENGLISH

pytestmark = pytest.mark.browser

WIDTHS = (390, 320)
MOST_SCREENS, MOST_ANSWERS = 6, 45
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

#: Counts the questions of a page that nothing answers yet; the boxes of one date, or of one list, are one question.
ASKED = """() => {
  const open = new Map();
  for (const field of document.querySelectorAll("main input, main textarea, main select")) {
    if (field.type === "hidden" || !field.checkVisibility()) continue;
    const name = field.name.replace(/_(day|month|year)$/, "");
    const answered = ["radio", "checkbox"].includes(field.type) ? field.defaultChecked : field.value !== "";
    open.set(name, answered || (open.get(name) ?? false));
  }
  return [...open.values()].filter((answered) => !answered).length;
}"""

#: Answers whatever a page must know, with the first number, the last "none of these", a few words; returns the taps.
ANSWER = """() => {
  let taps = 0;
  const tap = (control) => { control.click(); taps += 1; };
  const seen = new Set();
  for (const radio of document.querySelectorAll("main input[type=radio]")) {
    if (seen.has(radio.name) || !radio.checkVisibility()) continue;
    seen.add(radio.name);
    if (!document.querySelector(`input[name="${radio.name}"]:checked`)) tap(radio);
  }
  for (const none of document.querySelectorAll(".choices .is-none input")) {
    if (!none.closest(".choices").querySelector(":checked") && none.checkVisibility()) tap(none);
  }
  for (const tick of document.querySelectorAll(".agree input[type=checkbox]")) if (!tick.checked) tap(tick);
  for (const box of document.querySelectorAll("input[name=concern], input[name=signed_name]")) {
    tap(box);
    box.value = "Li";
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
  return taps;
}"""


@dataclass
class Counted:
    """What one intake costs a patient. ``answers`` are all questions asked, also those that may stay open."""

    screens: int = 0
    answers: int = 0
    taps: int = 0
    seconds: float = 0.0

    @contextmanager
    def timed(self):
        """Count the seconds of a block, not those of the looking between."""
        begun = time.monotonic()
        yield
        self.seconds += time.monotonic() - begun

    def __str__(self):
        return f"{self.screens} screens, {self.answers} answers, {self.taps} taps, {self.seconds:.0f} s"


@pytest.fixture(scope="module")
def clinic(running_clinic):
    yield running_clinic
    running_clinic.sql("UPDATE practice_practice SET languages = ARRAY['en']::varchar[]")


def fits(page):
    """Assert that nothing is cut on a wide and on a narrow phone, and give the page its width back."""
    own = page.viewport_size
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": own["height"]})
        page.wait_for_function("width => innerWidth === width", arg=width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    page.set_viewport_size(own)


def looked_at(page, tag, axe):
    """Assert that the page is in its language alone, that nothing is cut, and that axe finds nothing."""
    page.wait_for_load_state()
    expect(page.locator("html")).to_have_attribute("lang", tag)
    fits(page)
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


def fill_in(page, tag, axe):
    """Fill in the intake from "Begin" until it is sent, look at each screen, and return what it cost."""
    cost = Counted()
    with cost.timed():
        press(page, ".go button[type=submit]")
        cost.taps += 1
    while not page.url.endswith("/i/sent/"):
        cost.screens += 1
        assert cost.screens <= MOST_SCREENS, page.url
        page.wait_for_load_state()
        if page.locator("[data-body]").count():
            page.locator("[data-place='low-back']").click()
            expect(page.locator("[data-rows] [data-of='low-back'] .scale")).to_be_visible()
            cost.taps += 1
        looked_at(page, tag, axe)
        cost.answers += page.evaluate(ASKED)
        with cost.timed():
            cost.taps += page.evaluate(ANSWER) + 1
            press(page, ".go [type=submit][value=on]")
    return cost


@pytest.mark.parametrize(("language", "width", "tag", "goal"), PHONES, ids=[phone[0] for phone in PHONES])
def test_a_patient_is_asked_in_their_own_language(clinic, page, axe, capsys, language, width, tag, goal):
    made = MADE.format(language=language, goal=goal)
    check_in, intake = clinic.manage("shell", "-v", "0", "-c", made).stdout.split()
    page.set_viewport_size({"width": width, "height": 800})

    page.goto(clinic.url + check_in)
    looked_at(page, tag, axe)
    press(page, ".go button[type=submit]")
    looked_at(page, tag, axe)
    expect(page.locator("main")).to_contain_text(goal)
    page.evaluate(ANSWER)
    press(page, ".go button[type=submit]")
    page.wait_for_url("**/sent/")
    looked_at(page, tag, axe)

    page.goto(clinic.url + intake)
    looked_at(page, tag, axe)
    cost = fill_in(page, tag, axe)
    looked_at(page, tag, axe)
    with capsys.disabled():
        print(f"\n{language}: {cost}")
    assert cost.screens <= MOST_SCREENS
    assert 30 < cost.answers <= MOST_ANSWERS

    kept = clinic.sql("SELECT DISTINCT r.language FROM intake_questionnaireresponse r JOIN patients_patient p ON "
                      "p.id = r.patient_id WHERE p.email = %s", f"li-{language}@mail.example")  # fmt: skip
    asked = clinic.sql("SELECT DISTINCT r.instrument FROM intake_questionnaireresponse r JOIN patients_patient p ON "
                       "p.id = r.patient_id WHERE p.email = %s", f"li-{language}@mail.example")  # fmt: skip
    signed = clinic.sql("SELECT DISTINCT text_language FROM patients_consent c JOIN patients_patient p ON "
                        "p.id = c.patient_id WHERE p.email = %s", f"li-{language}@mail.example")  # fmt: skip
    assert kept == signed == [(language,)]
    assert (("peg",) in asked) == (language == "en")
    assert (("nrs-pain",) in asked) == (language != "en")
