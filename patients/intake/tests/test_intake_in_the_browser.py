"""A patient's phone, a drawn signature, and the same form without any script."""

from __future__ import annotations

import gzip

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

MADE = """
from datetime import date
from clinic.kernel import clock
from clinic.practice.models import ConsentText, Practice, WorryText
from patients.intake.services import issue_request
from patients.intake.services.requests import token_of
from patients.models import Patient
now = clock.now()
Practice.objects.update_or_create(id=1, defaults=dict(name="Clinic at the Old Mill", country="US",
    timezone="America/New_York", phone="+12025550142", opened_at=now))
WorryText.objects.create(kind="emergency", language="en", body="Please call 911 now.")
ConsentText.objects.create(kind="treatment", title="Treatment with needles", body="Thin sterile needles are used.")
for name in ("Mafer", "Ruth"):
    born = date(1961, 3, 12)
    patient = Patient.objects.create(given_name=name, email="m@mail.example", birth_date=born, created_at=now)
    print(token_of(issue_request(patient=patient, appointment_id=None, by=None, now=now)))
"""
FIRST_PAGE, NEXT_PAGE = 150_000, 20_000
NUMBERS = {
    "peg-1": 6, "peg-2": 7, "peg-3": 5, "phq4-1": 1, "phq4-2": 2, "phq4-3": 1, "phq4-4": 1, "ci-mood": 4,
    "ci-sleep": 6, "ci-analgesic-days": 3,
}  # fmt: skip


@pytest.fixture
def tokens(empty_clinic):
    return empty_clinic.manage("shell", "-v", "0", "-c", MADE).stdout.split()


def fits(page, axe):
    """Nothing is cut at 390 and 320 pixels, nor with text twice as large, and axe finds nothing."""
    page.wait_for_load_state()
    for width, size in ((390, ""), (320, ""), (320, "200%")):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size({"width": 390, "height": 800})
    axe(page)


class Weighed:
    """How many bytes a phone took in: pages as they travelled, files packed, but for what is packed already."""

    def __init__(self, page):
        self.taken = []
        page.on("requestfinished", self.take)

    def take(self, request):
        self.taken.append(request)

    def page_loaded(self, page, most):
        page.wait_for_load_state("networkidle")
        weights = {request.url: self.weight(request) for request in self.taken}
        self.taken.clear()
        assert 0 < sum(weights.values()) <= most, weights

    @staticmethod
    def weight(request):
        response = request.response()
        if request.method != "GET" or response.status != 200:
            return 0
        if request.resource_type == "document":
            return request.sizes()["responseBodySize"]
        # Files are packed when they are collected for a clinic (HashedFiles); the try-out serves them as they lie.
        return len(response.body() if request.resource_type == "font" else gzip.compress(response.body()))


def strength(page, place, number):
    page.locator(f"input[name='strength_{place}'][value='{number}']").check()


