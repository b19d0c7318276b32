"""From the mail on a phone: moved in two taps, said at once, taken back; then the own page and its choice of mails."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from patients.tests.effort import Thumb

pytestmark = pytest.mark.browser
A_MINUTE = 60
ADDRESS = "greta.own@round.example"
MADE = """
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo
from clinic.kernel import clock
from clinic.practice.models import Practice, Service
from clinic.staff.models import Practitioner, User
from sessions.appointments.free import next_free_times
from sessions.appointments.services import NewPatient, book_first_visit
now = clock.now()
service = Service.objects.filter(first_visit=False).first()
practitioner = Practitioner.objects.filter(active=True).first()
free = next_free_times(service=service, practitioner=practitioner, after=now + timedelta(days=5), now=now, limit=1)
book_first_visit(
    patient=NewPatient("Greta", "Own", date(1961, 3, 12), "greta.own@round.example", ""), service=service,
    practitioner=practitioner, starts_at=free[0].starts_at, sessions=8, send_now=True, by=User.objects.first(), now=now,
)
"""
STATE = (
    "SELECT a.state, a.sequence FROM appointments_appointment a JOIN patients_patient p ON p.id = a.patient_id "
    "WHERE p.email = 'greta.own@round.example'"
)


@pytest.fixture
def links(running_clinic):
    running_clinic.manage("shell", "-v", "0", "-c", MADE)
    mail = running_clinic.wait_for_mail(ADDRESS)[0]
    return re.findall(r"http://\S+/p/[\w-]{43}/", mail.text)


@pytest.fixture
def phone(page):
    page.set_viewport_size({"width": 390, "height": 844})
    return page


def fits(page):
    """Nothing runs over the edge: small, smaller, and with the text at twice its size."""
    for width, size in ((390, ""), (320, ""), (320, "200%")):
        page.set_viewport_size({"width": width, "height": 844})
        page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size({"width": 390, "height": 844})


def when_it_is_moved_in_two_taps(phone, clinic, link, axe, capsys):
    thumb = Thumb(phone)
    phone.goto(link)
    thumb.taps += 1  # in the mail
    thumb.read()
    fits(phone)
    axe(phone)
    thumb.turn(phone.locator("button[name=start]").nth(2))
    with capsys.disabled():
        print(f"\nmove a visit: {thumb}")
    assert thumb.taps == 2
    assert thumb.seconds <= A_MINUTE
    expect(phone.get_by_role("heading", name="Your visit is moved")).to_be_visible()
    expect(phone).to_have_url(re.compile(r"/p/visit/$"))
    fits(phone)
    axe(phone)
    assert clinic.sql(STATE) == [("booked", 1)]


def then_it_is_taken_back_cancelled_and_comes_again(phone, clinic, axe):
    phone.get_by_role("button", name="Take it back: the old time").click()
    expect(phone.get_by_role("heading", name="Your visit is moved")).to_be_visible()
    phone.get_by_role("button", name="Cancel this visit").click()
    expect(phone.get_by_role("heading", name="Your visit is cancelled")).to_be_visible()
    axe(phone)
    phone.get_by_role("button", name="Take it back: I will come").click()
    expect(phone.locator("button[name=start]").first).to_be_visible()
    assert clinic.sql(STATE)[0][0] == "booked"


def then_the_own_page_asks_for_the_birth_date(phone, link, axe):
    phone.goto(link)
    axe(phone)
    phone.get_by_role("button", name="Open my page").click()
    for name, value in (("day", "12"), ("month", "3"), ("year", "1961")):
        phone.locator(f"[name=birth_date_{name}]").fill(value)
    axe(phone)
    phone.get_by_role("button", name="Go on").click()
    expect(phone.get_by_role("heading", name="Hello Greta")).to_be_visible()
    expect(phone.get_by_text("0 of 8 visits are done.")).to_be_visible()
    fits(phone)
    axe(phone)


def then_the_card_and_the_mails_are_there(phone, clinic, axe):
    phone.get_by_role("link", name="All dates in large print").click()
    expect(phone.get_by_role("heading", name="Greta Own")).to_be_visible()
    fits(phone)
    axe(phone)
    phone.emulate_media(media="print")
    assert phone.locator(".dates-card").evaluate("one => parseFloat(getComputedStyle(one).fontSize)") >= 20 * 96 / 72
    phone.emulate_media(media="screen")
    phone.get_by_role("link", name="Your own page").click()
    phone.get_by_role("link", name="Choose which mails you get").click()
    expect(phone).to_have_url(re.compile(r"/p/mails/$"))
    expect(phone.get_by_role("radio").first).to_be_visible()
    phone.wait_for_load_state()
    fits(phone)
    axe(phone)
    phone.get_by_text("Only what concerns my visits").click()
    phone.get_by_role("button", name="Keep this").click()
    expect(phone.get_by_text("You get mails about your visits, and nothing else.")).to_be_visible()
    axe(phone)
    assert clinic.sql("SELECT stopped FROM contact_contactpreference") == [(["check-ins", "guidance"],)]


def test_from_the_mail_to_another_time_the_own_page_and_the_mails(running_clinic, links, phone, axe, capsys):
    visit, own = links
    when_it_is_moved_in_two_taps(phone, running_clinic, visit, axe, capsys)
    then_it_is_taken_back_cancelled_and_comes_again(phone, running_clinic, axe)
    then_the_own_page_asks_for_the_birth_date(phone, own, axe)
    then_the_card_and_the_mails_are_there(phone, running_clinic, axe)
    phone.get_by_role("link", name="Your own page").click()
    phone.get_by_role("button", name="Close my page on this device").click()
    expect(phone.get_by_role("heading", name="Your page is closed on this device")).to_be_visible()
    phone.goto(f"{running_clinic.url}/p/")
    expect(phone.get_by_role("heading", name="Please open the link in your mail")).to_be_visible()
