"""The whole intake without a mouse or a finger: every stop of the focus can be seen, and it is never lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import TimeoutError as NotInTime
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

ADDRESS = "ruth@keyboard.example"
MADE = f"""
from datetime import date
from clinic.kernel import clock
from clinic.staff.models import User
from patients.intake.services import issue_request
from patients.intake.services.requests import token_of
from patients.models import Patient
now, owner = clock.now(), User.objects.filter(roles__contains=["owner"]).first()
patient = Patient.objects.create(given_name="Ruth", email="{ADDRESS}", birth_date=date(1961, 3, 12), created_at=now)
print("/i/" + token_of(issue_request(patient=patient, appointment_id=None, by=owner, now=now)) + "/")
"""
#: No page of the intake has so many stops.
MOST_STOPS = 60
SOON = 10_000
"""Milliseconds in which a ring has faded in and the page has scrolled to it."""

#: Tells whether the focus stands on something that says so: by itself, or by what is drawn around a tick or a number.
#: A shadow inside the box says that something is chosen, not that it has the focus.
SEEN = """() => {
  const at = document.activeElement;
  if (!at || at === document.body || at === document.documentElement) return false;
  const drawn = [at, at.closest(".choice"), at.matches(".scale input") && at.nextElementSibling].filter(Boolean);
  const box = at.getBoundingClientRect();
  return box.width > 0 && box.bottom > 0 && box.top < innerHeight && drawn.some((part) => {
    const style = getComputedStyle(part);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    return outlined || (style.boxShadow !== "none" && !style.boxShadow.includes("inset"));
  });
}"""


WHERE = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect(), part = at.closest(".choice") ?? at;
  const at_y = [box.top, box.bottom, innerHeight].map(Math.round);
  return [at.outerHTML.slice(0, 200), at_y, at.matches(":focus-visible"),
    getComputedStyle(part).boxShadow, getComputedStyle(part).outlineStyle, document.hasFocus()].join(" | ");
}"""


def see_the_focus(page):
    try:
        page.wait_for_function(SEEN, timeout=SOON)
    except NotInTime:
        raise AssertionError(f"{page.url}: the focus cannot be seen on {where(page)}") from None


def where(page):
    return page.evaluate(WHERE)


