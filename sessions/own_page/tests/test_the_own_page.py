"""The own page: opened with the birth date, visits and course, numbers in kind words, a card and a calendar file."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar

from clinic.audit.models import AuditEvent
from clinic.outbox import kinds
from clinic.outbox.models import OutgoingMessage
from clinic.practice.models import Practice
from clinic.staff.tests.cast import signed_in
from patients.contact.models import PatientLink
from patients.intake.models import QuestionnaireResponse, Score
from patients.measures.tests.world import a_measure, a_value
from patients.models import Patient
from sessions.appointments.services import cancel
from sessions.appointments.tests.world import NOW, a_patient, at
from sessions.courses.models import Course
from sessions.own_page.entry import OWN
from sessions.own_page.tests.world import TOMORROW, a_visit, a_world, give_birth_date, open_page, page_path, path_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


@pytest.fixture
def world(clock):
    return a_world()


@pytest.fixture
def phone():
    return Client()


def a_course(world, **fields):
    return Course.objects.create(
        patient=world.greta, practitioner=world.clinic.chen, opened_at=NOW - timedelta(days=30),
        **{"sessions_done": 4, "planned_sessions": 8, "goal": "Walk to the market.", **fields},
    )  # fmt: skip


def said(world, days_ago, instrument="checkin", by="", **values):
    """What Greta answered so many days ago: output and number."""
    response = QuestionnaireResponse.objects.create(
        patient=world.greta, instrument=instrument, instrument_version="1", answers={}, status="complete",
        answered_by=by, answered_at=NOW - timedelta(days=days_ago),
    )  # fmt: skip
    for output, value in values.items():
        Score.objects.create(response=response, output=output, value=value, total=value, count=1)


def page(phone, path="/p/"):
    return phone.get(path).content.decode()


def test_a_new_device_is_asked_for_the_birth_date_and_shown_nothing_before(world, phone):
    answer = phone.post(page_path(world.greta))

    assert answer["Location"] == "/p/birth-date/"
    assert phone.get("/p/")["Location"] == "/p/birth-date/"
    assert "Lindqvist" not in page(phone, "/p/birth-date/")
    assert give_birth_date(phone, birth_date_year="1962").status_code == 200
    assert give_birth_date(phone)["Location"] == "/p/"
    assert "Wednesday 18 November" in page(phone)


def test_the_same_device_goes_straight_on_and_another_one_is_asked(world, phone):
    open_page(phone, world.greta)

    assert phone.post(page_path(world.greta))["Location"] == "/p/"
    assert Client().post(page_path(world.greta))["Location"] == "/p/birth-date/"


def test_after_an_hour_of_rest_it_asks_again(world, phone, clock):
    open_page(phone, world.greta)
    clock.shift(timedelta(minutes=61))

    assert phone.get("/p/")["Location"] == "/p/birth-date/"
    assert phone.get("/p/card/")["Location"] == "/p/birth-date/"


def test_five_wrong_birth_dates_lock_the_link_until_it_is_sent_anew(world, phone):
    path = page_path(world.greta)
    phone.post(path)
    for _ in range(5):
        answer = (
            give_birth_date(phone, birth_date_year="1962") if "form" in phone.get("/p/birth-date/").context else None
        )
    assert answer.status_code == 403
    assert phone.get("/p/birth-date/").status_code == 403

    assert page_path(world.greta) != path
    assert phone.get(path).status_code == 404
    open_page(Client(), world.greta)


def test_somebody_without_a_birth_date_is_known_by_the_year(clock, phone):
    world = a_world(birth_date=None, birth_year=1961)

    open_page(phone, world.greta)


def test_visits_stand_in_order_with_their_ways_out_and_cancelled_ones_apart(world, phone):
    later = a_visit(world.clinic, world.greta, at(9, day=TOMORROW + timedelta(days=8)))
    gone = a_visit(world.clinic, world.greta, at(15, day=TOMORROW))
    a_visit(world.clinic, a_patient("Ruth"), at(11, day=TOMORROW))
    cancel(appointment=gone, by=None, now=NOW)
    open_page(phone, world.greta)

    answer = phone.get("/p/")
    assert [visit.pk for visit in answer.context["visits"]] == [world.visit.pk, later.pk]
    assert [visit.pk for visit in answer.context["cancelled"]] == [gone.pk]
    assert "Ruth" not in answer.content.decode()


def test_the_course_says_how_many_visits_are_done_and_the_goal(world, phone):
    a_course(world)
    open_page(phone, world.greta)

    assert "4 of 8 visits are done" in page(phone)
    assert "Walk to the market." in page(phone)


def test_numbers_come_in_words_with_the_drawing(world, phone):
    a_course(world)
    said(world, 28, pain=7, mood=6, sleep=5, interference=8)
    said(world, 2, pain=4, mood=6, sleep=3, interference=5)
    said(world, 28, "main-concern", goal_score=9)
    said(world, 2, "main-concern", goal_score=6)
    open_page(phone, world.greta)

    shown = page(phone)
    for words in (
        "Your pain went from 7 to 4.", "Your mood is as at the beginning: 6.",
        "You sleep better: poor sleep went from 5 to 3.", "It holds you back less: from 8 to 5.",
        "What you want to do again has become easier: from 9 to 6.", "<svg", "Lower is better.",
    ):  # fmt: skip
        assert words in shown
    assert "no fault of yours" not in shown


def test_worse_is_said_plainly_and_kindly(world, phone):
    a_course(world)
    said(world, 28, pain=4, mood=3)
    said(world, 2, pain=7, mood=6)
    open_page(phone, world.greta)

    shown = page(phone)
    assert "Your pain was 4 at the beginning and is 7 now." in shown
    assert "no fault of yours" in shown
    assert "Dr. Mei-Ling Chen sees it before your next visit." in shown
    assert "please call us or your doctor" in shown


def test_neither_mood_questionnaires_nor_what_others_answered_stand_there(world, phone):
    a_course(world)
    said(world, 28, "phq-4", total=11, phq2=5, gad2=6)
    said(world, 2, "phq-4", total=3, phq2=1, gad2=2)
    said(world, 20, by="sister", pain=9)
    said(world, 10, by="sister", pain=1)
    open_page(phone, world.greta)

    assert "There is nothing to compare yet." in page(phone)
    assert "11" not in phone.get("/p/").context["progress"].drawing


def test_the_clinics_own_measures_stand_there_in_the_patients_language(world, phone):
    a_course(world)
    words = {"en": {"name": "Bend", "question": "?", "unit": "degrees"}, "es": {"name": "Doblarse", "question": "?"}}
    _, bend = a_measure("bend", worse="down", highest="160", decimals=1, words=words)
    _, days = a_measure("days", worse="up", highest="28", words={"en": {"name": "Days", "question": "?"}})
    _, once = a_measure("once")
    for days_ago, version, value in (
        (28, bend, "40"),
        (2, bend, "62.5"),
        (28, days, "9"),
        (2, days, "12"),
        (2, once, "5"),
    ):
        a_value(world.greta, version, value, NOW - timedelta(days=days_ago))
    open_page(phone, world.greta)

    shown = page(phone)
    assert "Bend: from 40 to 62.5 degrees. That is better." in shown
    assert "Days: 9 at the beginning, 12 now. That is harder." in shown
    assert "no fault of yours" in shown
    assert "Once" not in shown
    Practice.objects.update(languages=["en", "es"])
    Patient.objects.update(language="es")
    assert "Doblarse: de 40 a 62,5." in page(phone)


def test_a_number_that_stays_is_said_to_stay_and_what_a_helper_said_is_not_compared(world, phone):
    a_course(world)
    _, version = a_measure("days", worse="up", highest="28")
    for days_ago, value, by in ((28, "9", ""), (20, "1", "sister"), (2, "9", "")):
        a_value(world.greta, version, value, NOW - timedelta(days=days_ago), answered_by=by)
    open_page(phone, world.greta)

    assert "Days: 9, as at the beginning." in page(phone)


def test_each_look_is_traced(world, phone):
    open_page(phone, world.greta)
    phone.get("/p/")

    trace = AuditEvent.objects.filter(action="read", resource="own-page").get()
    assert (trace.acting_as, trace.patient_id, trace.actor_id) == ("link", world.greta.pk, None)


def test_the_card_holds_all_dates_in_full_words_for_patient_and_desk(world, phone):
    open_page(phone, world.greta)
    desk = signed_in(world.clinic.desk).get(f"/patients/{world.greta.public_id}/dates/").content.decode()

    for shown in (page(phone, "/p/card/"), desk):
        for words in (
            "Greta Lindqvist", "Clinic at the Old Mill", "14 Mill Lane", "030 555014", "Wednesday 18 November 2026",
            "9:00",
        ):  # fmt: skip
            assert words in shown


def test_the_calendar_file_brings_every_visit_that_takes_place(world, phone):
    gone = a_visit(world.clinic, world.greta, at(15, day=TOMORROW))
    cancel(appointment=gone, by=None, now=NOW)
    open_page(phone, world.greta)

    answer = phone.get("/p/dates.ics")

    assert answer["Content-Type"].startswith("text/calendar")
    [event] = [part for part in Calendar.from_ical(answer.content).walk() if part.name == "VEVENT"]
    assert (event["dtstart"].dt, str(event["summary"])) == (world.visit.starts_at, "Appointment")


def test_closing_it_on_this_device_closes_it(world, phone):
    open_page(phone, world.greta)
    phone.post("/p/leave/")

    assert phone.get("/p/").status_code == 404
    assert phone.cookies[OWN.name].value == ""


def test_nothing_of_it_is_kept_by_the_browser(world, phone):
    open_page(phone, world.greta)

    for path in ("/p/", "/p/card/", "/p/mails/", f"/p/visits/{world.visit.public_id}/"):
        assert "no-store" in phone.get(path)["Cache-Control"]


def test_a_changed_cookie_and_a_link_made_anew_open_nothing(world, phone):
    open_page(phone, world.greta)
    PatientLink.objects.update(version=2)
    assert phone.get("/p/").status_code == 404
    PatientLink.objects.update(version=1)
    assert phone.get("/p/").status_code == 200
    phone.cookies[OWN.name] = phone.cookies[OWN.name].value[:-2] + "xx"
    assert phone.get("/p/").status_code == 404


def test_staff_send_the_link_and_the_mail_opens_the_page(world, phone, in_role):
    desk = signed_in(world.clinic.desk)
    desk.post(f"/patients/{world.greta.public_id}/own-page/")

    message = OutgoingMessage.objects.get(kind="own-page")
    with in_role("worker"):
        mail = kinds.get("own-page").render(OutgoingMessage.objects.get(pk=message.pk), NOW)
        assert all(
            OutgoingMessage.objects.filter(one.condition).exists() for one in kinds.get("own-page").still_true(NOW)
        )
    token = page_path(world.greta).split("/")[2]
    assert f"/p/{token}/" in mail.text
    assert f"/p/{token}/" in mail.html
    assert token not in mail.kept
    assert "Lindqvist" not in mail.text


def test_without_an_address_there_is_no_mail(clock):
    world = a_world(email="")
    answer = signed_in(world.clinic.desk).post(f"/patients/{world.greta.public_id}/own-page/", follow=True)

    assert "no e-mail address" in answer.content.decode()
    assert not OutgoingMessage.objects.filter(kind="own-page").exists()


def test_the_desk_shows_the_link_as_a_code_to_somebody_without_an_address(clock, phone):
    world = a_world(email="")
    desk = signed_in(world.clinic.desk)
    path = f"/patients/{world.greta.public_id}/own-page/code/"
    assert "No link is open" in desk.get(path).content.decode()
    assert not PatientLink.objects.exists()

    shown = desk.post(path, follow=True)
    token = page_path(world.greta).split("/")[2]
    assert shown.context["link"].endswith(f"/p/{token}/")
    assert "<svg" in shown.content.decode()
    open_page(phone, world.greta)
    desk.post(path)
    assert phone.get("/p/").status_code == 200, "a second code leaves open what the first one opened"
    assert AuditEvent.objects.filter(action="show", resource="own-page", patient_id=world.greta.pk).count() == 2


def test_a_link_that_is_sent_long_after_it_was_made_opens_all_the_same(world, phone, clock):
    old = page_path(world.greta)
    clock.shift(timedelta(days=500))
    assert phone.get(old).status_code == 404

    again = path_of(world.greta, PatientLink.Purpose.OWN_PAGE, now=NOW + timedelta(days=500))
    assert phone.get(again).status_code == 200
