"""The check-in on a phone: kept by itself, worry shown at once, and the same without any script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from patients.intake.tests.check_ins import WELL

pytestmark = pytest.mark.browser

MADE = """
from datetime import date
from clinic.kernel import clock
from clinic.practice.models import Practice, WorryText
from patients.intake.tests.check_ins import a_check_in, link_of
from patients.models import Complaint, Patient
now = clock.now()
Practice.objects.update_or_create(id=1, defaults=dict(name="Clinic at the Old Mill", country="US",
    timezone="America/New_York", phone="+12025550142", opened_at=now))
WorryText.objects.create(kind="emergency", language="en", body="Please call 911 now.")
for name in ("Mafer", "Ruth"):
    born = date(1961, 3, 12)
    patient = Patient.objects.create(given_name=name, email="m@mail.example", birth_date=born, created_at=now)
    Complaint.objects.create(patient=patient, words="Low back", goal="Walk to the market.", recorded_at=now)
    print(link_of(a_check_in(patient)))
"""


@pytest.fixture
def links(empty_clinic):
    return [empty_clinic.url + path for path in empty_clinic.manage("shell", "-v", "0", "-c", MADE).stdout.split()]


def saved(page):
    return page.locator("[data-saved] .saved:not(.is-not)")


def tap(page, name, value):
    page.locator(f"label:has(input[name='{name}'][value='{value}'])").click()


def test_a_patient_checks_in_with_a_thumb(empty_clinic, links, page, axe):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(links[0])
    axe(page)
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("group", name="“Walk to the market.” How hard is this for you at present?")).to_be_visible()
    for width, size in ((390, ""), (320, ""), (320, "200%")):
        page.set_viewport_size({"width": width, "height": 844})
        page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.documentElement.style.fontSize = ''")
    for name in ("ci-analgesic-change", "ci-new-text", "ci-effects"):
        expect(page.locator(f"[name='{name}']").first).to_be_hidden()

    tap(page, "ci-pain", 4)
    expect(saved(page)).to_be_visible()
    tap(page, "ci-worried", 1)
    tap(page, "ci-effects", "breath")
    expect(page.get_by_role("alert")).to_contain_text("Please get help now")
    expect(page.get_by_role("link", name="911").first).to_be_visible()
    axe(page)
    assert empty_clinic.sql("SELECT kind, urgency FROM attention_task") == [("worrying-check-in", "emergency")]

    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Please choose a number from 0 to 10.").first).to_be_visible()
    axe(page)
    for name, value in WELL.items():
        tap(page, name, value)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Change my answers").click()
    expect(page.locator("input[name='ci-sleep'][value='5']")).to_be_checked()


def test_it_works_without_any_script(browser, empty_clinic, links):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800})
    page = context.new_page()
    page.goto(links[1])
    page.get_by_role("button", name="Begin").click()
    for name, value in WELL.items():
        tap(page, name, value)
    tap(page, "ci-worried", 1)
    tap(page, "ci-effects", "breath")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Please get help now")).to_be_visible()
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert empty_clinic.sql("SELECT answers->'ci-pain' FROM intake_questionnaireresponse") == [(4,)]
    context.close()


def test_what_is_tapped_without_a_network_is_said_not_to_be_saved_and_goes_by_itself(
    empty_clinic, links, page, context, axe
):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(links[1])
    page.get_by_role("button", name="Begin").click()
    tap(page, "ci-pain", 4)
    expect(saved(page)).to_be_visible()
    page.get_by_text("I answer for somebody else").click()
    page.get_by_label("who are you to them").fill("her sister")
    expect(saved(page)).to_be_hidden()
    expect(saved(page)).to_be_visible()

    # The network goes: it says so, aloud too, and a press leads nowhere.
    mark = page.locator("[data-saved]")
    context.set_offline(True)
    for name, value in WELL.items():
        tap(page, name, value)
    expect(mark).to_contain_text("not saved yet", timeout=3000)
    expect(mark).to_contain_text("It is sent by itself", timeout=8000)
    expect(page.locator("[data-said]")).to_contain_text("not saved yet")
    axe(page)
    page.get_by_role("button", name="Send").click()
    page.wait_for_timeout(1500)
    expect(page.locator("input[name='ci-sleep'][value='5']")).to_be_checked()
    assert empty_clinic.sql("SELECT count(*) FROM intake_questionnaireresponse") == [(0,)]
    context.set_offline(False)
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible(timeout=20_000)
    assert empty_clinic.sql("SELECT answered_by FROM intake_questionnaireresponse") == [("her sister",)]

    # What was stored although our answer got lost is no other window.
    page.get_by_role("link", name="Change my answers").click()
    lost = []

    def lose(route):
        if route.request.headers.get("x-deqi-autosave") and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/i/check-in/", lose)
    tap(page, "ci-pain", 6)
    expect(mark).to_contain_text("It is sent by itself", timeout=8000)
    tap(page, "ci-mood", 7)
    expect(saved(page)).to_be_visible(timeout=10_000)
    assert lost == [200]
    page.unroute("**/i/check-in/")

    # Another window is one: it is said in words, and the press shows what was typed here.
    other = context.new_page()
    other.goto(page.url)
    tap(other, "ci-pain", 9)
    expect(saved(other)).to_be_visible()
    tap(page, "ci-mood", 2)
    expect(mark).to_contain_text("Another window saved other answers")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("Send again to keep what stands here.")
    axe(page)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert empty_clinic.sql(
        "SELECT answers->'ci-pain', answers->'ci-mood' FROM intake_questionnaireresponse WHERE state = 'completed'"
    ) == [(6, 2)]
