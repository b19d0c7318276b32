"""The note as a practitioner meets it: in Chromium, saved by itself, with two windows, without a network."""

from __future__ import annotations

import re
import time

import pytest
from django.conf import settings as house
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from sessions.models import TreatmentSession
from sessions.services import verify_hash
from sessions.tests.world import a_practitioner, a_treatment, begin, holds, send, takes

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
    parts(theirs, pain="2", style="Five element", felt="Ache", other="Cupping, dry", points="gv20")
    theirs.get_by_label("Assessment", exact=True).fill("Hers alone.")
    theirs.get_by_label("Assessment", exact=True).blur()
    saved(theirs)
    stored_as(note, assessment="Hers alone.", points_line="gv20", pain_after=2)
    context.set_offline(True)  # all of it goes in one saving
    page.get_by_label("Subjective").fill("Mine alone.")
    parts(page, pain="5", style="Japanese", felt="Numb", other="Gua sha", points="GV20, st36 b")
    page.get_by_label("Plan", exact=True).fill("From me.")
    context.set_offline(False)

    panel = page.locator("#conflict")
    expect(panel.get_by_role("heading")).to_have_text(re.compile(r"^T. Ibarra saved this at \d+:\d\d$"), timeout=10_000)
    expect(panel).to_contain_text("From the colleague.")
    expect(panel).to_contain_text("From me.")
    expect(panel).to_contain_text("Taken from there, where you had written nothing: Assessment.")
    expect(page.get_by_label("Assessment", exact=True)).to_have_value("Hers alone.")
    assert stored(note).plan == "From the colleague.", "nothing is overwritten"
    for width in (1440, 390, 768):
        page.set_viewport_size({"width": width, "height": 900})
        axe(page)
    way(panel, "Keep both for Plan").focus()
    page.keyboard.press("Enter")
    expect(way(panel, "Keep mine for Pain after")).to_be_focused()
    way(panel, "Keep both for Points").press("Enter")
    way(panel, "Take the other one for Pain after").press("Enter")
    expect(way(panel, "Keep both for Needling: style")).to_be_hidden()
    way(panel, "Keep mine for Needling: style").press("Enter")
    way(panel, "Take the other one for Needling: response felt").press("Enter")
    way(panel, "Keep both for Other parts of the treatment").press("Enter")
    expect(panel).to_be_focused()
    expect(panel).to_contain_text("Both are in the note now.")
    saved(page)
    stored_as(
        note, plan="From me.\nFrom the colleague.", assessment="Hers alone.", subjective="Mine alone.",
        points_line="GV20, st36 b", pain_after=2,
    )  # fmt: skip
    after = stored(note)
    assert after.details == {"style": "japanese", "felt": ["ache"]}
    assert [part["kind"] for part in after.others] == ["gua_sha", "cupping_dry_static"]

    # The colleague wrote nothing more in these fields: what came from here arrives by itself, and hers is kept.
    theirs.locator("[name=pain_after][value='3']").check()
    expect(theirs.locator("#conflict")).to_contain_text("Both are in the note now.", timeout=8000)
    saved(theirs)
    expect(theirs.get_by_label("Subjective")).to_have_value("Mine alone.")
    expect(theirs.locator("[name=d_style]")).to_have_value("japanese")
    stored_as(note, plan="From me.\nFrom the colleague.", pain_after=3)

    # A number that both wrote is asked, by touch too.
    page.locator("[name=pain_after][value='4']").check()
    expect(way(panel, "Take the other one for Pain after")).to_be_visible(timeout=8000)
    way(panel, "Take the other one for Pain after").click()
    saved(page)
    expect(page.locator("[name=pain_after][value='3']")).to_be_checked()
    page.locator("[name=pain_before][value='8']").check()
    stored_as(note, pain_before=8)
    theirs.locator("[name=pain_before][value='9']").check()
    way(theirs.locator("#conflict"), "Keep mine for Pain before").tap()
    saved(theirs)
    stored_as(note, pain_before=9, pain_after=3)
    other.close()


def parts(page, *, pain, style, felt, other, points):
    """Fill numbers, picks, ticks and lines of the folded parts."""
    page.locator(f"[name=pain_after][value='{pain}']").check()
    page.get_by_label("Type points").fill(points)
    page.locator("#details > summary").click()
    page.get_by_label("Style", exact=True).select_option(style)
    page.get_by_label(felt, exact=True).check()
    page.locator("#others > summary").click()
    page.get_by_role("group", name="Other part 1").get_by_label("Kind").select_option(other)


