"""Points by hand and by eye in Chromium: the line, the chips and the search are one state."""

from __future__ import annotations

import pytest
from django.conf import settings as house
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from sessions.models import TreatmentSession
from sessions.point_sets.services import make_set
from sessions.tests.world import NOW, a_treatment, begin

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def note_page(context, live_server, settings):
    """An open draft, its pages with their files as they lie in the tree."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    world = a_treatment()
    make_set(name="Low back", line="BL23 b, GV4", shared=False, by=world.clinic.chen.user, now=NOW)
    note = begin(world)
    client = Client()
    client.force_login(world.clinic.chen.user)
    cookie = client.cookies[house.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + reverse("treatments:note", args=[note.public_id]))
    return page, note


def test_line_chips_search_and_sets_are_one_state(note_page, axe):
    page, note = note_page
    line, find = page.get_by_label("Type points"), page.get_by_role("combobox", name="Find a point")
    chips, read_back = page.locator("#chips"), page.locator("#read-back")

    line.fill("st36 b, bl31-32 l +")
    expect(chips.get_by_role("listitem")).to_have_count(3)
    expect(read_back).to_contain_text("3 points, 4 needles")
    chips.get_by_role("button", name="ST36, side: both. Change to left").click()
    expect(line).to_have_value("ST36 l, BL31 l +, BL32 l +")
    turned = chips.get_by_role("button", name="ST36, side: left. Change to right")
    expect(turned).to_be_focused()
    page.keyboard.press("Enter")
    expect(line).to_have_value("ST36 r, BL31 l +, BL32 l +")
    chips.get_by_role("button", name="BL31, technique: reinforcing. Change to reducing").click()
    expect(line).to_have_value("ST36 r, BL31 l -, BL32 l +")
    chips.get_by_role("button", name="Take BL32 out of the line").click()
    expect(line).to_have_value("ST36 r, BL31 l -")
    expect(chips.get_by_role("listitem")).to_have_count(2)

    # a press on a chip that was drawn for another line undoes nothing of what was typed
    line.press("End")
    line.press_sequentially(", gv20")
    chips.get_by_role("button", name="ST36, side: right. Change to both").click()
    expect(line).to_have_value("ST36 b, BL31 l -, GV20")

    find.fill("shenme")
    options = page.get_by_role("listbox", name="Points found").get_by_role("option")
    expect(options).to_have_count(2)
    axe(page)
    find.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    find.press("Enter")
    expect(line).to_have_value("ST36 b, BL31 l -, GV20, HT7")
    expect(find).to_have_value("")
    expect(read_back).to_contain_text("HT7: which side?")
    page.get_by_role("button", name="HT7 both sides").click()
    expect(line).to_have_value("ST36 b, BL31 l -, GV20, HT7 b")
    find.fill("hegu")
    find.press("Enter")
    expect(line).to_have_value("ST36 b, BL31 l -, GV20, HT7 b, hegu")
    expect(read_back).to_contain_text("LI4: which side?")
    page.get_by_role("button", name="Take hegu out of the line").click()
    expect(line).to_have_value("ST36 b, BL31 l -, GV20, HT7 b")
    find.fill("yinta")
    expect(options.first).to_contain_text("EX-HN3")
    options.first.click()
    expect(line).to_have_value("ST36 b, BL31 l -, GV20, HT7 b, EX-HN3")

    page.get_by_role("button", name="Low back").click()
    expect(line).to_have_value("ST36 b, BL31 l -, GV20, HT7 b, EX-HN3, BL23 b, GV4")
    expect(read_back).to_contain_text("7 points")
    expect(page.locator(".sign-bar [data-saved]")).to_contain_text("saved")
    for width in (1440, 768, 390):
        page.set_viewport_size({"width": width, "height": 900})
        axe(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{wide} at {width}"
    page.reload()

    expect(page.get_by_label("Type points")).to_have_value("ST36 b, BL31 l -, GV20, HT7 b, EX-HN3, BL23 b, GV4")
    stored = TreatmentSession.objects.get(pk=note.pk).points_line
    assert stored == "ST36 b, BL31 l -, GV20, HT7 b, EX-HN3, BL23 b, GV4"
