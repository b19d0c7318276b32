"""The check-in and the whole intake on a phone, in each language: nothing cut, nothing in another language.

Both are counted on the way: screens, answers and taps of a typical patient, and the seconds that a model estimates for
them (patients/tests/effort.py).
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from clinic.running.tests.test_every_word_of_patients_is_translated import ENGLISH
from patients.tests.effort import Thumb

pytestmark = pytest.mark.browser

MOST_SCREENS, MOST_ANSWERS, MOST_SECONDS = 6, 45, 600
#: Of the check-in; the ninth tap is the goal in one's own words.
MOST_TAPS, ONE_MINUTE = 9, 60
#: Seconds more for who has never seen it and reads every word. Most of them are the questionnaire's own.
FIRST_TIME = 10
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

#: Counts the questions that a page asked and nothing answered when it came; the boxes of one date, or of one list, are
#: one question.
ASKED = """() => {
  const open = new Map();
  for (const field of document.querySelectorAll("main input, main textarea, main select")) {
    if (field.type === "hidden" || !field.checkVisibility()) continue;
    const name = field.name.replace(/_(day|month|year)$/, "");
    const chosen = field.options && [...field.options].some((one) => one.defaultSelected && one.value);
    const tick = ["radio", "checkbox"].includes(field.type);
    const answered = tick ? field.defaultChecked : chosen || Boolean(field.defaultValue);
    open.set(name, answered || (open.get(name) ?? false));
  }
  return [...open.values()].filter((answered) => !answered).length;
}"""

#: The rows of choices that a page asks for and nothing answers yet, each by its name.
ROWS = """() => {
  const rows = [...document.querySelectorAll("main input[type=radio]")].filter((one) => one.checkVisibility());
  const names = [...new Set(rows.map((one) => one.name))];
  return names.filter((name) => !document.querySelector(`[name="${name}"]:checked`));
}"""

#: What a typical patient of 65 with a bad back types, the same facts in each language.
TYPED = {
    "en": {
        "address_as": "Mrs Li", "emergency_contact": "Rosa 555 0100", "physician": "Dr Haas", "since": "March",
        "concern": "Chronic low back pain", "story": "Worse since the move.", "better": "warmth", "worse": "sitting",
        "goal": "Walk to the market", "detail_anticoagulant": "Apixaban", "medicines": "Apixaban 5 mg",
        "started_physiotherapy": "2025", "signed_name": "Li",
    },
    "es": {
        "address_as": "Sra. Li", "emergency_contact": "Rosa 555 0100", "physician": "Dr. Haas", "since": "marzo",
        "concern": "Dolor lumbar crónico", "story": "Peor desde la mudanza.", "better": "calor",
        "worse": "estar sentada", "goal": "Caminar al mercado", "detail_anticoagulant": "Apixaban",
        "medicines": "Apixaban 5 mg", "started_physiotherapy": "2025", "signed_name": "Li",
    },
    "zh-Hans": {
        "address_as": "李女士", "emergency_contact": "罗莎 555 0100", "physician": "韩医生", "since": "三月",
        "concern": "慢性腰痛", "story": "搬家以后更疼。", "better": "热敷", "worse": "久坐", "goal": "走到菜市场",
        "detail_anticoagulant": "阿哌沙班", "medicines": "阿哌沙班 5 mg", "started_physiotherapy": "2025",
        "signed_name": "李",
    },
}  # fmt: skip
#: What is ticked, before the boxes below it can be typed into; on the figure two places hurt.
TICKED = (
    "[name=desk_facts][value=stairs]", "[name=ticks][value=anticoagulant]", "[name=brings_list]",
    "[name=therapies][value=physiotherapy]", ".agree input[type=checkbox]",
)  # fmt: skip
HURTS = {"low-back": "7", "back-thigh-left": "4"}


@pytest.fixture(scope="module")
def clinic(running_clinic):
    yield running_clinic
    running_clinic.sql("UPDATE practice_practice SET languages = ARRAY['en']::varchar[]")


def fits(page):
    """Assert that nothing is cut on a wide and on a narrow phone, there with text twice as large too; then undo it."""
    own = page.viewport_size
    for width, size in ((390, ""), (320, ""), (320, "200%")):
        page.set_viewport_size({"width": width, "height": own["height"]})
        page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        page.wait_for_function("width => innerWidth === width", arg=width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width, size)
    page.evaluate("document.documentElement.style.fontSize = ''")
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


def mark_where_it_hurts(thumb):
    """Tap the figure, then how strong it is there and how it feels."""
    for place, strength in HURTS.items():
        thumb.tap(thumb.page.locator(f"[data-place='{place}']"))
        thumb.tap(thumb.page.locator(f"input[name='strength_{place}'][value='{strength}']"))
        thumb.tap(thumb.page.locator(f"input[name='kinds_{place}']").first)


def answer(thumb, typed):
    """Answer all that a page asks: the first of each row, what is true of her, a few words."""
    page = thumb.page
    if page.locator("[data-body]").count():
        mark_where_it_hurts(thumb)
    for name in page.evaluate(ROWS):
        thumb.tap(page.locator(f"input[name='{name}']").first)
    for tick in TICKED:
        for box in page.locator(f"main {tick}").all():
            thumb.tap(box)
    for name, words in typed.items():
        for box in page.locator(f"main [name='{name}']").all():
            thumb.write(box, words)


def fill_in(page, tag, typed, axe):
    """Fill in the intake from "Begin" until it is sent, look at each screen, and return what it cost."""
    thumb, screens, asked = Thumb(page), 0, 0
    thumb.read()
    thumb.turn(page.locator(".go [type=submit]").first)
    while not page.url.endswith("/i/sent/"):
        screens += 1
        assert screens <= MOST_SCREENS, page.url
        answer(thumb, typed)
        asked += page.evaluate(ASKED)
        thumb.read()
        looked_at(page, tag, axe)
        thumb.turn(page.locator(".go [type=submit][value=on]"))
    return thumb, screens, asked


def check_in_at_once(page):
    """Answer the check-in as most people do: eight taps, nine with the goal of one's own, and send it."""
    thumb = Thumb(page)
    for name in page.evaluate(ROWS):
        row = page.locator(f"input[name='{name}']")
        thumb.tap(row.nth(1) if name == "ci-analgesic-days" else row.first)
    thumb.tap(page.locator("input[name='ci-analgesic-change']").first)
    thumb.read()
    thumb.turn(page.locator(".go [type=submit]").first)
    return thumb


