"""A faint in room 2, on two screens: the practitioner calls from the note, the desk hears, the event is written."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

#: Chen treats in two rooms: in one the needles are due in an hour, in the other since a minute.
MADE = """
from datetime import timedelta
from clinic.kernel import clock
from clinic.practice.models import Room, Service
from clinic.staff.models import Practitioner, User
from patients.models import Patient
from sessions.appointments.models import Appointment
from sessions.models import TreatmentSession
now = clock.now()
chen = Practitioner.objects.get(user__email={email!r})
for name, room, ago in (("Faint", Room.objects.order_by("id")[1], 5), ("Ready", Room.objects.order_by("id")[2], 61)):
    patient = Patient.objects.create(
        given_name=name, family_name="Clockwork", email=name + "@clock.example", created_at=now)
    visit = Appointment.objects.create(
        patient=patient, practitioner=chen, service=Service.objects.first(), room=room, state="in-treatment",
        starts_at=now - timedelta(minutes=ago), ends_at=now + timedelta(minutes=30), squeezed=True,
        booked_by=User.objects.first(), booked_at=now)
    note = TreatmentSession.objects.create(
        patient=patient, practitioner=chen, appointment=visit, started_at=now, updated_at=now, needles_in=7,
        needles_in_at=now - timedelta(minutes=ago), retention_minutes=60, points_line="st36 b, li4 r, gv20")
    print(note.public_id, room.name.replace(" ", "_"))
"""
OVER = (
    "UPDATE treatments_treatmentsession SET needles_out = 7, ended_at = needles_in_at WHERE signed_at IS NULL AND "
    "patient_id IN (SELECT id FROM patients_patient WHERE family_name = 'Clockwork')"
)
CLOSED = "UPDATE clock_helpcall SET ended_at = called_at, ended_by_id = called_by_id WHERE ended_at IS NULL"
SOON = 15_000


@pytest.fixture
def rooms(running_clinic):
    """The note of the faint and its room, and the room that is due; the house is shared, so its clocks end."""
    email, _ = running_clinic.credentials["Practitioner"]
    made = running_clinic.manage("shell", "-v", "0", "-c", MADE.format(email=email)).stdout.split()
    yield made[-4], made[-3].replace("_", " "), made[-1].replace("_", " ")
    running_clinic.sql(OVER)
    running_clinic.sql(CLOSED)


def signed_in(page, clinic, who):
    email, password = clinic.credentials[who]
    page.goto(f"{clinic.url}/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/today/"))


def alarms(page):
    return page.get_by_role("region", name="Needle clocks and calls")


def fits(page, axe):
    for width in (1440, 768, 390):
        page.set_viewport_size({"width": width, "height": 900})
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_faint_in_room_2(running_clinic, rooms, page, browser, axe):
    note, room, due = rooms
    window = browser.new_context(viewport={"width": 1280, "height": 900})
    desk = window.new_page()
    signed_in(desk, running_clinic, "Front desk")
    signed_in(page, running_clinic, "Practitioner")

    # The other room is due: Chen's page shows it, says that sound is off, and sounds after a first touch.
    page.goto(f"{running_clinic.url}/notes/{note}/")
    expect(alarms(page)).to_contain_text(due, timeout=SOON)
    expect(alarms(page)).not_to_contain_text("Faint")
    page.get_by_role("heading", name="Needles", exact=True).click()
    expect(alarms(page)).to_have_attribute("data-sound", "on", timeout=SOON)
    expect(page.locator("#alarms[data-sounded]")).to_be_visible(timeout=SOON)
    fits(page, axe)

    # She calls from the note, and the note stays where it is.
    page.get_by_role("button", name=f"Help, {room}").click()
    expect(page.locator("[data-help-says]")).to_have_text("Help is called.", timeout=SOON)
    expect(page).to_have_url(re.compile(f"/notes/{note}/$"))

    # The desk sees it within seconds, without a name, and answers.
    expect(alarms(desk)).to_contain_text(f"Help, {room}", timeout=SOON)
    expect(alarms(desk)).not_to_contain_text("Clockwork")
    fits(desk, axe)
    alarms(desk).get_by_role("link", name=re.compile("I answer")).click()
    expect(desk.get_by_role("heading", name=f"Help, {room}")).to_be_visible()
    expect(desk.get_by_role("link", name="Write what happened")).to_have_count(0)
    fits(desk, axe)
    desk.get_by_role("button", name="The desk heard").click()
    expect(desk.get_by_text(re.compile("heard at"))).to_be_visible()
    expect(alarms(page)).to_contain_text("the desk heard", timeout=SOON)

    # What happened is written where the desk cannot read it.
    alarms(page).get_by_role("link", name=re.compile("Who comes")).click()
    page.get_by_role("link", name="Write what happened").click()
    page.get_by_label("What happened").select_option(label="Fainting")
    page.get_by_label("How bad").select_option("2")
    page.get_by_label("How it stands now").select_option("recovered")
    page.get_by_label("In words").fill("Pale at minute 12, legs up, well after five minutes.")
    fits(page, axe)
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("It waits on the list to look at today.")).to_be_visible()

    # The needles of the other room are counted out from the alarm.
    alarms(page).get_by_role("link", name=re.compile(f"Count out.*{due}")).click()
    expect(page.get_by_text("7 went in")).to_be_visible()
    fits(page, axe)
    page.get_by_label("Counted out", exact=True).fill("7")
    page.get_by_role("button", name="All counted").click()
    expect(page).to_have_url(re.compile("/today/"))
    expect(alarms(page)).not_to_contain_text(due, timeout=SOON)
    window.close()