def tab_to(page, wanted):
    """Press Tab until one of the wanted controls has the focus. Raises AssertionError when it is not on the way."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        there = wanted.evaluate_all("all => all.includes(document.activeElement)")
        # Forty places are one component: the one that is ticked stands for them.
        if there or not page.evaluate("Boolean(document.activeElement.closest('[data-list]'))"):
            see_the_focus(page)
        if there:
            return
    raise AssertionError(f"{page.url}: {MOST_STOPS} stops, and {wanted} was none of them; the last was {where(page)}")


def type_into(page, label, words):
    field = page.get_by_label(label)
    tab_to(page, field)
    page.keyboard.type(words)
    expect(field).to_have_value(words)


def tick(page, box):
    tab_to(page, box)
    page.keyboard.press("Space")
    expect(box).to_be_checked()


def choose(page, name, number):
    """Take the first of a row of choices, then go on by the arrow to the one wanted."""
    row = page.locator(f"input[name='{name}']")
    tab_to(page, row)
    page.keyboard.press("Space")
    for _ in range(number):
        page.keyboard.press("ArrowRight")
    see_the_focus(page)
    expect(row.nth(number)).to_be_checked()


def press(page, name, key="Enter"):
    tab_to(page, page.get_by_role("button", name=name))
    page.keyboard.press(key)


def arrive(page, heading):
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    page.wait_for_load_state()


def follow_the_message(page, label, to):
    """After a page with a problem the focus stands on its message, and a link of it leads to the field."""
    expect(page.locator("main .problem[data-focus]")).to_be_focused()
    page.wait_for_load_state()
    see_the_focus(page)
    tab_to(page, page.locator("main .problem").get_by_role("link", name=label))
    page.keyboard.press("Enter")
    expect(page.locator(to)).to_be_focused()
    see_the_focus(page)


def begin(page):
    arrive(page, "Before your first visit")
    tab_to(page, page.get_by_role("link", name="To the page"))
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    press(page, "Begin")


def say_who(page):
    arrive(page, "Is this still right?")
    by = page.locator("input[name='filled_by']")
    tab_to(page, by)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("If you help: who are you to them?")).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(by.first).to_be_checked()
    type_into(page, "How may we address you?", "Mrs Haas")
    heard = page.get_by_label("How did you hear of us?")
    tab_to(page, heard)
    page.keyboard.press("ArrowDown")
    expect(heard).to_have_value("physician")
    press(page, "Next")


def say_what_brings_her(page):
    arrive(page, "What brings you here?")
    press(page, "Next")
    follow_the_message(page, "What troubles you most?", "#id_concern")
    page.keyboard.type("I sleep badly")
    choose(page, "pattern", 1)
    type_into(page, "What would you like to do again?", "Sleep until six")
    press(page, "Next")


def say_where_it_hurts(page):
    """The list of places answers for the figure: open it, tick, and say how strong it is when the page asks."""
    arrive(page, "Where does it hurt?")
    places = page.locator("[data-list] details")
    expect(places).not_to_have_attribute("open", "")
    tab_to(page, places.locator("summary"))
    page.keyboard.press("Enter")
    expect(places).to_have_attribute("open", "")
    tick(page, page.locator("input[name='places'][value='low-back']"))
    expect(page.locator("[data-rows] [data-of='low-back']")).to_be_visible()
    press(page, "Next")
    follow_the_message(page, "Low back: how strong is it?", "#id_strength_low-back")
    choose(page, "strength_low-back", 6)
    tick(page, page.locator("input[name='kinds_low-back'][value='ache']"))
    press(page, "Next")


def say_how_healthy_she_is(page):
    arrive(page, "Is any of this true for you?")
    tick(page, page.locator("input[name='ticks'][value='none']"))
    type_into(page, "Medicines, herbs and supplements you take", "Vitamin D")
    press(page, "Next")


def say_how_she_is(page):
    arrive(page, "How you have been")
    names = page.locator("main input[type=radio]").evaluate_all("all => [...new Set(all.map((one) => one.name))]")
    assert len(names) > 5
    for name in names:
        choose(page, name, 1)
    press(page, "Next")


def agree_and_sign(page):
    arrive(page, "Please read and sign")
    press(page, re.compile("^Send to"))
    follow_the_message(page, "Your typed name counts as a signature too", "#id_signed_name")
    page.keyboard.type("Ruth")
    press(page, re.compile("^Send to"))
    expect(page.locator("main .problem[data-focus]")).to_be_focused()
    see_the_focus(page)
    ticks = page.locator("main .agree input[type=checkbox]")
    for one in ticks.all():
        tick(page, one)
    expect(page.get_by_label("Your typed name counts as a signature too")).to_have_value("Ruth")
    press(page, re.compile("^Send to"), key="Space")


def of_ruth(clinic, columns, table):
    hers = "SELECT id FROM patients_patient WHERE email = %s"
    return clinic.sql(f"SELECT {columns} FROM {table} WHERE patient_id IN ({hers})", ADDRESS)


def test_the_whole_intake_is_filled_in_by_keyboard_alone(running_clinic, page):
    link = running_clinic.manage("shell", "-v", "0", "-c", MADE).stdout.strip()
    page.goto(running_clinic.url + link)

    begin(page)
    say_who(page)
    say_what_brings_her(page)
    say_where_it_hurts(page)
    say_how_healthy_she_is(page)
    say_how_she_is(page)
    agree_and_sign(page)
    arrive(page, "Thank you")

    signed = of_ruth(running_clinic, "DISTINCT signed_name, signature_png IS NULL", "patients_consent")
    marks = of_ruth(running_clinic, "place, strength, kinds", "patients_painmark")
    assert signed == [("Ruth", True)]
    assert marks == [("low-back", 6, ["ache"])]
