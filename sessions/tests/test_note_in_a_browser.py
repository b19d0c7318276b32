"""The note as a practitioner meets it: in Chromium, saved by itself, with two windows, without a network."""

from __future__ import annotations

import re

import pytest
from django.conf import settings as house
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from sessions.models import TreatmentSession
from sessions.services import verify_hash
from sessions.tests.world import a_practitioner, a_treatment, begin, holds, takes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def served(live_server, settings):
    """The pages with their files, as they lie in the tree."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    return live_server.url


def sign_in(context, served, user):
    """Give a browser window a sign-in."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[house.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": served}])


def opened(context, served, world, note, user=None):
    sign_in(context, served, user or world.clinic.chen.user)
    page = context.new_page()
    page.goto(served + reverse("treatments:note", args=[note.public_id]))
    return page


def stored(note):
    return TreatmentSession.objects.get(pk=note.pk)


def saved(page):
    expect(page.locator(".sign-bar [data-saved]")).to_have_text(re.compile(r"^\s*saved \d+:\d\d\s*$"), timeout=8000)


def test_a_session_from_the_first_letter_to_the_seal(context, served, axe):
    world = a_treatment()
    takes(world.patient, "apixaban 5 mg")
    note = begin(world)
    page = opened(context, served, world, note)
    axe(page)

    page.get_by_label("no", exact=True).check()
    page.get_by_label("Subjective").fill("Slept well.")
    page.get_by_label("Type points").fill("st36, shenmen b, gv20, qqzz")
    expect(page.locator("#read-back")).to_contain_text("ST36: which side?")
    expect(page.locator("#read-back")).to_contain_text("“qqzz” is no point we know.")
    expect(page.locator("#warnings")).to_contain_text("Blood thinner: apixaban 5 mg")
    axe(page)
    page.get_by_role("button", name="ST36 both sides").click()
    page.get_by_role("button", name="HT7 Shénmén 神门").click()
    expect(page.get_by_label("Type points")).to_have_value("ST36 b, HT7 b, GV20, qqzz")
    page.get_by_label("Type points").fill("ST36 b, HT7 b, GV20")
    expect(page.locator("#chips")).to_contain_text("百会")
    page.get_by_role("button", name="Count 5 in").click()
    page.get_by_label("Minutes with needles").fill("25")
    page.get_by_label("Minutes with needles").blur()
    expect(page.locator("[data-out-at]")).to_be_visible()
    out = page.get_by_role("button", name="Counted out: one more")
    for _ in range(4):
        out.click()
    expect(page.get_by_label("Why the counts differ")).to_be_visible()
    out.click()
    expect(page.get_by_label("Why the counts differ")).to_be_hidden()
    page.locator("[name=pain_before][value='6']").check()
    page.locator("[name=pain_after][value='3']").check()
    expect(page.locator("[data-part=missing]")).to_have_text("Nothing is missing.")
    saved(page)
    page.get_by_role("button", name="Sign", exact=True).click()

    expect(page.get_by_text("unchanged since signed")).to_be_visible()
    axe(page)
    after = TreatmentSession.objects.select_related("patient", "practitioner", "signed_by").get(pk=note.pk)
    assert verify_hash(after)
    assert (after.pain_before, after.pain_after, after.needles_in, after.needles_out) == (6, 3, 5, 5)


def test_what_is_typed_is_stored_within_six_seconds_and_never_in_the_browser(context, served):
    world = a_treatment()
    note = begin(world)
    page = opened(context, served, world, note)

    page.get_by_label("Plan", exact=True).press_sequentially("Add KI3.")
    expect(page.locator(".sign-bar [data-saved]")).to_have_text("not saved yet")
    saved(page)

    assert stored(note).plan == "Add KI3."
    assert "KI3" not in page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")


def test_without_a_network_it_says_so_and_saves_when_it_is_back(context, served):
    world = a_treatment()
    note = begin(world)
    page = opened(context, served, world, note)

    context.set_offline(True)
    page.get_by_label("Plan", exact=True).fill("Typed in a cellar.")
    page.get_by_label("Plan", exact=True).blur()
    expect(page.locator(".sign-bar [data-saved]")).to_contain_text("not saved yet", timeout=3000)
    context.set_offline(False)
    saved(page)

    assert stored(note).plan == "Typed in a cellar."


