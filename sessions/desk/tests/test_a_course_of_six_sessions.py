"""A course from the first visit to its checkpoint: mails, check-ins on a phone, six signed notes, and the chart.

Browser, gunicorn, PostgreSQL, Redis, Celery worker, beat and SMTP are the real ones; only the clock is moved.
"""

from __future__ import annotations

import re
import time
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from clinic.kernel import clock
from sessions.desk.tests.test_one_round_of_the_clinic import (
    ADDRESS,
    given_the_desk_books_a_first_visit,
    sign_in,
    then_the_mail_has_time_calendar_and_link,
    when_she_fills_it_in,
)
from sessions.reminders.leads import moment_of
from sessions.tests.world import READY

pytestmark = pytest.mark.browser

DAY = timedelta(days=1)
GOAL = "Walk to the market and carry the bags home"
#: After each session: pain, her goal, held back, low mood, poor sleep, days with a painkiller. At intake all were 6.
SAID = [(6, 6, 6, 6, 5, 6), (5, 6, 5, 5, 5, 5), (5, 5, 5, 5, 4, 3), (4, 4, 4, 4, 4, 2), (3, 3, 3, 3, 4, 0)]


class Hands:
    """The practitioner's browser: what is no page to look at is sent as the pages send it."""

    def __init__(self, browser, clinic):
        self.clinic = clinic
        self.page = browser.new_page(viewport={"width": 1440, "height": 1000})
        self.zone = ZoneInfo(clinic.sql("SELECT timezone FROM practice_practice")[0][0])

    def comes_at(self, moment):
        self.clinic.set_clock_offset((moment - clock.now()).total_seconds())
        self.page.context.clear_cookies()
        sign_in(self.page, self.clinic, "Practitioner")

    def send(self, path, opened_from, **form):
        shown = self.page.request.get(self.clinic.url + opened_from).text()
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown))
        names = {"csrfmiddlewaretoken", "form_token", "version", "end"}
        sent = {name: value for name, value in hidden.items() if name in names} | form
        answer = self.page.request.post(
            self.clinic.url + path, form=sent, headers={"Referer": self.clinic.url + opened_from}
        )
        assert answer.ok, f"{path}: {answer.status}\n{answer.text()}"
        return answer

    def opens_the_note(self, visit):
        return self.send(f"/visits/{visit}/note/", "/today/").url.removeprefix(self.clinic.url)

    def signs(self, note, before, after):
        points = {"points_line": "st36 b, li4 r, gv20", "needles_in": "4", "needles_out": "4"}
        answer = self.send(f"{note}sign/", note, **{**READY, **points, "pain_before": before, "pain_after": after})
        assert "unchanged since signed" in answer.text()

    def books(self, patient, first, *, weeks):
        """Book the same time of the wall clock so many weeks after the first visit."""
        local = first.astimezone(self.zone) + 7 * weeks * DAY
        [(service,)] = self.clinic.sql("SELECT public_id FROM practice_service WHERE name = 'Follow-up'")
        [(chen,)] = self.clinic.sql("SELECT public_id FROM staff_practitioner WHERE display_name LIKE %s", "%Chen")
        page = f"/visits/new/?patient={patient}"
        self.send(
            page, page, service=str(service), practitioner=str(chen), day=local.date().isoformat(), start="", room="",
            time=f"{local:%H:%M}",
        )  # fmt: skip


def the_visits(clinic):
    """Her visits, oldest first: id and start."""
    return clinic.sql(
        "SELECT a.public_id, a.starts_at, p.public_id FROM appointments_appointment a "
        "JOIN patients_patient p ON p.id = a.patient_id WHERE p.email = %s ORDER BY a.starts_at",
        ADDRESS,
    )


def the_link_of_the_check_in(clinic, number):
    """The link of the newest check-in, once so many reminders brought one; other mails come in between."""
    deadline = time.monotonic() + 45
    while True:
        mails = [mail for mail in clinic.inbox() if ADDRESS in mail.to and "/i/check-in/" in mail.text]
        if len(mails) >= number:
            return re.search(r"http://\S+/i/check-in/[\w-]{43}/", mails[0].text).group(0)
        ledger = "SELECT kind, state, reason, not_before FROM outbox_outgoingmessage WHERE to_address = %s"
        assert time.monotonic() < deadline, clinic.sql(ledger, ADDRESS)
        time.sleep(0.1)


def she_checks_in(phone, link, values, axe, *, look):
    phone.goto(link)
    phone.get_by_role("button", name="Begin").click()
    expect(phone.get_by_role("heading", name="A few short questions since your last session")).to_be_visible()
    expect(phone.get_by_text("reads this before you come on")).to_be_visible()
    taps = 0
    names = ("ci-pain", "mc-goal-score", "ci-interference", "ci-mood", "ci-sleep", "ci-analgesic-days")
    for name, value in zip(names, values, strict=True):
        phone.locator(f"label:has(input[name='{name}'][value='{value}'])").click()
        taps += 1
    change = phone.get_by_role("group", name=re.compile("Than before your last session"))
    if values[-1]:
        change.get_by_text("less", exact=True).click()
        taps += 1
    else:
        expect(change).to_be_hidden()
    for question in ("Is anything new", "Did anything worry you"):
        phone.get_by_role("group", name=re.compile(question)).get_by_text("No", exact=True).click()
        taps += 1
    assert taps <= 9
    if look:
        expect(phone.locator(".saved")).to_contain_text("saved")
        axe(phone)
    phone.get_by_role("button", name="Send to Dr. Mei-Ling Chen").click()
    expect(phone.get_by_role("heading", name="Thank you")).to_be_visible()
    if look:
        axe(phone)


