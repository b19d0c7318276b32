"""One round with real parts: a patient is booked, mailed, fills in on a phone, is treated, and the note is signed.

Browser, gunicorn, PostgreSQL, Redis, Celery worker, beat and SMTP are the real ones; nothing is moved by hand.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from clinic.kernel import clock

pytestmark = pytest.mark.browser

NAME = "Ngọc Ánh Nguyễn"
ADDRESS = "ngoc.anh@round.example"


def sign_in(page, clinic, who):
    email, password = clinic.credentials[who]
    page.goto(f"{clinic.url}/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/today/"))


def given_the_desk_books_a_first_visit(page, clinic, axe):
    page.get_by_role("link", name="New visit").first.click()
    axe(page)
    page.get_by_label("Given name").fill("Ngọc Ánh")
    page.get_by_label("Family name").fill("Nguyễn")
    page.get_by_label("Day", exact=True).first.fill("3")
    page.get_by_label("Month").fill("2")
    page.get_by_label("Year").fill("1958")
    page.get_by_label("E-mail").fill(ADDRESS)
    page.get_by_label("Practitioner").select_option(label="Dr. Mei-Ling Chen")
    in_some_days = (clock.now() + timedelta(days=4)).date()
    while in_some_days.weekday() > 3:
        in_some_days += timedelta(days=1)
    page.locator("#id_day").fill(in_some_days.isoformat())
    page.locator("#id_day").dispatch_event("change")
    page.locator("#times input[type=radio]").first.check()
    page.get_by_label("Send the mail now").check()
    page.get_by_role("button", name="Book the visit").click()
    expect(page.get_by_text(re.compile("Nguyễn")).first).to_be_visible()
    axe(page)


def then_the_mail_has_time_calendar_and_link(clinic):
    mail = clinic.wait_for_mail(ADDRESS)[0]
    text = mail.text
    assert "Ngọc" in text
    assert any(part.name.endswith(".ics") for part in mail.attachments)
    for word in ("pain", "acupuncture", "needle"):
        assert word not in text.lower().replace("clinic at the old mill", "")
    return re.search(r"http://\S+/i/[\w-]{43}/", text).group(0)


def when_she_fills_it_in(phone, link, axe):
    phone.goto(link)
    axe(phone)
    phone.get_by_role("button", name="Begin").click()
    expect(phone.get_by_role("heading", name="Is this still right?")).to_be_visible()
    axe(phone)
    phone.get_by_label(re.compile("address you", re.I)).first.fill("Cô Ánh")
    phone.get_by_role("button", name="Next").click()
    expect(phone.get_by_role("heading", name="What brings you here?")).to_be_visible()
    axe(phone)
    phone.get_by_label("What troubles you most?").fill("Chronic low back pain")
    phone.get_by_label("What would you like to do again?").fill("Walk to the market and carry the bags home")
    phone.get_by_role("button", name="Next").click()
    expect(phone.get_by_role("heading", name="Where does it hurt?")).to_be_visible()
    phone.locator("[data-place='low-back']").click()
    phone.locator("input[name='strength_low-back'][value='6']").check()
    phone.get_by_role("group", name="Low back: how does it feel?").get_by_text("dull, aching").click()
    axe(phone)
    phone.get_by_role("button", name="Next").click()
    expect(phone.get_by_role("heading", name="Is any of this true for you?")).to_be_visible()
    axe(phone)
    phone.get_by_role("checkbox", name=re.compile("blood thinner")).check()
    phone.get_by_label(re.compile("Medicines")).fill("Apixaban 5 mg twice a day")
    phone.get_by_role("button", name="Next").click()
    expect(phone.get_by_role("heading", name="How you have been")).to_be_visible()
    axe(phone)
    for group in phone.locator("main fieldset").all():
        radios = group.locator("input[type=radio]")
        radios.nth(min(6, radios.count() - 1)).check()
    phone.get_by_role("button", name="Next").click()
    expect(phone.get_by_role("heading", name="Please read and sign")).to_be_visible()
    axe(phone)
    for box in phone.locator("input[type=checkbox]").all():
        box.check()
    phone.get_by_label(re.compile("name", re.I)).last.fill(NAME)
    phone.get_by_role("button", name=re.compile("^Send to")).click()
    expect(phone.locator("h1")).to_contain_text(re.compile("thank", re.I))
    axe(phone)


def when_the_practitioner_reads_what_she_sent(page, axe):
    page.get_by_role("button", name=re.compile("Start note.*Ngọc")).first.click()
    expect(page).to_have_url(re.compile(r"/notes/"))
    note = page.url
    expect(page.get_by_text("First session.")).to_be_visible()
    expect(page.locator(".page-head")).to_contain_text(re.compile("apixaban", re.I))
    intake = page.get_by_role("region", name="Intake")
    expect(intake).to_contain_text("Walk to the market and carry the bags home")
    expect(intake).to_contain_text(re.compile("Low back.*6 of 10"))
    intake.get_by_role("link", name="Mark it as read and confirm it").click()
    axe(page)
    page.get_by_role("button", name=re.compile("confirm", re.I)).click()
    expect(page.get_by_text("Read and confirmed").first).to_be_visible()
    page.goto(note)
    expect(page.get_by_role("region", name="Intake")).not_to_contain_text("Mark it as read")


def when_she_is_examined_and_treated(page, axe):
    page.get_by_role("radio", name="no", exact=True).check()
    page.locator("#id_subjective").fill("Stairs are hard in the morning.")
    page.get_by_role("group", name=re.compile("Pain before")).get_by_label("6", exact=True).check()
    page.locator("#exam > summary").click()
    page.get_by_label("Body colour").select_option("pale")
    page.get_by_label("Overall").fill("deep, thready")
    page.get_by_label("Type points").fill("st36, li4 r, gv20")
    page.get_by_role("button", name="ST36 both sides").click()
    expect(page.locator("#chips")).to_contain_text("合谷")
    warnings = page.locator("#warnings")
    expect(warnings).to_contain_text(re.compile("blood thinner", re.I))
    warnings.get_by_role("button", name=re.compile("^Read")).first.click()
    expect(warnings).to_contain_text("acknowledged in this course")
    page.get_by_role("button", name="Count 4 in").click()
    page.get_by_label("Minutes with needles").fill("25")
    page.get_by_label("Minutes with needles").blur()
    expect(page.locator("[data-out-at]")).to_be_visible()
    for width in (1440, 768, 390):
        page.set_viewport_size({"width": width, "height": 1000})
        axe(page)
    page.set_viewport_size({"width": 1440, "height": 900})


def when_the_needles_are_out_and_the_note_is_signed(page, axe):
    page.locator("#id_needles_out").fill("4")
    page.get_by_role("group", name=re.compile("Pain after")).get_by_label("4", exact=True).check()
    page.locator("#id_plan").fill("Add BL23 next time.")
    expect(page.locator("[data-part=missing]")).to_have_text("Nothing is missing.", timeout=10_000)
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("heading", name="Signed", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("thready")).first).to_be_visible()
    axe(page)


def then_the_desk_sees_that_she_was_treated_and_no_more(desk, clinic, axe):
    health = re.compile("apixaban|thinner|thready|合谷|stairs are hard", re.I)
    desk.goto(f"{clinic.url}/today/")
    card = desk.locator(".board .visit").filter(has_text="Ngọc")
    expect(card).to_contain_text("done")
    expect(card).to_contain_text("note signed")
    expect(card).not_to_contain_text(health)
    card.get_by_role("link", name=re.compile("Ngọc")).first.click()
    expect(desk.get_by_role("heading", level=1, name=re.compile("Ngọc"))).to_be_visible()
    expect(desk.locator("main")).not_to_contain_text(health)
    axe(desk)


def then_it_can_only_be_added_to(page, axe):
    page.locator("#id_text").fill("Told her what to watch for.")
    page.get_by_role("button", name="Add to the note").click()
    expect(page.get_by_text("Told her what to watch for.")).to_be_visible()


def test_from_the_booking_to_the_signed_note(browser, fresh_clinic, axe):
    clinic = fresh_clinic
    desk = browser.new_page(viewport={"width": 1440, "height": 900})
    sign_in(desk, clinic, "Front desk")
    axe(desk)
    given_the_desk_books_a_first_visit(desk, clinic, axe)

    link = then_the_mail_has_time_calendar_and_link(clinic)
    phone = browser.new_page(viewport={"width": 390, "height": 844})
    when_she_fills_it_in(phone, link, axe)

    [(starts_at,)] = clinic.sql(
        "SELECT a.starts_at FROM appointments_appointment a "
        "JOIN patients_patient p ON p.id = a.patient_id WHERE p.email = %s",
        ADDRESS,
    )
    hands = browser.new_page(viewport={"width": 1440, "height": 900})
    clinic.set_clock_offset((starts_at - clock.now()).total_seconds())
    sign_in(hands, clinic, "Practitioner")
    desk.goto(f"{clinic.url}/today/")
    desk.get_by_role("button", name=re.compile("Arrived.*Ngọc")).first.click()
    expect(desk.locator(".board").get_by_text("here", exact=False).first).to_be_visible()
    hands.goto(f"{clinic.url}/today/")
    axe(hands)
    when_the_practitioner_reads_what_she_sent(hands, axe)
    when_she_is_examined_and_treated(hands, axe)
    when_the_needles_are_out_and_the_note_is_signed(hands, axe)
    then_it_can_only_be_added_to(hands, axe)
    then_the_desk_sees_that_she_was_treated_and_no_more(desk, clinic, axe)

    hands.get_by_role("link", name=re.compile("Nguyễn")).first.click()
    expect(hands.get_by_text("合谷").first).to_be_visible()
    expect(hands.get_by_text("Told her what to watch for.").first).to_be_visible()
    axe(hands)
    for opened in (desk, phone, hands):
        opened.close()
