"""A text of the clinic goes into a note in Chromium, by keys and by taps, and the browser takes it back."""

from __future__ import annotations

import re

import pytest
from django.conf import settings as house
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from sessions.models import TreatmentSession
from sessions.tests.world import NOW, a_treatment, begin
from sessions.text_blocks.models import TextBlock
from sessions.text_blocks.services import make_block

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WALK = "Walk ___ minutes, ___ times a week."
SAVED = re.compile(r"^\s*saved \d")
TOLD = "Rest today.\nCall us if anything worries."


@pytest.fixture
def note_page(page, live_server, settings):
    """An open draft with something in its plan, its pages with their files as they lie in the tree."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    world = a_treatment()
    chen = world.clinic.chen.user
    for name, words, part in (
        ("walk", WALK, "plan"), ("after needles", TOLD, "plan"), ("neck", "Turns ___.", "objective"),
        ("interpreter", "An interpreter for the walk in.", "any"),
    ):  # fmt: skip
        make_block(name=name, words=words, part=part, shared=True, by=chen, now=NOW)
    note = begin(world)
    TreatmentSession.objects.filter(pk=note.pk).update(plan="As before. Then.")
    client = Client()
    client.force_login(chen)
    cookie = client.cookies[house.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.goto(live_server.url + reverse("treatments:note", args=[note.public_id]))
    return page, note


def caret(page, field, at):
    field.focus()
    field.evaluate("(area, at) => area.setSelectionRange(at, at)", at)


def marked(field):
    """What is selected in a field."""
    return field.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")


def test_a_text_is_found_inserted_filled_in_undone_and_saved(note_page, axe):
    page, note = note_page
    plan, find = page.get_by_label("Plan", exact=True), page.get_by_label("Find a text for Plan")
    button = page.get_by_role("button", name="Insert a text into Plan")
    options = page.get_by_role("listbox", name="Texts").get_by_role("option")

    # the list holds what is for this part and for any; Escape leaves it, and nothing was changed
    button.press("Enter")
    expect(find).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(options).to_have_count(3)
    expect(page.get_by_role("link", name="New text")).to_have_attribute(
        "href", f"{reverse('text_blocks:new')}?part=plan"
    )
    for width in (1440, 768, 390):
        page.set_viewport_size({"width": width, "height": 900})
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert [one for one in (button, find, *options.all()) if one.bounding_box()["height"] < 44] == []
    find.press("Enter")
    expect(find).to_be_focused()
    find.press("Escape")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(plan).to_have_value("As before. Then.")

    # its name comes before words; the text goes in at the caret, with the first mark to be typed over
    caret(page, plan, len("As before."))
    button.click()
    find.fill("WALK")
    expect(options).to_have_text([f"walk {WALK}", "interpreter An interpreter for the walk in."])
    find.press("Enter")
    expect(plan).to_have_value(f"As before. {WALK} Then.")
    expect(plan).to_be_focused()
    assert marked(plan) == "___"
    page.keyboard.type("20")
    expect(plan).to_have_value("As before. Walk 20 minutes, ___ times a week. Then.")

    # the note saves itself, and says what is still to be filled in
    page.keyboard.press("Tab")
    saved = page.locator(".sign-bar [data-saved]")
    expect(saved).to_have_text(SAVED, timeout=15_000)
    expect(page.locator(".sign-bar")).to_contain_text("Still to fill in: ___ in Plan.")

    # the browser's own undo takes back what was typed, then the text as one piece
    plan.focus()
    while plan.input_value() != "As before. Then.":
        before = plan.input_value()
        page.keyboard.press("Control+z")
        expect(plan).not_to_have_value(before)
    page.keyboard.press("Tab")
    expect(saved).to_have_text(SAVED, timeout=15_000)
    expect(page.locator(".sign-bar")).not_to_contain_text("Still to fill in")

    # arrows and Enter; lines stay lines; a part where nobody put the caret gets it at its end
    page.reload()
    button.click()
    find.fill("needles")
    expect(options).to_have_count(1)
    find.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(find).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
    find.press("Enter")
    expect(plan).to_have_value(f"As before. Then. {TOLD}")
    page.keyboard.press("Control+z")
    expect(plan).to_have_value("As before. Then.")

    # what is not there says so; another part has its own list, and a tap takes from it
    button.click()
    find.fill("qqzz")
    expect(page.get_by_text("No text like this.")).to_be_visible()
    expect(options).to_have_count(0)
    page.get_by_text("Findings", exact=False).first.click()
    page.get_by_role("button", name="Insert a text into Objective").click()
    expect(page.get_by_label("Find a text for Objective")).to_be_focused()
    expect(options).to_have_text(["neck Turns ___.", "interpreter An interpreter for the walk in."])
    options.first.click()
    objective = page.get_by_label("Objective", exact=True)
    expect(objective).to_have_value("Turns ___.")
    page.keyboard.type("freely")
    expect(objective).to_have_value("Turns freely.")
    page.keyboard.press("Tab")
    expect(saved).to_have_text(SAVED, timeout=15_000)
    expect(page.locator(".sign-bar")).not_to_contain_text("Still to fill in")
    page.reload()
    expect(page.get_by_label("Objective", exact=True)).to_have_value("Turns freely.")

    # the page where they are kept, from the list in the note
    page.get_by_role("button", name="Insert a text into Objective").click()
    page.get_by_role("link", name="All texts").click()
    expect(page.get_by_role("heading", name="Texts for notes")).to_be_visible()
    page.get_by_role("button", name="Take out of use: walk").click()
    said = page.get_by_role("status").filter(has_text="walk is out of use.")
    expect(said).to_be_visible()
    for width in (1440, 768, 390):
        page.set_viewport_size({"width": width, "height": 900})
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    said.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="Change: walk")).to_be_visible()
    page.get_by_role("link", name="Change: walk").click()
    page.get_by_label("Words").fill("Walk.")
    for width in (1440, 768, 390):
        page.set_viewport_size({"width": width, "height": 900})
        axe(page)
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("walk is kept.")).to_be_visible()

    assert TextBlock.objects.get(name="walk").words == "Walk."
    assert TreatmentSession.objects.get(pk=note.pk).objective == "Turns freely."
