"""Who has no e-mail, or has not answered yet, answers at the arrival: by code, or on a device of the clinic."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from patients.intake.models import QuestionnaireRequest
from patients.intake.services.arriving import ask_at_arrival
from sessions.reminders import last_reminder
from sessions.tests.world import a_treatment, a_visit, at, signed

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = at(15) + 7 * DAY
ANSWERS = {
    "ci-pain": "4", "ci-interference": "3", "ci-mood": "2", "ci-sleep": "2", "ci-analgesic-days": "0", "ci-new": "0",
    "ci-worried": "0",
}  # fmt: skip


@pytest.fixture
def world():
    """A session last week; today she has come again."""
    with time_machine.travel(at(9, 20), tick=True):
        made = a_treatment(email="")
        signed(made)
    made.next = a_visit(made.clinic, made.patient, made.course, state="arrived", starts_at=LATER)
    type(made.next).objects.filter(pk=made.next.pk).update(arrived_at=LATER - timedelta(minutes=10))
    made.page = reverse("desk:check_in_here", args=[made.next.public_id])
    with time_machine.travel(LATER - timedelta(minutes=5), tick=True):
        made.browser.force_login(made.clinic.desk)
        yield made


def the_request():
    return QuestionnaireRequest.objects.get(form="check-in", before_visit=True)


def link_on(page):
    return re.search(r"/i/check-in/[\w-]{43}/", page.content.decode()).group(0)


def begins(phone, link):
    assert phone.post(link).status_code == 302
    return phone.get(reverse("intake:check_in"))


def sends(phone, shown):
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown.content.decode()))
    return phone.post(reverse("intake:check_in"), {**hidden, **ANSWERS, "end": "1"})


def test_looking_makes_nothing_and_a_button_shows_a_code(world):
    shown = world.browser.get(world.page)
    assert "Show a code" in shown.content.decode()
    assert not QuestionnaireRequest.objects.filter(before_visit=True).exists()

    world.browser.post(world.page)

    shown = world.browser.get(world.page)
    assert "<svg" in shown.content.decode()
    assert link_on(shown)
    assert the_request().expires_at - the_request().issued_at == timedelta(hours=2)


def test_the_way_to_it_stands_on_the_page_of_a_patient_who_is_here_and_only_then(world):
    page = reverse("desk:patient", args=[world.patient.public_id])
    assert world.page in world.browser.get(page).content.decode()

    type(world.next).objects.filter(pk=world.next.pk).update(state="booked", arrived_at=None)

    assert world.page not in world.browser.get(page).content.decode()


def test_she_answers_on_her_own_phone_and_the_desk_sees_only_that_she_did(world):
    world.browser.post(world.page)
    phone = Client()

    shown = begins(phone, link_on(world.browser.get(world.page)))
    assert "reads this now, before your session" in shown.content.decode()
    assert sends(phone, shown).url == reverse("intake:check_in_sent")

    request = the_request()
    assert request.state == "submitted"
    assert request.responses.get(instrument="checkin").answers["ci-pain"] == 4
    said = world.browser.get(world.page).content.decode()
    assert "It is done" in said
    assert "/i/check-in/" not in said


def test_on_a_device_of_the_clinic_the_staff_is_signed_out_and_nothing_is_left_afterwards(world):
    answer = world.browser.post(world.page, {"tablet": "1"})

    assert answer.url == reverse("intake:check_in")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert "_auth_user_id" not in world.browser.session
    sent = sends(world.browser, world.browser.get(answer.url))
    thanks = world.browser.get(sent.url).content.decode()
    assert "Please give the device back now." in thanks
    assert world.browser.get(reverse("intake:check_in")).status_code == 404


def test_a_tablet_that_rested_shows_nothing(world):
    answer = world.browser.post(world.page, {"tablet": "1"})

    with time_machine.travel(LATER + timedelta(minutes=6), tick=True):
        assert world.browser.get(answer.url).status_code == 404


def test_the_link_of_the_mail_ended_with_the_arrival_and_what_was_typed_stays(world, in_role):
    type(world.patient).objects.filter(pk=world.patient.pk).update(email="greta@berg.example")
    visit = type(world.next).objects.filter(pk=world.next.pk)
    visit.update(state="booked", arrived_at=None)
    with in_role("worker"):
        last_reminder.plan(at(9) + 6 * DAY)
    by_mail = the_request()
    visit.update(state="arrived", arrived_at=LATER - timedelta(minutes=5))
    assert "Show a code" in world.browser.get(world.page).content.decode()

    world.browser.post(world.page)

    again = the_request()
    assert (again.pk, again.version) == (by_mail.pk, by_mail.version + 1)
    assert begins(Client(), link_on(world.browser.get(world.page))).status_code == 200


def keeps(phone, shown, **answers):
    """Save by itself what was typed so far, as the page's script does."""
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown.content.decode()))
    return phone.post(reverse("intake:check_in"), {**hidden, **answers, "end": "1"}, headers={"X-Deqi-Autosave": "1"})


def test_who_shows_the_code_or_hands_over_the_tablet_reads_no_answers(world):
    world.browser.post(world.page)
    link = link_on(world.browser.get(world.page))
    phone = Client()
    assert keeps(phone, begins(phone, link), **{"ci-mood": "9"}).status_code == 200
    with time_machine.travel(LATER + timedelta(minutes=5), tick=True):
        world.browser.force_login(world.clinic.desk)
        world.browser.post(world.page)
        again = begins(Client(), link_on(world.browser.get(world.page)))
        tablet = world.browser.post(world.page, {"tablet": "1"})
        on_tablet = world.browser.get(tablet.url)

    for shown in (again, on_tablet):
        assert shown.status_code == 200
        assert shown.context["form"].initial.get("ci-mood") is None


def test_a_tablet_stays_open_while_somebody_types(world):
    answer = world.browser.post(world.page, {"tablet": "1"})
    shown = world.browser.get(answer.url)
    for minutes in (6, 12, 18):
        with time_machine.travel(LATER + timedelta(minutes=minutes - 5), tick=True):
            assert keeps(world.browser, shown, **ANSWERS).status_code in (200, 409)
            shown = world.browser.get(answer.url)
            assert shown.status_code == 200
    assert shown.context["form"].initial["ci-pain"] == 4


def test_before_she_is_here_nothing_is_asked(world):
    type(world.next).objects.filter(pk=world.next.pk).update(state="booked", arrived_at=None)

    assert "is not here yet" in world.browser.get(world.page).content.decode()
    world.browser.post(world.page)

    assert not QuestionnaireRequest.objects.filter(before_visit=True).exists()


def test_two_presses_make_one(world):
    for _ in range(2):
        world.browser.post(world.page)

    assert QuestionnaireRequest.objects.filter(form="check-in", before_visit=True).count() == 1


def test_without_words_in_her_language_somebody_asks(world):
    type(world.patient).objects.filter(pk=world.patient.pk).update(language="vi")

    said = world.browser.post(world.page, follow=True).content.decode()

    assert "please ask with an interpreter" in said
    assert not QuestionnaireRequest.objects.filter(before_visit=True).exists()


def test_what_was_sent_stays_as_it_is(world):
    asked = ask_at_arrival(patient=world.patient, appointment_id=world.next.pk, by=world.clinic.desk, now=LATER)
    type(asked).objects.filter(pk=asked.pk).update(state="submitted", submitted_at=LATER)

    again = ask_at_arrival(patient=world.patient, appointment_id=world.next.pk, by=world.clinic.desk, now=LATER)

    assert (again.version, again.state) == (asked.version, "submitted")
