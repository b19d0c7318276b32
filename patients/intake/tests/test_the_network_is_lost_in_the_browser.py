"""Sixty answers on a phone whose network goes at the 31st for two minutes, which sleeps, and whose tab is closed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from patients.intake import steps
from patients.intake.models import IntakeSubmission
from patients.intake.tests import sixty_answers as sixty
from patients.intake.tests.conftest import row
from patients.models import Consent

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AWAY = 120_000
"""Milliseconds without a network."""
SLEEP = 2 * 60 * 60
"""Seconds a phone sleeps."""
A_PAGE = 10
"""Answers that may be lost at most with a tab that is closed without a network: those of its page."""


@pytest.fixture
def clock_file(monkeypatch, tmp_path):
    """Move the server's clock by the seconds written into this file; the phone's is moved by Playwright."""
    file = tmp_path / "clock"
    monkeypatch.setenv("DEQI_CLOCK_FILE", str(file))
    return file


def mark(page):
    return page.locator("[data-saved]")


def is_saved(page):
    """The server has it; how soon that is on a busy machine is a matter of the bench."""
    expect(mark(page).locator(".saved:not(.is-not)")).to_be_visible(timeout=20_000)


def is_not_saved(page, words="not saved yet"):
    expect(mark(page)).to_contain_text(words, timeout=3000)


def stored(asked, step):
    return sixty.kept_of_page(steps.answers_of(row(asked).draft.data, step), step)


def tick(page, name, value=None):
    page.locator(f"input[name='{name}']" + (f"[value='{value}']" if value is not None else "")).check()


def write(page, name, words):
    page.locator(f"[name='{name}']").fill(words)


def go_on(page, step):
    page.get_by_role("button", name="Next").click()
    page.wait_for_url(f"**/i/form/{step}/")


def say_who(page):
    told = sixty.GIVEN[str(steps.CONTACT)]
    for name in ("address_as", "emergency_contact", "physician"):
        write(page, name, told[name])
    tick(page, "desk_facts", "stairs")
    page.locator("[name='heard_from']").select_option(told["heard_from"])


def say_what_brings_her(page):
    told = sixty.GIVEN[str(steps.COMPLAINT)]
    for name in ("concern", "story", "since", "better", "worse", "goal"):
        write(page, name, told[name])
    tick(page, "pattern", told["pattern"])


def say_where_it_hurts(page):
    for place, (strength, kind) in sixty.MARKS.items():
        page.locator(f"[data-place='{place}']").click()
        tick(page, f"strength_{place}", strength)
        tick(page, f"kinds_{place}", kind)


def health(page):
    """Yield an act for each answer of the page of health, in the order in which they stand there."""
    for line, words in sixty.DETAILS.items():
        yield lambda line=line: tick(page, "ticks", line)
        yield lambda line=line, words=words: write(page, f"detail_{line}", words)
    yield lambda: write(page, "medicines", sixty.GIVEN[str(steps.HEALTH)]["medicines"])
    yield lambda: tick(page, "brings_list")
    yield lambda: tick(page, "therapies", "physiotherapy")
    yield lambda: write(page, "started_physiotherapy", "2025")


def without_a_network_for_two_minutes(page, context, asked, axe):
    """She goes on writing for two minutes of her phone's own clock, and it never says that anything is saved."""
    context.set_offline(True)
    acts = list(health(page))
    begun = page.evaluate("Date.now()")
    for act in acts:
        act()
        is_not_saved(page)
        page.clock.run_for(AWAY / len(acts) + 500)
        is_not_saved(page)
    assert page.evaluate("Date.now()") - begun >= AWAY
    is_not_saved(page, "It is sent by itself")
    expect(page.locator("[data-said]")).to_contain_text("not saved yet")
    axe(page)
    assert stored(asked, steps.HEALTH) == 0
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.evaluate("indexedDB.databases().then(all => all.length)") == 0

    # A press waits for the network too, and the page stays.
    page.get_by_role("button", name="Next").click()
    page.clock.run_for(10_000)
    is_not_saved(page, "It is sent by itself")
    expect(page.get_by_role("heading", name="Is any of this true for you?")).to_be_visible()
    context.set_offline(False)
    page.wait_for_url("**/i/form/5/", timeout=30_000)


def sleeps(page, clock_file):
    """Two hours on both clocks: what is tapped then is taken, though nothing saved may be shown before she says who."""
    is_saved(page)
    clock_file.write_text(str(SLEEP))
    page.clock.fast_forward(SLEEP * 1000)
    tick(page, "peg-2", sixty.FEELINGS["peg-2"])
    is_saved(page)


def is_closed_after_a_warning(page, context):
    """Closing asks first. She closes it all the same."""
    context.set_offline(True)
    tick(page, "peg-3", sixty.FEELINGS["peg-3"])
    is_not_saved(page, "It is sent by itself")
    warned = []
    page.on("dialog", lambda dialog: (warned.append(dialog.type), dialog.accept()))
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    assert warned == ["beforeunload"]


def opened_elsewhere(phone, address):
    """The same link on another phone, after the birth date."""
    phone.goto(address)
    phone.get_by_role("button", name="Begin").click()
    expect(phone.get_by_role("heading", name="Welcome back")).to_be_visible()
    for label, value in (("Day", "12"), ("Month", "3"), ("Year", "1961")):
        phone.get_by_label(label).fill(value)
    phone.get_by_role("button", name="Go on").click()
    phone.wait_for_url("**/i/form/5/")


def test_of_sixty_answers_none_is_lost_in_two_minutes_without_a_network(
    live_server, link, asked, clock_file, browser, context, page, axe
):
    page.clock.install()
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(live_server.url + link)
    page.get_by_role("button", name="Begin").click()
    say_who(page)
    go_on(page, steps.COMPLAINT)
    say_what_brings_her(page)
    is_saved(page)  # without a press
    assert stored(asked, steps.COMPLAINT) == 7
    go_on(page, steps.PLACES)
    say_where_it_hurts(page)
    go_on(page, steps.HEALTH)
    assert sixty.kept(row(asked).draft.data) == 30

    without_a_network_for_two_minutes(page, context, asked, axe)
    assert sixty.kept(row(asked).draft.data) == 46

    tick(page, "peg-1", sixty.FEELINGS["peg-1"])
    sleeps(page, clock_file)
    is_closed_after_a_warning(page, context)
    lost = 3 - stored(asked, steps.FEELINGS)  # of three taps on this page the last one
    assert lost == 1 <= A_PAGE

    other_context = browser.new_context(viewport={"width": 390, "height": 800})
    other = other_context.new_page()
    opened_elsewhere(other, live_server.url + link)
    for name, number in sixty.FEELINGS.items():
        if name in ("peg-1", "peg-2"):
            expect(other.locator(f"input[name='{name}'][value='{number}']")).to_be_checked()
        else:
            tick(other, name, number)
    go_on(other, steps.AGREEMENT)
    for kind in sixty.AGREED:
        tick(other, f"agree_{kind}")
    other.get_by_label("Your typed name counts as a signature too").fill(sixty.SIGNED)
    axe(other)
    other.get_by_role("button", name="Send to Clinic at the Old Mill").click()
    expect(other.get_by_role("heading", name="Thank you")).to_be_visible()
    other_context.close()

    agreed = Consent.objects.filter(signed_name=sixty.SIGNED).values_list("kind", flat=True)
    assert set(agreed) == set(sixty.AGREED)
    assert sixty.kept(IntakeSubmission.objects.get().answers) + len(agreed) + 1 == sixty.ALL
