"""A checkpoint from the patient's phone to the decision in the note, and the end of its course, in Chromium."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from clinic.kernel import clock
from patients.intake.models import QuestionnaireResponse
from patients.intake.tests.check_ins import a_check_in, link_of
from sessions.appointments.models import Appointment
from sessions.courses.models import Checkpoint, Course
from sessions.models import TreatmentSession
from sessions.tests.test_note_in_a_browser import opened, served
from sessions.tests.world import a_treatment, begin

__all__ = ["served"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEN = {
    "gc-1": 2, "peg-1": 4, "peg-2": 3, "peg-3": 4, "ci-sleep": 5, "ci-analgesic-days": 2, "phq4-1": 1, "phq4-2": 0,
    "phq4-3": 1, "phq4-4": 0,
}  # fmt: skip


def tap(page, name, value):
    page.locator(f"label:has(input[name='{name}'][value='{value}'])").click()


def test_ten_answers_on_a_phone_and_one_decision_in_the_note(browser, page, served, axe):
    world = a_treatment()
    now = clock.now()
    Course.objects.filter(pk=world.course.pk).update(sessions_done=5, opened_at=now - timedelta(days=40))
    QuestionnaireResponse.objects.create(
        patient=world.patient,
        instrument="checkin",
        instrument_version="1",
        answers={},
        status="complete",
        answered_at=now - timedelta(days=39),
    ).scores.create(output="pain", value=7, total=7, count=1)
    asked = a_check_in(
        world.patient, appointment_id=world.visit.pk, before_visit=True, issued_at=now - timedelta(minutes=1)
    )

    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(served + link_of(asked))
    expect(page.get_by_text("One page, about two minutes.")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", name="A few questions about your treatment so far")).to_be_visible()
    axe(page)
    for name, value in TEN.items():
        tap(page, name, value)
    page.get_by_text("Something new, or something that worried you").click()
    expect(page.locator("[name='ci-effects']").first).to_be_hidden()
    tap(page, "ci-worried", 1)
    expect(page.locator("[name='ci-effects']").first).to_be_visible()
    axe(page)
    tap(page, "ci-worried", 0)
    page.set_viewport_size({"width": 320, "height": 800})
    expect(page.locator("html")).to_have_js_property("scrollWidth", 320)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()

    note = begin(world)
    practitioner = browser.new_context(viewport={"width": 1440, "height": 900})
    window = opened(practitioner, served, world, note)
    part = window.locator("#checkpoint")
    expect(part.get_by_role("heading", name="Checkpoint at session 6")).to_be_visible()
    expect(part.get_by_role("row", name="Pain 7 4 3 points better, 43 %")).to_be_visible()
    expect(part.get_by_role("row", name="Overall")).to_contain_text("Much better")
    for width in (1440, 768, 390):
        window.set_viewport_size({"width": width, "height": 900})
        axe(window)

    window.locator("[name='subjective']").fill("Walks again.")
    part.get_by_role("button", name="Keep the decision").click()
    expect(part.get_by_text("Please say why, in a sentence.").first).to_be_visible()
    axe(window)
    part.get_by_label("Continue").check()
    part.get_by_label("Why, in a sentence").fill("Pain down by three.")
    part.get_by_label("More sessions").fill("4")
    part.get_by_role("button", name="Keep the decision").click()
    expect(part).to_contain_text("Continue, 4 more sessions.")
    expect(window.locator("[name='subjective']")).to_have_value("Walks again.")
    axe(window)

    window.goto(served + reverse("courses:course", args=[world.course.public_id]))
    expect(window.get_by_role("heading", name="What was decided")).to_be_visible()
    for width in (1440, 768, 390):
        window.set_viewport_size({"width": width, "height": 900})
        axe(window)
    kept = Checkpoint.objects.get()
    assert (kept.why, kept.course.planned_sessions) == ("Pain down by three.", 12)
    assert TreatmentSession.objects.get(pk=note.pk).number_in_course == 6

    window.set_viewport_size({"width": 1440, "height": 900})
    window.goto(served + reverse("desk:patient", args=[world.patient.public_id]))
    expect(window.locator(".chart svg.is-wide .check-word")).to_have_text("checkpoint: continue")
    window.get_by_text("Every value as a table").first.click()
    expect(window.get_by_role("cell", name="Decided at session 6: continue")).to_be_visible()
    for width in (1440, 768, 390):
        window.set_viewport_size({"width": width, "height": 900})
        axe(window)

    # The end, three weeks after: asked at the desk by a code, answered on the phone, judged on the page of the course.
    then = now - timedelta(days=21)
    QuestionnaireResponse.objects.filter(answered_at__gt=then).update(answered_at=then)
    Appointment.objects.filter(pk=world.visit.pk).update(state="completed")
    window.set_viewport_size({"width": 1440, "height": 900})
    window.goto(served + reverse("courses:course", args=[world.course.public_id]))
    window.get_by_label("well for now").check()
    window.get_by_role("button", name="End the course", exact=True).click()
    part = window.locator("#end")
    expect(part).to_contain_text("Not asked yet.")
    expect(part.get_by_role("row", name="Pain 7 – Not answered at the end.")).to_be_visible()
    axe(window)
    part.get_by_role("link", name="Ask here").click()
    window.get_by_role("button", name="Show a code").click()
    expect(window.get_by_role("heading", name="Scan this with the phone")).to_be_visible()
    axe(window)
    page.goto(served + urlsplit(window.locator(".secret").inner_text()).path)
    expect(page.get_by_text("About your treatment as a whole")).to_be_visible()
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_text("with the record of your treatment, not at once")).to_be_visible()
    axe(page)
    for name, value in (TEN | {"peg-1": 3}).items():
        tap(page, name, value)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    axe(page)

    window.set_viewport_size({"width": 1440, "height": 900})
    window.goto(served + reverse("courses:course", args=[world.course.public_id]))
    expect(part).to_contain_text("Answered on")
    expect(part.get_by_role("row", name="Pain 7 3 4 points better, 57 %")).to_be_visible()
    for width in (1440, 768, 390):
        window.set_viewport_size({"width": width, "height": 900})
        axe(window)
    practitioner.close()
