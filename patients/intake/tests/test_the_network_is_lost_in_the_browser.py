"""The network goes in the middle of the form: she goes on writing, sees that it is not saved yet, and loses nothing."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from patients.intake import steps
from patients.intake.tests.conftest import row

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def mark(page, words, within=3.0):
    """The place beside the clinic's name says so within three seconds; return how long it took."""
    begun = time.monotonic()
    page.locator("[data-saved]", has_text=words).wait_for(timeout=within * 1000)
    return time.monotonic() - begun


def saved(page, within=20.0):
    """The server has it; how soon that is on a busy machine is a matter of the bench."""
    page.locator("[data-saved] .saved:not(.is-not)").wait_for(timeout=within * 1000)


def stored(asked, field, step=2):
    return steps.answers_of(row(asked).draft.data, step).get(field, "")


def test_two_minutes_without_a_network_lose_nothing(live_server, link, asked, context, page, axe):
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(live_server.url + link)
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name="Next").click()
    page.wait_for_url("**/i/form/2/")

    # Written, and saved without a press.
    page.get_by_label("What troubles you most?").fill("My neck")
    mark(page, "not saved yet", within=1)
    saved(page)
    assert stored(asked, "concern") == "My neck"
    axe(page)

    # The network goes; writing goes on.
    context.set_offline(True)
    page.get_by_label("What would you like to do again?").press_sequentially("Walk to the shop", delay=20)
    mark(page, "not saved yet")
    mark(page, "It is sent by itself", within=8)
    expect(page.locator("[data-said]")).to_contain_text("not saved yet")
    page.get_by_role("button", name="Next").click()
    page.wait_for_timeout(1500)
    assert page.url.endswith("/i/form/2/")
    page.get_by_label("Tell us more, if you like").fill("Since the move, most of all at night.")
    axe(page)
    assert stored(asked, "goal") == ""
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.evaluate("indexedDB.databases().then(all => all.length)") == 0

    # It is back: what waited goes by itself, the press too.
    context.set_offline(False)
    page.wait_for_url("**/i/form/3/", timeout=30_000)
    assert stored(asked, "goal") == "Walk to the shop"
    assert stored(asked, "story") == "Since the move, most of all at night."

    # Leaving while something is not saved asks first.
    page.goto(f"{live_server.url}/i/form/2/")
    page.get_by_label("Since when?").fill("March")
    saved(page)
    context.set_offline(True)
    page.get_by_label("Since when?").fill("March of last year")
    mark(page, "It is sent by itself", within=8)
    asked_first = []
    page.on("dialog", lambda dialog: (asked_first.append(dialog.type), dialog.dismiss()))
    with page.expect_event("dialog"):
        page.close(run_before_unload=True)
    assert asked_first == ["beforeunload"]
    context.set_offline(False)
    saved(page)
    assert stored(asked, "since") == "March of last year"
