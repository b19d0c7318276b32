"""A sign of an emergency is ticked on a phone, the page is closed: the real worker names and calls a practitioner."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

LINK = """
from django.conf import settings
from clinic.kernel import clock
from patients.intake.mails import link_of
from patients.intake.services import issue_request
from patients.models import Patient
patient = Patient.objects.create(given_name="Leaving", family_name="Early", email="l@mail.example",
    phone="+4915112345678", created_at=clock.now())
print(link_of(issue_request(patient=patient, appointment_id=None, by=None, now=clock.now())))
"""
#: What is answered before the safety list, by the name of its box.
WORDS = "Only the patient's own"


def go_on(page):
    page.locator("button[name=go][value=on]").click()
    page.wait_for_load_state()


def tick_an_emergency(page, link):
    page.goto(link)
    page.get_by_role("button").first.click()
    page.wait_for_url("**/i/form/1/")
    assert "A practitioner of ours reads this" in page.content()
    page.locator("input[name=filled_by][value=self]").check()
    go_on(page)
    page.locator("[name=concern]").fill("Knee pain")
    page.locator("[name=story]").fill(WORDS)
    go_on(page)
    page.get_by_text("No one place, or no pain").click()
    go_on(page)
    page.locator("input[name=ticks][value=acute_emergency]").check()
    page.get_by_role("heading", name="Please get help now").wait_for(timeout=8_000)


def signed_in(page, clinic, who):
    email, password = clinic.credentials[who]
    page.goto(f"{clinic.url}/accounts/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_load_state()
    return page


@pytest.fixture
def chen_is_told(running_clinic):
    """The owner has named Chen; the house is shared, so that it is taken back afterwards."""
    email, _ = running_clinic.credentials["Practitioner"]
    running_clinic.sql(
        "INSERT INTO attention_duty (id, first_id, first_rings, second_rings) "
        "SELECT 1, id, '', '' FROM staff_user WHERE email = %s",
        email,
    )
    yield email
    running_clinic.sql("DELETE FROM attention_duty")


def calls_to(clinic, email):
    return [mail for mail in clinic.inbox() if mail.subject == "A form needs you: open Deqi" and email in mail.to]


def test_an_abandoned_worry_reaches_a_practitioner_by_mail_and_by_name(
    running_clinic, chen_is_told, browser, page, axe
):
    clinic = running_clinic
    link = clinic.manage("shell", "-v", "0", "-c", LINK).stdout.split()[-1]
    before = len(calls_to(clinic, chen_is_told))
    phone = browser.new_context(viewport={"width": 390, "height": 844}).new_page()

    tick_an_emergency(phone, link)
    phone.context.close()

    for _ in range(80):
        if len(calls_to(clinic, chen_is_told)) > before:
            break
        page.wait_for_timeout(500)
    calls = calls_to(clinic, chen_is_told)
    assert len(calls) == before + 1
    assert "Leaving" not in calls[0].text

    signed_in(page, clinic, "Practitioner")
    page.goto(f"{clinic.url}/attention/")
    row = page.locator("tr", has_text="Leaving Early")
    assert "emergency" in row.inner_text()
    assert "waits" in row.inner_text()
    axe(page)
    row.get_by_role("link").click()
    page.wait_for_load_state()
    assert "Signs of an emergency" in page.content()
    assert WORDS not in page.content()
    axe(page)
    page.goto(f"{clinic.url}/attention/")
    page.locator("tr", has_text="Leaving Early").get_by_role("button").click()
    page.get_by_text("Marked as seen").wait_for()

    desk = signed_in(browser.new_context().new_page(), clinic, "Front desk")
    for path in ("/today/", "/reminders/", "/patients/?q=leaving"):
        desk.goto(clinic.url + path)
        assert "Signs of an emergency" not in desk.content()
        assert "A form needs" not in desk.content()
    desk.context.close()