@pytest.mark.parametrize(("language", "width", "tag", "goal"), PHONES, ids=[phone[0] for phone in PHONES])
def test_a_patient_is_asked_in_their_own_language(clinic, page, axe, capsys, language, width, tag, goal):
    made = MADE.format(language=language, goal=goal)
    check_in, intake = clinic.manage("shell", "-v", "0", "-c", made).stdout.split()
    page.set_viewport_size({"width": width, "height": 800})

    page.goto(clinic.url + check_in)
    looked_at(page, tag, axe)
    Thumb(page).turn(page.locator(".go button[type=submit]"))
    looked_at(page, tag, axe)
    expect(page.locator("main")).to_contain_text(goal)
    one_screen = check_in_at_once(page)
    page.wait_for_url("**/sent/")
    looked_at(page, tag, axe)

    page.goto(clinic.url + intake)
    looked_at(page, tag, axe)
    whole, screens, answers = fill_in(page, tag, TYPED[language], axe)
    looked_at(page, tag, axe)
    with capsys.disabled():
        cost = f"{whole}; check-in: {one_screen}" if language == "en" else f"{whole.taps} taps"
        print(f"\n{language}: {screens} screens, {answers} answers, {cost}")
    assert screens <= MOST_SCREENS
    assert 30 < answers <= MOST_ANSWERS
    assert one_screen.taps - len(["send"]) <= MOST_TAPS
    if language == "en":
        assert whole.seconds <= MOST_SECONDS
        assert one_screen.acting <= ONE_MINUTE
        assert one_screen.seconds <= ONE_MINUTE + FIRST_TIME

    kept = clinic.sql("SELECT DISTINCT r.language FROM intake_questionnaireresponse r JOIN patients_patient p ON "
                      "p.id = r.patient_id WHERE p.email = %s", f"li-{language}@mail.example")  # fmt: skip
    asked = clinic.sql("SELECT DISTINCT r.instrument FROM intake_questionnaireresponse r JOIN patients_patient p ON "
                       "p.id = r.patient_id WHERE p.email = %s", f"li-{language}@mail.example")  # fmt: skip
    signed = clinic.sql("SELECT DISTINCT text_language FROM patients_consent c JOIN patients_patient p ON "
                        "p.id = c.patient_id WHERE p.email = %s", f"li-{language}@mail.example")  # fmt: skip
    assert kept == signed == [(language,)]
    assert (("peg",) in asked) == (language == "en")
    assert (("nrs-pain",) in asked) == (language != "en")
