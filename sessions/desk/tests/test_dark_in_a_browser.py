"""The dark theme: every page readable, in large text too, the choice before the device, and print ink on paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PLACES = {
    "Practitioner": ["/today/", "/patients/?q=a", "{patient}", "{patient}contact/", "{intake}intake/", "/visits/new/",
                     "/notes/", "{note}", "{draft}", "{draft}clock/", "{patient}history/", "{patient}places/",
                     "{patient}safety/", "{patient}private-note/", "{patient}measures/", "{course}", "/needles/",
                     "/points/sets/", "/attention/", "/account/"],
    "Owner": ["/settings/", "/settings/practice/", "/settings/mail/", "/settings/worry/", "/settings/rooms/",
              "/settings/services/new/", "/settings/users/", "{practitioner}hours/", "/settings/measures/new/",
              "/reminders/"],
    "Front desk": ["/today/", "{patient}", "{patient}intake-link/", "/settings/users/", "/accounts/2fa/",
                   "/accounts/password/change/", "/accounts/logout/"],
}  # fmt: skip
NOBODY = ["/accounts/login/", "/accounts/password/reset/", "/welcome/no-link/", "/i/no-link/", "/dev/inbox/"]
GROUND = "getComputedStyle(document.body).backgroundColor"
#: Text of twice the size: what does not fit wraps or follows below, and the page never grows to the side.
TWICE = """document.documentElement.style.fontSize = "200%";
    document.documentElement.scrollWidth - document.documentElement.clientWidth"""
DARK, WHITE = "rgb(24, 32, 30)", "rgb(255, 255, 255)"


@pytest.fixture
def window(browser):
    """Open windows of a device that is dark, or light."""
    opened = []

    def new(scheme: str = "dark", width: int = 1440):
        opened.append(browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme))
        return opened[-1].new_page()

    yield new
    for context in opened:
        context.close()


def sign_in(page, clinic, who):
    email, password = clinic.credentials[who]
    page.goto(f"{clinic.url}/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/today/"))


def addresses(clinic):
    """Somebody with notes, somebody with an intake, a signed note, a practitioner."""
    notes = "JOIN treatments_treatmentsession n ON n.patient_id = p.id"
    one = {
        "patient": f"SELECT p.public_id FROM patients_patient p {notes} GROUP BY p.id ORDER BY count(*) DESC LIMIT 1",
        "intake": "SELECT p.public_id FROM patients_patient p"
        " JOIN intake_questionnaireresponse r ON r.patient_id = p.id ORDER BY r.id LIMIT 1",
        "note": "SELECT public_id FROM treatments_treatmentsession WHERE signed_at IS NOT NULL ORDER BY id LIMIT 1",
        "draft": "SELECT public_id FROM treatments_treatmentsession WHERE signed_at IS NULL ORDER BY id LIMIT 1",
        "course": "SELECT public_id FROM courses_course ORDER BY id LIMIT 1",
        "practitioner": "SELECT public_id FROM staff_practitioner ORDER BY id LIMIT 1",
    }
    place = {
        "patient": "patients", "intake": "patients", "note": "notes", "draft": "notes", "course": "courses",
        "practitioner": "settings/practitioners",
    }  # fmt: skip
    return {name: f"/{place[name]}/{clinic.sql(query)[0][0]}/" for name, query in one.items()}


@pytest.mark.parametrize("who", [*PLACES, ""])
def test_every_page_can_be_read_in_the_dark(running_clinic, window, axe, who):
    page = window()
    if who:
        sign_in(page, running_clinic, who)
    known = addresses(running_clinic)
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for place in PLACES.get(who, NOBODY):
            page.goto(running_clinic.url + place.format(**known))
            assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark", place
            if width == 1440 or place == "/today/":
                axe(page)
            assert page.evaluate(TWICE) <= 0, f"{place} at {width} and twice the size of text"


def test_the_choice_comes_before_the_device_and_print_is_ink_on_paper(running_clinic, window):
    page = window("light")
    sign_in(page, running_clinic, "Front desk")
    page.goto(f"{running_clinic.url}/account/")
    assert page.evaluate(GROUND) != DARK

    page.get_by_role("button", name="Dark").click()
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    page.wait_for_load_state()
    assert page.evaluate(GROUND) == DARK
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"

    page.emulate_media(media="print", color_scheme="light")
    assert page.evaluate(GROUND) == WHITE
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(34, 48, 44)"
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


def test_as_the_device_follows_it_while_the_page_is_open(running_clinic, window):
    page = window("light")
    page.goto(f"{running_clinic.url}/accounts/login/")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
