"""The desk's pages in a real browser: one click each, nothing jumps, everybody can use them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from clinic.kernel import clock
from patients.models import Patient
from sessions.appointments.models import Appointment
from sessions.appointments.services import arrive, book
from sessions.appointments.tests.world import ZONE, a_clinic, a_patient

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def clinic():
    """A clinic that is open the whole day, so that a real clock never stands outside its hours."""
    made = a_clinic(rooms=4)
    made.chen.hours.update(opens="00:00", closes="23:55")
    return made


@pytest.fixture
def desk(client, clinic, context, live_server):
    client.force_login(clinic.desk)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    return live_server.url


def clinic_time(now, hour, days=0):
    """An hour of the clinic's wall clock, so many days from now."""
    local = (now.astimezone(ZONE) + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)
    return timezone.make_aware(local.replace(tzinfo=None), ZONE)


def expected_today(clinic, now, **changes):
    """A visit of this day, stored as it is: the real clock may stand anywhere in the day."""
    patient = changes.pop("patient", None) or a_patient()
    start = clinic_time(now, 9)
    return Appointment.objects.create(
        patient=patient, practitioner=clinic.chen, service=clinic.follow, room=clinic.rooms[0], starts_at=start,
        ends_at=start + timedelta(minutes=50), booked_by=clinic.desk, booked_at=now, **changes,
    )  # fmt: skip


def test_arriving_and_taking_it_back_are_one_click_each(desk, clinic, now, page):
    visit = expected_today(clinic, now)
    visit.events.create(state="booked", at=now)
    page.goto(f"{desk}/today/")
    page.evaluate("window.stayed = true")

    page.click(".board button:has-text('Arrived')")
    page.wait_for_selector(".word:has-text('Greta Lindqvist arrived')")

    visit.refresh_from_db()
    assert visit.state == "arrived"
    assert page.evaluate("window.stayed") is True  # only the day was swapped
    expect(page.locator(".board .visit.is-arrived, .board .visit.is-waiting")).to_have_count(1)

    page.click("text=Undo")
    page.wait_for_selector(".word:has-text('is booked')")
    visit.refresh_from_db()
    assert visit.state == "booked"


def test_what_somebody_else_does_appears_by_itself(desk, clinic, now, page):
    visit = expected_today(clinic, now)
    page.goto(f"{desk}/today/")
    arrive(appointment=visit, by=clinic.desk, now=clock.now())

    page.evaluate("htmx.ajax('GET', document.querySelector('#news').getAttribute('hx-get'), {swap: 'none'})")

    page.wait_for_selector(".board .visit.is-arrived, .board .visit.is-waiting", timeout=5000)


def test_somebody_new_is_booked_by_keyboard_and_offered_times(desk, clinic, now, page):
    a_patient("Greta", "Lindqvist")
    page.goto(f"{desk}/visits/new/")
    page.focus("#id_given_name")
    page.keyboard.type("Greta")
    page.wait_for_selector("#known:has-text('Greta Lindqvist, born 12 Mar 1961')")
    for text in ("Lindholm", "3", "12", "1970", "g.lindholm@example.org"):
        page.keyboard.press("Tab")
        while not page.evaluate("document.activeElement.matches('input')"):
            page.keyboard.press("Tab")
        page.keyboard.type(text)
    tomorrow = (now.astimezone(ZONE) + timedelta(days=1)).date()
    page.fill("#id_day", tomorrow.isoformat())
    page.wait_for_selector(f"#times input[value='{tomorrow.isoformat()}T10:00']", state="attached")
    page.check(f"#times input[value='{tomorrow.isoformat()}T10:00']")
    page.click("text=Book the visit")

    page.wait_for_selector(".word:has-text('Greta Lindholm is booked for')")
    assert page.url.endswith(f"/today/?day={tomorrow.isoformat()}")
    visit = Appointment.objects.get()
    assert (visit.patient.full_name, visit.starts_at.astimezone(ZONE).hour) == ("Greta Lindholm", 10)


def test_a_time_pressed_while_others_are_fetched_is_not_lost(desk, clinic, now, page):
    """The times of the old day cannot be pressed any more; those of the new one wait."""
    page.route("**/visits/new/times/**", lambda route: (page.wait_for_timeout(400), route.continue_()))
    page.goto(f"{desk}/visits/new/")
    later = (now.astimezone(ZONE) + timedelta(days=3)).date()
    page.locator("#id_day").fill(later.isoformat())
    page.locator("#id_day").dispatch_event("change")

    page.locator("#times input[type=radio]").first.check()

    expect(page.locator("#times input:checked")).to_have_attribute("value", re.compile(f"^{later.isoformat()}"))


def test_a_double_click_books_once(desk, clinic, now, page):
    page.goto(f"{desk}/visits/new/")
    fields = {
        "given_name": "Ruth", "family_name": "Abernathy", "birth_date_day": "1", "birth_date_month": "2",
        "birth_date_year": "1950", "email": "ruth@example.org",
        "day": (now.astimezone(ZONE) + timedelta(days=1)).date().isoformat(), "time": "10:00",
    }  # fmt: skip
    for name, text in fields.items():
        page.fill(f"[name={name}]", text)
    page.dblclick("text=Book the visit")

    page.wait_for_selector(".word:has-text('Ruth Abernathy is booked')")
    assert Appointment.objects.count() == Patient.objects.count() == 1


@pytest.mark.parametrize("width", [1440, 390, 320])
def test_everybody_can_use_every_page(desk, clinic, now, page, axe, width):
    page.set_viewport_size({"width": width, "height": 900})
    visit = expected_today(clinic, now, patient=a_patient(email="", desk_facts=["stairs", "hearing", "prone", "quiet"]))
    arrive(appointment=visit, by=clinic.desk, now=clock.now())
    book(
        patient=a_patient("Ruth", "Abernathy"), service=clinic.first, practitioner=clinic.chen, room=None,
        starts_at=clinic_time(now, 10, days=1), by=clinic.desk, now=now,
    )  # fmt: skip
    paths = [
        "/today/",
        "/today/?day=2026-01-01",
        "/visits/new/",
        f"/visits/new/?patient={visit.patient.public_id}",
        "/patients/",
        "/patients/?q=greta",
        "/patients/?q=zzzz",
        reverse("patients:edit", args=[visit.patient.public_id]),
        reverse("desk:intake_link", args=[visit.patient.public_id]),
    ]

    for path in paths:
        page.goto(desk + path)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page.click("text=Make a link")
    axe(page)
    page.goto(f"{desk}/visits/new/")
    page.click("text=Book the visit")
    page.wait_for_selector("[data-focus]")
    axe(page)
    expect(page.locator("[data-focus] li")).to_have_count(4)
