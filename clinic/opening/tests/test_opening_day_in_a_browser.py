"""The opening day with real parts: database, worker, mail, Chromium. At every step no barrier for anybody."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
PASSWORD = "mill pond heron thirteen"
NARROW = {"width": 320, "height": 800}


def looked_at(page, axe):
    """No barrier, and nothing beside the edge of a small phone."""
    axe(page)
    wide = page.viewport_size
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], page.url
    page.set_viewport_size(wide)


def go_on(page, axe):
    looked_at(page, axe)
    page.locator("#step button.btn-primary").click()
    page.wait_for_load_state()


def press_the_button(context, clinic, axe):
    mail = clinic.wait_for_mail("ada@oldmill.example")[0]
    phone = context.new_page()
    phone.goto(re.search(r"http\S+/mail-test/\S+", mail.text)[0])
    looked_at(phone, axe)
    phone.get_by_role("button", name="It reached me").click()
    phone.get_by_role("heading", name="Mail works").wait_for()
    phone.close()


def test_from_the_printed_link_to_an_open_clinic(empty_clinic, page, context, axe):
    link = empty_clinic.manage("setup_link").stdout.strip().removeprefix("Set-up: ")
    page.goto(link)
    looked_at(page, axe)
    page.get_by_role("button", name="Begin").click()

    page.get_by_label("Your name").fill("Ada Lindqvist")
    page.get_by_label("E-mail").fill("ada@oldmill.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("The same once more").fill(PASSWORD)
    page.get_by_label("I treat patients").check()
    go_on(page, axe)

    page.get_by_label("Name of the practice").fill("Clinic at the Old Mill")
    page.get_by_label("Country").select_option("IE")
    page.get_by_label("Address").fill("14 Mill Lane\nDublin 6")
    page.get_by_label("Phone").fill("01 555 0142")
    go_on(page, axe)

    page.get_by_label("From").fill("hello@oldmill.example")
    page.get_by_label("Replies go to").fill("desk@oldmil")
    go_on(page, axe)
    expect(page.get_by_text("Did you mean desk@oldmill.example?").first).to_be_visible()
    page.get_by_label("Replies go to").fill("desk@oldmill.example")
    go_on(page, axe)
    press_the_button(context, empty_clinic, axe)
    page.get_by_text("You pressed the button in it").wait_for(timeout=15_000)  # the page asked by itself
    go_on(page, axe)

    page.get_by_label("I have read all three").check()
    go_on(page, axe)
    page.get_by_label("Licence").fill("AFPA 112")
    go_on(page, axe)
    go_on(page, axe)
    page.get_by_label("Saturday").fill("9-1pm")
    go_on(page, axe)

    page.get_by_role("heading", name="No visits today").wait_for()
    page.goto(f"{empty_clinic.url}/settings/")
    expect(
        page.get_by_text("from hello@oldmill.example, replies to desk@oldmill.example; tested").first
    ).to_be_visible()
    looked_at(page, axe)
    assert page.goto(link).status == 410
