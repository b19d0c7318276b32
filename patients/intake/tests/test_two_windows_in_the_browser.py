"""Two windows on one page: the second is told, both texts are shown, the other one is kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from patients.intake.models import SecondVersion
from patients.intake.tests.conftest import row

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_second_window_chooses_and_nothing_is_lost(live_server, link, asked, phone, context, page, axe):
    page.goto(live_server.url + link)
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name="Next").click()
    page.wait_for_url("**/i/form/2/")
    other = context.new_page()
    other.goto(f"{live_server.url}/i/form/2/")

    page.get_by_label("What troubles you most?").fill("My neck")
    page.locator("[data-saved] .saved:not(.is-not)").wait_for(timeout=20_000)
    other.get_by_label("What troubles you most?").fill("My shoulder")
    other.locator("[data-saved]", has_text="another window").wait_for(timeout=20_000)
    assert row(asked).draft.data["2"]["concern"] == "My neck"

    other.get_by_role("button", name="Next").click()
    other.get_by_role("heading", name="Which one is right?").wait_for()
    expect(other.get_by_text("My neck")).to_be_visible()
    expect(other.get_by_text("My shoulder")).to_be_visible()
    other.set_viewport_size({"width": 320, "height": 700})
    assert other.evaluate("document.documentElement.scrollWidth") <= 320
    axe(other)
    other.get_by_role("button", name="Keep what I typed here").click()
    other.wait_for_url("**/i/form/*/")

    assert row(asked).draft.data["2"]["concern"] == "My shoulder"
    assert [kept.answers["concern"] for kept in SecondVersion.objects.all()] == ["My neck"]
