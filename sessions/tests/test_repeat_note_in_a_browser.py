"""From today's list to a signed repeat note in three presses and three values, on a tablet, by touch."""

from __future__ import annotations

import re
import time
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as house
from django.test import Client
from playwright.sync_api import expect

from clinic.kernel import clock
from patients.intake.models import QuestionnaireRequest, QuestionnaireResponse, Score
from sessions.appointments.models import Appointment
from sessions.appointments.tests.world import ZONE
from sessions.models import TreatmentSession
from sessions.services import verify_hash
from sessions.tests.world import READY, a_treatment, at, signed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: product.md: at most 45 seconds; the hand that writes is this script's, so this bounds what the pages take of it.
SECONDS = 45


@pytest.fixture
def tablet(browser):
    """A tablet held upright, touched, never clicked."""
    context = browser.new_context(viewport={"width": 768, "height": 1024}, has_touch=True)
    yield context
    context.close()


def a_second_visit():
    """Greta was treated on Monday, answered on the way, and is here again now."""
    with time_machine.travel(at(9, 20), tick=True):
        world = a_treatment()
        signed(world)
    now = clock.now()
    nine = now.astimezone(ZONE).replace(hour=9, minute=0, second=0, microsecond=0)
    Appointment.objects.create(
        patient=world.patient, practitioner=world.clinic.chen, service=world.clinic.follow, room=world.clinic.rooms[0],
        course=world.course, state="arrived", starts_at=nine, ends_at=nine + timedelta(minutes=50),
        booked_by=world.clinic.desk, booked_at=now,
    )  # fmt: skip
    checked_in(world, at(9, 20) + timedelta(days=2), pain=5)
    return world


def checked_in(world, when, pain):
    request = QuestionnaireRequest.objects.create(
        patient=world.patient, form="check-in", token_hash=uuid.uuid4().hex, state="submitted", issued_at=when,
        submitted_at=when, expires_at=when + timedelta(days=90),
    )  # fmt: skip
    response = QuestionnaireResponse.objects.create(
        patient=world.patient, request=request, instrument="checkin", instrument_version="1.1", status="complete",
        answers={"ci-new": 0, "ci-worried": 0}, flags=[], answered_at=when,
    )  # fmt: skip
    Score.objects.create(response=response, output="pain", value=pain, total=pain, count=1)


class Hand:
    """Taps and counts: a press is a button, a value is a field."""

    def __init__(self, page):
        self.page, self.presses, self.values, self.began = page, 0, 0, time.monotonic()

    def press(self, button):
        button.tap()
        self.presses += 1

    def value(self, field, keys=""):
        field.tap()
        if keys:
            self.page.keyboard.type(keys)
        self.values += 1

    @property
    def seconds(self):
        return time.monotonic() - self.began


def on_the_board(tablet, url, world):
    client = Client()
    client.force_login(world.clinic.chen.user)
    cookie = client.cookies[house.SESSION_COOKIE_NAME]
    tablet.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url}])
    page = tablet.new_page()
    # Every touch that reaches the page is told, so that none goes uncounted.
    page.expose_function("touched", lambda: touches.append(1))
    page.add_init_script("document.addEventListener('pointerdown', (e) => { if (e.isTrusted) touched(); }, true)")
    touches: list[int] = []
    page.goto(f"{url}/today/")
    return page, touches


def test_a_repeat_note_takes_three_presses_and_three_values(tablet, live_server, settings, axe):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    world = a_second_visit()
    page, touches = on_the_board(tablet, live_server.url, world)
    hand = Hand(page)

    hand.press(page.get_by_role("button", name=re.compile("^Start note ?: Greta Lindqvist")).filter(visible=True))
    proposal = page.locator("#proposal")
    expect(proposal).to_contain_text("nothing counts until you confirm")
    expect(page.locator("[data-part=missing]")).to_contain_text("points, or “no needles”")
    expect(page.get_by_label("Subjective")).to_have_value("")
    looked = hand.seconds
    for width in (1440, 768, 390):
        page.set_viewport_size({"width": width, "height": 1024})
        axe(page)
    page.set_viewport_size({"width": 768, "height": 1024})
    hand.began += hand.seconds - looked  # the checker's time is nobody's

    hand.value(page.locator("[name=pain_before][value='6']"))
    hand.press(page.get_by_role("button", name="Same as last time, nothing new"))
    expect(page.locator("#chips")).to_contain_text("足三里")
    expect(page.get_by_label("Counted in", exact=True)).to_have_value("7")
    expect(page.get_by_label("Subjective")).to_have_value(re.compile("Pain: 5 of 10.*check-in"))
    expect(page.get_by_label("Plan", exact=True)).to_have_value(READY["plan"])
    hand.value(page.locator("[name=pain_after][value='3']"))
    hand.value(page.get_by_label("Counted out", exact=True), "7")
    expect(page.locator("[data-part=missing]")).to_have_text("Nothing is missing.", timeout=10_000)
    hand.press(page.get_by_role("button", name="Sign", exact=True))

    expect(page.get_by_text("unchanged since signed")).to_be_visible()
    seconds = hand.seconds
    assert (hand.presses, hand.values) == (3, 3)
    assert len(touches) == 6, "not one touch more"
    assert seconds <= SECONDS, f"{seconds:.1f} s"
    note = TreatmentSession.objects.select_related("patient", "practitioner", "signed_by").latest("pk")
    assert verify_hash(note)
    assert (note.pain_before, note.pain_after, note.needles_in, note.needles_out) == (6, 3, 7, 7)
    assert (note.changes, note.objective, note.retention_minutes) == ("none", "", 25)
    assert note.needles.count() == 5
    print(f"repeat note: {hand.presses} presses, {hand.values} values, {seconds:.1f} s")
