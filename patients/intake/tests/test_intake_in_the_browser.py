"""A patient's phone, a drawn signature, and the same form without any script."""

from __future__ import annotations

import pytest

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


def fill_until_agreement(page, look):
    look()
    page.get_by_role("button", name="Next").click()
    look()
    page.get_by_label("What troubles you most?").fill("Chronic low back pain")
    page.get_by_role("button", name="Next").click()
    page.get_by_text("With my back pain I feel numb between the legs").click()
    look()
    page.get_by_role("button", name="Next").click()
    assert page.get_by_role("link", name="911").is_visible()
    look()
    page.get_by_role("link", name="Go on with the form").click()
    look()
    for name, value in NUMBERS.items():
        page.locator(f"input[name='{name}'][value='{value}']").check(force=True)
    page.get_by_role("button", name="Next").click()


def test_a_patient_fills_in_the_form_on_a_phone_and_signs_with_a_finger(empty_clinic, tokens, page, axe):
    def look():
        fits(page, axe)

    page.goto(f"{empty_clinic.url}/i/{tokens[0]}/")
    look()
    page.get_by_role("button", name="Begin").click()
    assert page.url.endswith("/i/form/1/")
    fill_until_agreement(page, look)

    page.get_by_role("button", name="Send to Clinic at the Old Mill").click()
    assert page.get_by_text("Please look at").or_(page.get_by_text("need a look")).first.is_visible()
    look()
    page.get_by_label("I have read “Treatment with needles” and agree").check(force=True)
    sheet = page.locator("canvas")
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 60)
    page.mouse.down()
    for step in range(10):
        page.mouse.move(box["x"] + 30 + 20 * step, box["y"] + 60 + 20 * (step % 2))
    page.mouse.up()
    page.get_by_role("button", name="Send to Clinic at the Old Mill").click()

    assert page.get_by_role("heading", name="Thank you").is_visible()
    look()
    drawn = empty_clinic.sql("SELECT length(signature_png), signed_name FROM patients_consent")
    assert drawn[0][0] > 500
    assert drawn[0][1] == ""
    page.goto(f"{empty_clinic.url}/i/form/4/")
    assert page.get_by_role("heading", name="Thank you").is_visible()
    page.goto(f"{empty_clinic.url}/i/{tokens[0]}/")
    look()
    page.get_by_role("button", name="Send me a new link").click()
    assert page.get_by_role("heading", name="Please look at your mail").is_visible()
    look()

    without_script = page.context.browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    plain = without_script.new_page()
    plain.goto(f"{empty_clinic.url}/i/{tokens[1]}/")
    plain.get_by_role("button", name="Begin").click()
    fill_until_agreement(plain, lambda: None)
    plain.get_by_label("I have read “Treatment with needles” and agree").check(force=True)
    plain.get_by_label("Your typed name counts as a signature too").fill("Ruth")
    plain.get_by_role("button", name="Send to Clinic at the Old Mill").click()
    assert plain.get_by_role("heading", name="Thank you").is_visible()
    without_script.close()