def test_two_practitioners_write_one_draft_and_lose_no_word(browser, context, served, axe):
    world = a_treatment()
    note = begin(world)
    colleague = a_practitioner("T. Ibarra")
    other = browser.new_context(viewport={"width": 768, "height": 1024}, has_touch=True)
    page, theirs = opened(context, served, world, note), opened(other, served, world, note, colleague.user)

    theirs.get_by_label("Plan", exact=True).fill("From the colleague.")
    theirs.get_by_label("Assessment", exact=True).fill("Hers alone.")
    theirs.get_by_label("Assessment", exact=True).blur()
    saved(theirs)
    page.get_by_label("Subjective").fill("Mine alone.")
    page.get_by_label("Plan", exact=True).fill("From me.")
    page.get_by_label("Plan", exact=True).blur()

    panel = page.locator("#conflict")
    expect(panel).to_contain_text("From the colleague.")
    expect(panel).to_contain_text("From me.")
    expect(panel).to_contain_text("Taken from there, where you had written nothing: Assessment.")
    expect(page.get_by_label("Assessment", exact=True)).to_have_value("Hers alone.")
    assert stored(note).plan == "From the colleague.", "nothing is overwritten"
    axe(page)
    panel.get_by_role("button", name=re.compile("^Keep both")).click()
    saved(page)
    after = stored(note)
    assert (after.plan, after.assessment, after.subjective) == (
        "From me.\nFrom the colleague.", "Hers alone.", "Mine alone.",
    )  # fmt: skip

    # The colleague wrote nothing more in these fields: what came from here arrives by itself, and hers is kept.
    theirs.get_by_label("Assessment", exact=True).fill("Hers, longer.")
    theirs.get_by_label("Assessment", exact=True).blur()
    expect(theirs.locator("#conflict")).to_contain_text("Both are in the note now.")
    saved(theirs)
    expect(theirs.get_by_label("Subjective")).to_have_value("Mine alone.")
    after = stored(note)
    other.close()
    assert (after.plan, after.assessment) == ("From me.\nFrom the colleague.", "Hers, longer.")


def test_an_ended_sign_in_is_answered_over_the_page_and_loses_no_word(context, served, axe):
    world = a_treatment()
    password = "four sheep under a walnut"
    world.clinic.chen.user.set_password(password)
    world.clinic.chen.user.save(update_fields=["password"])
    world.browser.force_login(world.clinic.chen.user)
    note = begin(world)
    page = opened(context, served, world, note)
    context.clear_cookies()

    page.get_by_label("Plan", exact=True).fill("Written while signed out.")
    page.get_by_label("Plan", exact=True).blur()
    over = page.get_by_role("dialog", name="Your sign-in ended")
    expect(over.get_by_label("E-mail")).to_have_value(world.clinic.chen.user.email)
    axe(page)
    over.get_by_label("Password", exact=True).fill("not this one at all")
    over.get_by_role("button", name="Sign in", exact=True).click()
    expect(over.locator("[data-door]")).to_contain_text("not correct")
    assert stored(note).plan == ""
    over.get_by_label("Password", exact=True).fill(password)
    over.get_by_role("button", name="Sign in", exact=True).click()

    expect(over).to_be_hidden()
    saved(page)
    expect(page.get_by_label("Plan", exact=True)).to_have_value("Written while signed out.")
    assert stored(note).plan == "Written while signed out."
    assert "Written" not in page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")

    # Signed in in another window: this one sees it when it is looked at again. A press waits for it.
    context.clear_cookies()
    page.get_by_label("Plan", exact=True).fill("And a second time.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(over).to_be_visible()
    sign_in(context, served, world.clinic.chen.user)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(over).to_be_hidden()
    saved(page)
    assert stored(note).plan == "And a second time."


def test_a_wrong_number_says_where_and_keeps_the_text(context, served):
    world = a_treatment()
    note = begin(world)
    page = opened(context, served, world, note)

    page.get_by_label("Subjective").fill("Kept.")
    page.get_by_label("Minutes with needles").fill("25 min")
    page.get_by_label("Minutes with needles").blur()

    expect(page.locator(".sign-bar [data-saved]")).to_contain_text("Minutes with needles: Please write a whole number")
    expect(page.get_by_label("Subjective")).to_have_value("Kept.")
    page.get_by_label("Minutes with needles").fill("25")
    page.get_by_label("Minutes with needles").blur()
    saved(page)
    assert stored(note).subjective == "Kept."


def test_a_stop_asks_for_its_reason_as_soon_as_its_point_is_typed(context, served):
    world = a_treatment()
    holds(world.patient, "pregnancy_t1", due_on="2027-04-01")
    note = begin(world)
    page = opened(context, served, world, note)
    reason = page.get_by_label("Why you go on")
    expect(reason).to_have_count(0)

    page.get_by_label("Type points").fill("li4 b")

    expect(page.locator("#warnings [data-stop]")).to_contain_text("Pregnant")
    expect(reason).to_be_visible()


def test_without_scripts_the_same_form_works(browser, served):
    world = a_treatment()
    note = begin(world)
    context = browser.new_context(java_script_enabled=False)
    page = opened(context, served, world, note)

    page.get_by_label("Type points").fill("st36, gv20")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="ST36 both sides").click()
    page.get_by_role("button", name="Count 3 in").click()

    after = stored(note)
    context.close()
    assert (after.points_line, after.needles_in) == ("ST36 b, GV20", 3)