def she_answers_at_the_checkpoint(phone, link, values, axe):
    """Ten questions in the place of the check-in; its pain and hindrance are those of the PEG."""
    phone.goto(link)
    expect(phone.get_by_text("One page, about two minutes.")).to_be_visible()
    phone.get_by_role("button", name="Begin").click()
    expect(phone.get_by_role("heading", name="A few questions about your treatment so far")).to_be_visible()
    pain, _, hindrance, _, sleep, days = values
    ten = {"gc-1": 2, "peg-1": pain, "peg-2": hindrance, "peg-3": hindrance, "ci-sleep": sleep,
           "ci-analgesic-days": days, "phq4-1": 0, "phq4-2": 1, "phq4-3": 0, "phq4-4": 0}  # fmt: skip
    for name, value in ten.items():
        phone.locator(f"label:has(input[name='{name}'][value='{value}'])").click()
    axe(phone)
    phone.get_by_role("button", name="Send to Dr. Mei-Ling Chen").click()
    expect(phone.get_by_role("heading", name="Thank you")).to_be_visible()


def then_the_answers_stand_in_the_next_note(page, clinic, note, axe):
    page.goto(clinic.url + note)
    expect(page.get_by_text("Pain 4 to 3,")).to_be_visible()
    expect(page.get_by_role("heading", name="Said before today")).to_be_visible()
    checkpoint = page.locator("#checkpoint")
    expect(checkpoint.get_by_role("heading", name="Checkpoint at session 6")).to_be_visible()
    expect(checkpoint.get_by_role("row", name="Pain 6 3 3 points better, 50 %: large")).to_be_visible()
    expect(checkpoint.get_by_role("row", name="Overall")).to_contain_text("Much better")
    expect(page.locator("svg.is-narrow")).to_be_visible()
    axe(page)


def then_the_chart_shows_the_course(page, clinic, patient, axe):
    page.goto(f"{clinic.url}/patients/{patient}/")
    expect(page.locator("h2.summary")).to_have_text(
        "Pain 6 to 3, low mood 6 to 4, sleeps better, painkiller on 0 days instead of 6."
    )
    expect(page.get_by_text("Pain 50 % better: large (50 % or more).")).to_be_visible()
    wide = page.locator("svg.is-wide")
    expect(wide).to_be_visible()
    expect(wide.locator(".tick:not(.todo)")).to_have_count(6)
    expect(wide.locator(".tick.todo")).to_have_count(1)
    expect(wide.locator(".check-word")).to_have_count(1)
    expect(wide.locator(".pain-mark")).to_have_count(6)
    page.get_by_text("Every value as a table").click()
    rows = page.locator(".chart table tbody tr")
    assert rows.count() == 6
    expect(rows.last).to_contain_text("baseline")
    axe(page)
    page.set_viewport_size({"width": 320, "height": 800})
    expect(page.locator("svg.is-narrow")).to_be_visible()
    expect(wide).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_from_the_first_visit_to_the_checkpoint(browser, fresh_clinic, axe):
    clinic = fresh_clinic
    desk = browser.new_page(viewport={"width": 1440, "height": 900})
    sign_in(desk, clinic, "Front desk")
    given_the_desk_books_a_first_visit(desk, clinic, axe)
    phone = browser.new_page(viewport={"width": 390, "height": 844})
    when_she_fills_it_in(phone, then_the_mail_has_time_calendar_and_link(clinic), axe)
    hands = Hands(browser, clinic)
    [(_, first, patient)] = the_visits(clinic)

    for number, values in enumerate(SAID, start=1):
        visit, starts_at, _ = the_visits(clinic)[-1]
        hands.comes_at(starts_at)
        hands.signs(hands.opens_the_note(visit), "6", "4")
        hands.books(patient, first, weeks=number)
        reminded = moment_of(the_visits(clinic)[-1][1], 24, hands.zone) + timedelta(minutes=1)
        clinic.set_clock_offset((reminded - clock.now()).total_seconds())
        link = the_link_of_the_check_in(clinic, number)
        if number < len(SAID):
            she_checks_in(phone, link, values, axe, look=number == 1)
        else:
            she_answers_at_the_checkpoint(phone, link, values, axe)

    visit, starts_at, _ = the_visits(clinic)[-1]
    hands.comes_at(starts_at)
    note = hands.opens_the_note(visit)
    then_the_answers_stand_in_the_next_note(hands.page, clinic, note, axe)
    hands.signs(note, "3", "2")
    hands.books(patient, first, weeks=6)
    then_the_chart_shows_the_course(hands.page, clinic, patient, axe)
    for opened in (desk, phone, hands.page):
        opened.close()
