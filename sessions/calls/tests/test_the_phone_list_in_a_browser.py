"""A day at the desk: somebody is called, with one press, undone and pressed again; the dials of the board run alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

#: Elin has no e-mail and comes tomorrow; Ruth lies in the needles since five minutes, for an hour.
MADE = """
from datetime import timedelta
from clinic.kernel import clock
from clinic.outbox import services as outbox
from clinic.outbox.models import OutgoingMessage
from clinic.practice.models import Room, Service
from clinic.staff.models import Practitioner, User
from patients.models import Patient
from sessions.appointments.models import Appointment
from sessions.calls.kinds import NO_ADDRESS
from sessions.models import TreatmentSession
now, chen = clock.now(), Practitioner.objects.get(user__email={email!r})
def a_visit(given, starts_at, state):
    patient = Patient.objects.create(
        given_name=given, family_name="Telephone", phone="+353 1 555 0140", language="es", created_at=now)
    return Appointment.objects.create(
        patient=patient, practitioner=chen, service=Service.objects.first(), room=Room.objects.order_by("id").first(),
        state=state, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=30), squeezed=True,
        booked_by=User.objects.first(), booked_at=now - timedelta(days=5))
visit = a_visit("Elin", now + timedelta(days=1), "booked")
message = outbox.enqueue(
    kind="last-reminder", dedup_key=f"last-reminder:mail:visit={{visit.pk}}:seq=0", to_address="", now=now,
    not_before=now, not_after=now + timedelta(hours=1), patient_id=visit.patient_id, appointment_id=visit.pk)
OutgoingMessage.objects.filter(pk=message.pk).update(state="cancelled", reason=NO_ADDRESS)
here = a_visit("Ruth", now - timedelta(minutes=5), "in-treatment")
TreatmentSession.objects.create(
    patient=here.patient, practitioner=chen, appointment=here, started_at=now, updated_at=now, needles_in=7,
    needles_in_at=now - timedelta(minutes=5), retention_minutes=60, points_line="st36 b")
"""
OVER = "UPDATE {table} SET {what} WHERE patient_id IN (SELECT id FROM patients_patient WHERE family_name = 'Telephone')"
COUNTED = "needles_out = 7, ended_at = needles_in_at"


@pytest.fixture
def called(running_clinic):
    """The house is shared: nobody is to be called behind this journey, and no needle is in."""
    email, _ = running_clinic.credentials["Practitioner"]
    running_clinic.manage("shell", "-v", "0", "-c", MADE.format(email=email))
    yield
    running_clinic.sql(OVER.format(table="treatments_treatmentsession", what=COUNTED))
    running_clinic.sql(OVER.format(table="appointments_appointment", what="state = 'entered-in-error'"))


def fits(page, axe):
    for width in (1440, 768, 390):
        page.set_viewport_size({"width": width, "height": 900})
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_call_and_a_dial(running_clinic, called, page, axe):
    email, password = running_clinic.credentials["Front desk"]
    page.goto(f"{running_clinic.url}/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/today/"))

    # The board says how many wait; the list names them with one press for each answer.
    page.get_by_role("link", name=re.compile(r"Phone list: \d+")).click()
    call = page.get_by_role("listitem").filter(has_text="Elin Telephone")
    expect(call).to_contain_text("Confirm")
    expect(call).to_contain_text("Spanish")
    fits(page, axe)
    call.get_by_role("combobox").select_option("tomorrow")
    call.get_by_role("button", name=re.compile("No answer, again")).click()
    expect(page.get_by_text(re.compile("Elin Telephone: no answer, again"))).to_be_visible()
    expect(call).to_have_count(0)
    page.get_by_role("button", name=re.compile("^Undo")).click()
    call.get_by_role("button", name=re.compile("Reached")).click()
    expect(page.get_by_role("row").filter(has_text="Elin Telephone")).to_contain_text("reached")
    expect(call).to_have_count(0)
    fits(page, axe)

    # The dial runs by the page's own hand: the server is not asked, and the page's clock goes on by ten minutes.
    page.route("**/today/news/*", lambda route: route.abort())
    page.clock.install()
    page.goto(f"{running_clinic.url}/today/")
    dial = page.get_by_role("region", name="Needles out next").get_by_role("link").filter(has_text="Ruth Telephone")
    expect(dial).to_contain_text("55 min")
    fits(page, axe)
    page.clock.run_for("10:00")
    expect(dial).to_contain_text("45 min")
    page.clock.fast_forward("50:00")
    expect(dial).to_contain_text(re.compile(r"[5-6] min over"))
    expect(dial).to_have_class(re.compile("is-due"))
