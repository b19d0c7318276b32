"""The folded parts on the screen: the quiet line, sections that the style switches, and nothing typed that is lost."""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import expect

from sessions.tests.test_note_in_a_browser import opened, saved, served, stored
from sessions.tests.test_the_rest_of_a_note import open_a_box
from sessions.tests.world import a_treatment, begin

__all__ = ["served"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_style_switches_the_sections_and_nothing_is_lost(context, served, axe):
    world = a_treatment()
    open_a_box(world)
    note = begin(world)
    page = opened(context, served, world, note)
    quiet = page.locator("#details > summary")
    expect(quiet).to_contain_text("0.25 x 40 mm, Acme lot 123")

    changed = page.get_by_label("What changed", exact=True)
    expect(changed).to_be_hidden()
    page.locator("[name=changes][value=yes]").focus()
    page.keyboard.press("Space")
    expect(changed).to_be_visible()
    expect(page.get_by_role("button", name="Insert a text into What changed")).to_be_visible()
    page.keyboard.press("Tab")  # that button
    page.keyboard.press("Tab")
    expect(changed).to_be_focused()
    changed.fill("New shoes.")
    page.locator("[name=changes][value=none]").check()
    expect(changed).to_be_visible()  # it holds a word: it stays
    page.locator("[name=changes][value=yes]").check()

    page.locator("#exam > summary").click()
    page.get_by_label("Overall").fill("wiry, 细")
    page.get_by_text("By area", exact=True).click()
    page.get_by_label("Tip", exact=True).fill("prickly, greasy coat")
    page.get_by_label("Body colour").select_option("pale")
    page.get_by_label("Where", exact=True).fill("tip red")
    quiet.click()
    page.get_by_label("Style").select_option("five_element")
    page.get_by_label("Emotion", exact=True).select_option("water")
    page.get_by_label("Style").select_option("japanese")
    expect(page.get_by_label("Emotion", exact=True)).to_be_visible()  # chosen: it stays
    expect(page.get_by_label("Abdomen")).to_be_visible()
    expect(page.get_by_text("Eight principles", exact=True).first).to_be_hidden()
    expect(page.get_by_label("Body colour")).to_be_visible()  # it holds a word: it stays
    page.get_by_label("Abdomen").fill("tight left of the navel")
    page.locator("#others > summary").click()
    line = page.get_by_role("group", name="Other part 1")
    line.get_by_label("Kind").select_option("moxa_box")
    line.get_by_label("Minutes").fill("10")
    page.get_by_label("Plan", exact=True).click()
    saved(page)
    for width in (1440, 768, 390):
        page.set_viewport_size({"width": width, "height": 1000})
        axe(page)
        if os.environ.get("SHOTS"):
            page.screenshot(path=f"{os.environ['SHOTS']}/rest-{width}.png", full_page=True)
    expect(page.locator("[data-part=not_said]")).not_to_contain_text(re.compile("style"))
    page.reload()

    expect(page.locator("#exam > summary")).to_contain_text("pulse wiry, thready")
    expect(page.locator("#others > summary")).to_contain_text("Moxa box: 10 min")
    found = stored(note)
    assert (found.exam["abdomen"], found.exam["tongue_where"]) == ("tight left of the navel", "tip red")
    assert (found.exam["tongue_at"][0]["area"], found.exam["element_emotion"]) == ("tip", "water")
    assert (found.changes, found.changes_text) == ("yes", "New shoes.")
    assert found.details["style"] == "japanese"