def marks_on_the_figure(page):
    """Tap, choose by keyboard, take out again: the figure, the rows and the list always say the same."""
    back = page.locator("[data-place='low-back']")
    back.click()
    expect(back).to_contain_class("is-some")
    strength(page, "low-back", 7)
    page.get_by_role("group", name="Low back: how does it feel?").get_by_text("dull, aching").click()
    page.locator("[data-number='low-back']").get_by_text("7").wait_for()
    expect(back).to_contain_class("is-on")
    expect(page.locator("[data-of='low-back'] summary")).to_contain_text("7 of 10")
    expect(page.locator("[data-of='low-back'] summary")).to_contain_text("dull, aching")

    page.locator("[data-list] summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    row = page.locator("[data-of='front-head']")
    row.get_by_text("Head and face: how strong is it?").wait_for()
    page.locator("input[name='strength_front-head'][value='0']").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.locator("[data-number='front-head']").get_by_text("1").wait_for()
    assert [one.get_attribute("data-of") for one in page.locator("[data-rows] > [data-of]").all()] == [
        "front-head", "low-back",
    ]  # fmt: skip
    row.get_by_role("button", name="It does not hurt here").click()
    expect(row).to_have_count(0)
    expect(page.locator("input[name='places'][value='front-head']")).not_to_be_checked()
    expect(page.locator("[data-number='front-head']")).to_have_text("")

    page.get_by_text("No one place, or no pain").click()
    page.wait_for_function("!document.querySelector('[data-rows] > [data-of]')")
    back.click()
    expect(page.locator("[data-of='low-back'] summary")).to_contain_text("7 of 10")


def marks_in_the_list(page):
    """Without a script: the place first, then the page comes back and asks how strong it is."""
    page.get_by_text("Low back", exact=True).click()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Now please say how strong it is in each place.")).to_be_visible()
    strength(page, "low-back", 7)


def fill_until_agreement(page, look, mark, arrived=None):
    def go_on(step):
        page.get_by_role("button", name="Next").click()
        page.wait_for_url(f"**/i/form/{step}/")
        if arrived:
            arrived()
        look()

    look()
    go_on(2)
    page.get_by_label("What troubles you most?").fill("Chronic low back pain")
    go_on(3)
    mark(page)
    look()
    go_on(4)
    page.get_by_text("With my back pain I feel numb between the legs").click()
    emergency = page.get_by_role("link", name="911").first
    if arrived:
        emergency.wait_for()  # the page kept itself, and says so at once
        look()
        go_on(5)
    else:
        page.get_by_role("button", name="Next").click()
        emergency.wait_for()
        page.get_by_role("link", name="Go on with the form").click()
    for name, value in NUMBERS.items():
        page.locator(f"input[name='{name}'][value='{value}']").check()
    page.get_by_role("button", name="Next").click()


def test_a_patient_fills_in_the_form_on_a_phone_and_signs_with_a_finger(empty_clinic, tokens, page, axe):
    def look():
        fits(page, axe)

    weighed = Weighed(page)
    page.goto(f"{empty_clinic.url}/i/{tokens[0]}/")
    weighed.page_loaded(page, FIRST_PAGE)
    look()
    page.get_by_role("button", name="Begin").click()
    weighed.page_loaded(page, NEXT_PAGE)
    assert page.url.endswith("/i/form/1/")
    fill_until_agreement(page, look, marks_on_the_figure, lambda: weighed.page_loaded(page, NEXT_PAGE))

    page.get_by_role("button", name="Send to Clinic at the Old Mill").click()
    page.get_by_text("Please look at").or_(page.get_by_text("need a look")).first.wait_for()
    look()
    page.get_by_label("I have read “Treatment with needles” and agree").check()
    sheet = page.locator("canvas")
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 60)
    page.mouse.down()
    for step in range(10):
        page.mouse.move(box["x"] + 30 + 20 * step, box["y"] + 60 + 20 * (step % 2))
    page.mouse.up()
    page.get_by_role("button", name="Send to Clinic at the Old Mill").click()

    page.get_by_role("heading", name="Thank you").wait_for()
    look()
    drawn = empty_clinic.sql("SELECT length(signature_png), signed_name FROM patients_consent")
    assert drawn[0][0] > 500
    assert drawn[0][1] == ""
    marks = empty_clinic.sql("SELECT place, side, view, strength, kinds FROM patients_painmark")
    assert marks == [("low-back", "", "back", 7, ["ache"])]
    page.goto(f"{empty_clinic.url}/i/form/5/")
    page.get_by_role("heading", name="Thank you").wait_for()
    page.goto(f"{empty_clinic.url}/i/{tokens[0]}/")
    look()
    page.get_by_role("button", name="Send me a new link").click()
    page.get_by_role("heading", name="Please look at your mail").wait_for()
    look()

    without_script = page.context.browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    plain = without_script.new_page()
    plain.goto(f"{empty_clinic.url}/i/{tokens[1]}/")
    plain.get_by_role("button", name="Begin").click()
    fill_until_agreement(plain, lambda: None, marks_in_the_list)
    plain.get_by_label("I have read “Treatment with needles” and agree").check()
    plain.get_by_label("Your typed name counts as a signature too").fill("Ruth")
    plain.get_by_role("button", name="Send to Clinic at the Old Mill").click()
    plain.get_by_role("heading", name="Thank you").wait_for()
    without_script.close()