def way(panel, name):
    """The button of one part: "Keep mine for Plan"."""
    return panel.get_by_role("button", name=name, exact=True)


def stored_as(note, **wanted):
    """Wait until the row says so."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        found = TreatmentSession.objects.filter(pk=note.pk).values(*wanted).get()
        if found == wanted:
            return
        time.sleep(0.05)
    assert found == wanted


def test_letters_on_their_way_and_a_third_window_take_no_word_away(context, served):
    world = a_treatment()
    note = begin(world)
    page = opened(context, served, world, note)
    held = []
    page.route("**/save/", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks it
    plan, subjective = page.get_by_label("Plan", exact=True), page.get_by_label("Subjective")

    plan.fill("First.")
    plan.blur()
    first = taken(page, held)
    plan.press_sequentially(" More.")  # while it is on its way
    subjective.fill("Mine alone.")
    first.continue_()
    second = taken(page, held)
    send(world, note, plan="Theirs.", version=2)
    second.continue_()
    taken(page, held).continue_()  # it was behind: now all of the page goes
    panel = page.locator("#conflict")
    expect(way(panel, "Keep both for Plan")).to_be_visible()
    expect(plan).to_have_value("First. More.")
    way(panel, "Keep both for Plan").click()
    third = taken(page, held)
    send(world, note, plan="Theirs.", subjective="A third one.", version=3)
    third.continue_()

    expect(way(panel, "Keep both for Subjective")).to_be_visible()
    expect(subjective).to_have_value("Mine alone.")
    expect(plan).to_have_value("First. More.\nTheirs.")
    page.unroute_all()
    way(panel, "Keep both for Subjective").click()
    stored_as(note, plan="First. More.\nTheirs.", subjective="Mine alone.\nA third one.")


def test_a_saving_whose_answer_was_lost_is_nobody_elses(context, served):
    """The line is cut after the server stored it: the page sends again, with more, and does not clash with itself."""
    world = a_treatment()
    note = begin(world)
    page = opened(context, served, world, note)
    plan, cut = page.get_by_label("Plan", exact=True), []

    def stored_and_cut(route):
        cut.append(route.fetch().status)
        route.abort()

    page.route("**/save/", stored_and_cut, times=1)
    plan.fill("Stored.")
    plan.blur()
    expect(page.locator(".sign-bar [data-saved]")).to_contain_text("trying again")
    plan.press_sequentially(" And more.")
    saved(page)

    assert cut == [200]
    stored_as(note, plan="Stored. And more.")
    expect(page.locator("#conflict")).to_have_count(0)
    expect(plan).to_have_value("Stored. And more.")


def taken(page, held):
    """The saving that waits to go out."""
    deadline = time.monotonic() + 10
    while not held and time.monotonic() < deadline:
        page.wait_for_timeout(20)
    return held.pop(0)


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


def test_a_text_is_counted_before_it_is_too_long_and_stays_in_the_page_whatever_its_length(context, served):
    world = a_treatment()
    note = begin(world)
    page = opened(context, served, world, note)
    plan, says = page.get_by_label("Plan", exact=True), page.locator(".sign-bar [data-saved]")
    paste = "(area, n) => { area.value = 'x'.repeat(n); area.dispatchEvent(new Event('input', { bubbles: true })); }"

    plan.evaluate(paste, 45_000)
    expect(page.get_by_text("45,000 of 50,000 characters")).to_be_visible()
    saved(page)
    page.route("**/save/", lambda route: route.abort())  # nothing of it is sent
    for many in (50_001, 2_600_000):
        plan.evaluate(paste, many)
        expect(page.get_by_text(f"{many:,} of 50,000 characters")).to_have_class(re.compile("over"))
        page.get_by_role("button", name="Save", exact=True).click()
        expect(says).to_have_text(re.compile("not saved yet. Plan: a text is too long; copy what you need"))
        assert plan.evaluate("area => area.value.length") == many
    page.unroute_all()
    plan.evaluate(paste.replace("'x'", "'🪡'"), 50_000)
    expect(page.get_by_text("50,000 of 50,000 characters")).to_be_visible()
    saved(page)
    assert stored(note).plan == "🪡" * 50_000


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
