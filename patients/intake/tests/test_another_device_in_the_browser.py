"""Begun on one phone, gone on with on another: the same link and the birth date, down to half a word."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from patients.intake.tests.conftest import row

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_what_was_half_typed_on_one_phone_stands_on_the_other(live_server, link, asked, browser, page, axe):
    page.goto(live_server.url + link)
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("textbox", name="E-mail").fill("maria@")
    page.locator("[data-saved] .saved:not(.is-not)").wait_for(timeout=20_000)
    assert "1" not in row(asked).draft.data

    context = browser.new_context(viewport={"width": 320, "height": 700})
    other = context.new_page()
    other.goto(live_server.url + link)
    other.get_by_role("button", name="Begin").click()
    other.get_by_role("heading", name="Welcome back").wait_for()
    assert "María" not in other.content()
    axe(other)
    for label, value in (("Day", "12"), ("Month", "3"), ("Year", "1961")):
        other.get_by_label(label).fill(value)
    other.get_by_role("button", name="Go on").click()
    other.wait_for_url("**/i/form/1/")

    expect(other.get_by_role("textbox", name="E-mail")).to_have_value("maria@")
    expect(other.locator(".field-problem")).to_have_count(0)
    other.get_by_role("textbox", name="E-mail").fill("maria@mail.example")
    other.get_by_role("button", name="Next").click()
    other.wait_for_url("**/i/form/2/")
    assert row(asked).draft.data["1"]["email"] == "maria@mail.example"
    context.close()
