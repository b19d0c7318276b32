"""A clinic adds a measure, numbers are entered and charted: no barrier on any of its pages, also at 320 pixels."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from clinic.kernel import clock
from patients.measures.models import MeasureValue, MeasureVersion
from patients.measures.tests.world import a_clinic, a_patient, a_value

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NARROW = {"width": 320, "height": 800}


def looked_at(page, axe):
    axe(page)
    wide = page.viewport_size
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], page.url
    page.set_viewport_size(wide)


def test_from_the_settings_to_the_chart(client, context, live_server, page, axe):
    clinic = a_clinic()
    chen = clinic.chen.user
    chen.roles = ["owner", "practitioner"]
    chen.save()
    greta = a_patient()
    client.force_login(chen)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])

    page.goto(f"{live_server.url}/settings/questionnaires/")
    looked_at(page, axe)
    page.goto(f"{live_server.url}/settings/measures/")
    looked_at(page, axe)
    page.get_by_role("link", name="Add a measure").first.click()
    looked_at(page, axe)
    page.get_by_label("Name", exact=True).fill("Headache index")
    page.get_by_label("Question to the patient").fill("What was your headache index of four weeks?")
    page.get_by_label("Lowest number").fill("0")
    page.get_by_label("Highest number").fill("140")
    page.get_by_label("Unit").fill("points")
    page.get_by_text("a higher number is worse").click()
    page.get_by_text("Never: staff enter it").click()
    page.get_by_text("Only for some conditions").click()
    page.get_by_label("Migraine").check()
    page.get_by_role("button", name="Show it first").click()
    expect(page.get_by_role("heading", name="As the patient sees it")).to_be_visible()
    looked_at(page, axe)
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("0 to 140 points, a higher number is worse")).to_be_visible()

    version = MeasureVersion.objects.get(measure__code="headache-index")
    a_value(greta, version, "120", measured_at=clock.now() - timedelta(days=28))
    page.goto(f"{live_server.url}/patients/{greta.public_id}/")
    page.get_by_text("Enter a number").click()
    page.get_by_label("Measure", exact=True).select_option("headache-index")
    page.get_by_label("Number", exact=True).fill("66")
    page.get_by_role("button", name="Keep the number").click()
    expect(page.get_by_role("heading", name="Headache index 120 to 66")).to_be_visible()
    expect(page.get_by_text("54 points better, 45 %: meaningful (30 % or more).")).to_be_visible()
    assert page.locator("svg.is-wide .measure").count() == 1
    looked_at(page, axe)

    page.get_by_role("link", name="Every number, and corrections").click()
    looked_at(page, axe)
    page.get_by_role("link", name="It was wrong").first.click()
    looked_at(page, axe)
    page.get_by_label("What was wrong?").fill("figures turned")
    page.get_by_label("The right number").fill("99")
    page.get_by_role("button", name="Correct it").click()
    expect(page.get_by_text("figures turned")).to_be_visible()
    assert [int(value.value) for value in MeasureValue.objects.standing().order_by("measured_at")] == [120, 99]
