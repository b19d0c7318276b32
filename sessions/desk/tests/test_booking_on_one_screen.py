"""Somebody new is booked on one screen: name, birth date, a way to reach them, a time. Nothing typed is ever lost."""

from __future__ import annotations

import re
import uuid
from datetime import date, time, timedelta
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from clinic.outbox.models import OutgoingMessage
from clinic.staff.models import WeeklyHours
from patients.intake.models import QuestionnaireRequest
from patients.models import Patient
from sessions.appointments.models import Appointment
from sessions.appointments.services import book
from sessions.appointments.tests.world import NOW, a_clinic, a_patient, a_practitioner, at
from sessions.courses.models import Course
from sessions.desk.forms import read_time

pytestmark = pytest.mark.django_db
NEW = "/visits/new/"


@pytest.fixture(autouse=True)
def _monday_morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def clinic():
    return a_clinic()


@pytest.fixture
def desk(client, clinic):
    client.force_login(clinic.desk)
    return client


def typed(clinic, **changes):
    return {
        "form_token": str(uuid.uuid4()),
        "given_name": "Greta",
        "family_name": "Lindqvist",
        "birth_date_day": "12",
        "birth_date_month": "3",
        "birth_date_year": "1961",
        "email": "greta@example.org",
        "phone": "",
        "service": str(clinic.first.public_id),
        "practitioner": str(clinic.chen.public_id),
        "day": "2026-11-16",
        "start": "",
        "time": "11:50",
        "room": "",
        "open_course": "on",
        "sessions": "8",
        "end": "1",
        **changes,
    }


def words(answer):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())))


def test_one_screen_makes_patient_course_visit_form_and_mail(desk, clinic):
    answer = desk.post(NEW, typed(clinic))

    patient = Patient.objects.get()
    visit = Appointment.objects.get()
    course = Course.objects.get()
    request = QuestionnaireRequest.objects.get()
    message = OutgoingMessage.objects.get()
    assert answer["Location"] == "/today/?day=2026-11-16"
    assert (patient.full_name, patient.birth_date, patient.email) == (
        "Greta Lindqvist", date(1961, 3, 12), "greta@example.org",
    )  # fmt: skip
    assert (visit.patient, visit.course, visit.starts_at) == (patient, course, at(11, 50))
    assert (course.planned_sessions, course.checkpoint_session) == (8, 6)
    assert (request.patient, request.appointment_id) == (patient, visit.pk)
    assert (message.kind, message.to_address, message.appointment_id, message.subject_id) == (
        "confirmation", "greta@example.org", visit.pk, request.pk,
    )  # fmt: skip
    assert message.not_before == NOW + timedelta(minutes=3)
    assert message.not_after == visit.starts_at
    assert "Greta Lindqvist is booked for Mon 16 Nov, 11:50. The mail goes out at 8:03." in words(
        desk.get(answer["Location"])
    )


def test_send_now_does_not_wait_for_the_quiet_minutes(desk, clinic):
    answer = desk.post(NEW, typed(clinic, send_now="on"), follow=True)

    assert OutgoingMessage.objects.get().not_before == NOW
    assert "The mail goes out now." in words(answer)


def test_without_e_mail_there_is_no_mail_but_a_code(desk, clinic):
    answer = desk.post(NEW, typed(clinic, email="", phone="030 5550142"), follow=True)

    assert not OutgoingMessage.objects.exists()
    assert QuestionnaireRequest.objects.count() == 1
    assert Patient.objects.get().phone == "+49305550142"
    assert "No e-mail: show the code or print it." in words(answer)
    assert "<svg" in answer.content.decode()
    assert re.search(r"http://localhost:8000/i/[A-Za-z0-9_-]{43}/", words(answer))


def test_no_course_is_opened_when_none_is_wanted(desk, clinic):
    desk.post(NEW, typed(clinic, open_course="", sessions=""))

    assert Appointment.objects.get().course is None


def test_an_offered_time_is_taken_as_it_stands(desk, clinic):
    body = desk.get(NEW).content.decode()
    offered = re.findall(r'name="start" value="([^"]*)"', body)

    desk.post(NEW, typed(clinic, time="", start=offered[2]))

    assert offered[:3] == ["2026-11-16T08:00", "2026-11-16T08:30", "2026-11-16T09:00"]
    assert Appointment.objects.get().starts_at == at(9)


def test_free_times_follow_service_practitioner_and_day(desk, clinic):
    asked = {"service": clinic.first.public_id, "practitioner": clinic.chen.public_id, "day": "2026-11-17"}
    WeeklyHours.objects.filter(practitioner=clinic.chen, weekday=1).update(opens=time(16))
    WeeklyHours.objects.filter(practitioner=clinic.chen, weekday=2).update(closes=time(8, 30))

    some = desk.get("/visits/new/times/", asked)
    none = desk.get("/visits/new/times/", {**asked, "day": "2026-11-18"})

    kept = desk.get("/visits/new/times/", {**asked, "start": "2026-11-17T16:30"}).content.decode()

    assert "Free on Tue 17 Nov" in words(some)
    assert 'value="2026-11-17T16:30" checked' in kept
    assert re.findall(r"\d+:\d\d", words(some)) == ["16:00", "16:30"]
    assert "Nothing is free on Wed 18 Nov. The next free times: Thu 19 Nov, 8:00" in words(none)


@pytest.mark.parametrize(
    "query", ["", "?service=x&practitioner=x&day=x", "?day=0001-01-01", "?day=%00&service=%00", "?room=" + "9" * 30]
)
def test_free_times_of_nonsense_ask_to_choose(desk, query):
    answer = desk.get(f"/visits/new/times/{query}")

    assert answer.status_code == 200
    assert "Choose service" in words(answer)


def test_a_taken_time_keeps_what_was_typed_and_offers_others(desk, clinic):
    book(
        patient=a_patient("Ruth"), service=clinic.first, practitioner=clinic.chen, room=None, starts_at=at(11, 50),
        by=clinic.desk, now=NOW,
    )  # fmt: skip

    answer = desk.post(NEW, typed(clinic))

    assert answer.status_code == 409
    said = words(answer)
    assert "Dr. Mei-Ling Chen is with somebody else at that time. These times are free." in said
    assert "Mon 16 Nov, 13:10" in said
    body = answer.content.decode()
    assert 'value="Greta"' in body
    assert 'value="greta@example.org"' in body
    assert Patient.objects.count() == 1
    assert not Course.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"time": "7:30"}, "This time has passed already."),
        ({"time": "8:07"}, "Visits begin on five minutes"),
        ({"time": "17:30"}, "this visit would be 17:30 to 19:00"),
        ({"time": "25:00"}, "Please write the time as 9:35 or 14:00."),
        ({"time": "noon"}, "Please write the time as 9:35 or 14:00."),
        ({"time": ""}, "Please choose one of the free times, or type one."),
        ({"time": "", "start": "2026-13-45T99:99"}, "Please choose one of the free times, or type one."),
        ({"day": "2026-11-15"}, "The first day that fits here is 16 November 2026."),
        ({"day": "9999-12-31"}, "The last day that fits here"),
        ({"day": "2027-02-29"}, "February 2027 has only 28 days."),
        ({"day": "1/2/26"}, "Please write the day as year-month-day"),
        ({"day": "2027-03-28", "time": "2:30"}, "there is no 2:30"),
        ({"service": "x"}, "Please choose one of these."),
        ({"practitioner": str(uuid.uuid4())}, "Please choose one of these."),
        ({"sessions": "0"}, "A course has at least 1 session."),
        ({"sessions": "1e309"}, "Please write a number, such as 8."),
        ({"sessions": str(2**31)}, "A course has at most 200 sessions."),
        ({"given_name": ""}, "Please write a name."),
        ({"given_name": "x" * 201}, "201 characters long; 200 fit here"),
        ({"given_name": "y" * 50_000}, "50,000 characters long; 200 fit here"),
        ({"given_name": "Gre\x00ta"}, "a character in here that cannot be kept"),
        ({"email": "", "phone": ""}, "Please write an e-mail address or a phone number."),
        ({"email": "greta@example"}, "no ending such as .com"),
        ({"email": "mıke@example.org"}, "An address cannot hold “ı”"),
        ({"phone": "12"}, "Please write the area code too"),
        ({"birth_date_day": "17", "birth_date_month": "11", "birth_date_year": "2026"}, "This day has not come yet."),
        ({"birth_date_year": "0001"}, "The year lies before 1900."),
        ({"birth_date_year": "1890"}, "The year lies before 1900."),
        ({"birth_date_year": "9999"}, "This day has not come yet."),
        ({"birth_date_year": "26"}, "Please write the year with four digits"),
        ({"birth_date_day": "29", "birth_date_month": "2", "birth_date_year": "2025"}, "February 2025 has only 28"),
        ({"birth_date_day": "١٢"}, "Please use the digits 0 to 9."),
        ({"birth_date_month": ""}, "The month is missing."),
        ({"end": ""}, "The form arrived cut off."),
        ({"form_token": "x"}, "The form arrived cut off."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_lost(desk, clinic, changes, sentence):
    answer = desk.post(NEW, typed(clinic, **changes))

    assert answer.status_code == 400
    assert sentence in words(answer)
    body = answer.content.decode()
    if "family_name" not in changes:
        assert 'value="Lindqvist"' in body
    for name, value in changes.items():
        if name in ("given_name", "time", "email", "phone", "birth_date_year") and value and "\x00" not in value:
            assert f'value="{value}"' in body
    assert not Patient.objects.exists()
    assert not Appointment.objects.exists()
    assert not OutgoingMessage.objects.exists()


@pytest.mark.parametrize(
    ("given", "family"),
    [
        ("O", ""),
        ("x" * 200, "y" * 200),
        ("日本", "語"),
        ("Null", ""),
        ("Aoife", "O'Brien-Ó Súilleabháin"),
        ("<b>", "👩‍👧"),
    ],
)
def test_names_of_every_kind_are_kept_as_they_are(desk, clinic, given, family):
    answer = desk.post(NEW, typed(clinic, given_name=given, family_name=family), follow=True)

    patient = Patient.objects.get()
    assert (patient.given_name, patient.family_name) == (given, family)
    assert answer.status_code == 200


def test_a_lone_surrogate_in_the_form_is_refused_in_words(desk, clinic):
    body = "&".join(f"{name}={value}" for name, value in typed(clinic, given_name="Gr%ED%A0%80ta").items())

    answer = desk.post(NEW, body, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 400
    assert "cannot be kept" in words(answer)


def test_a_double_click_makes_one_of_everything(desk, clinic):
    form = typed(clinic)

    answers = [desk.post(NEW, form) for _ in range(3)]

    assert {answer["Location"] for answer in answers} == {"/today/?day=2026-11-16"}
    assert Patient.objects.count() == Appointment.objects.count() == Course.objects.count() == 1
    assert OutgoingMessage.objects.count() == QuestionnaireRequest.objects.count() == 1


def test_the_same_name_and_birth_date_are_asked_about_not_refused(desk, clinic):
    there = a_patient()
    form = typed(clinic)

    asked = desk.post(NEW, form)
    assert asked.status_code == 409
    assert "There is already Greta Lindqvist , born 12 Mar 1961" in words(asked)
    assert Patient.objects.count() == 1

    desk.post(NEW, {**form, "another": "1"})
    assert Patient.objects.filter(given_name="Greta").count() == 2
    assert Appointment.objects.get().patient != there


def test_turning_to_the_patient_on_file_keeps_day_and_time(desk, clinic):
    there = a_patient()
    form = typed(clinic, day="2026-11-18", sessions="6")

    answer = desk.post(NEW, {**form, "pick": str(there.public_id)})
    body = answer.content.decode()

    assert answer.status_code == 200
    assert "A visit for Greta Lindqvist" in words(answer)
    assert f'action="/visits/new/?patient={there.public_id}"' in body
    assert 'value="2026-11-18"' in body
    assert 'value="11:50"' in body
    assert 'value="6"' in body

    kept = {name: form[name] for name in form if not re.match("given|family|birth|email|phone", name)}
    desk.post(f"{NEW}?patient={there.public_id}", kept)
    assert Appointment.objects.get().patient == there
    assert Patient.objects.count() == 1


def test_a_patient_on_file_joins_the_course_that_runs(desk, clinic):
    there = a_patient()
    course = Course.objects.create(patient=there, planned_sessions=8, sessions_done=3, opened_at=NOW)

    page = desk.get(f"{NEW}?patient={there.public_id}")
    desk.post(f"{NEW}?patient={there.public_id}", typed(clinic))

    assert "joins the course that runs" in words(page)
    assert "3 of 8" in words(page)
    assert Course.objects.get() == course
    assert Appointment.objects.get().course == course


def test_what_a_patient_is_booked_for_stands_there_and_can_be_cancelled(desk, clinic):
    there = a_patient()
    visit = book(
        patient=there, service=clinic.follow, practitioner=clinic.chen, room=None,
        starts_at=at(9, day=date(2026, 11, 18)), by=clinic.desk, now=NOW,
    )  # fmt: skip
    page = desk.get(f"{NEW}?patient={there.public_id}")
    cancel = reverse("desk:cancel", args=[visit.public_id])
    assert "Wed 18 Nov, 9:00 Follow-up, Dr. Mei-Ling Chen" in words(page)
    assert f'formaction="{cancel}?back=booking"' in page.content.decode()

    answer = desk.post(cancel, typed(clinic), follow=True)

    visit.refresh_from_db()
    assert visit.state == "cancelled"
    assert "Greta Lindqvist, Wed 18 Nov, 9:00: cancelled" in words(answer)
    assert reverse("desk:undo", args=[visit.public_id, "cancelled"]) in answer.content.decode()


def test_names_are_proposed_while_they_are_typed(desk, clinic):
    a_patient("Greta", "Lindqvist")
    a_patient("Ruth", "Abernathy")

    assert "Greta Lindqvist, born 12 Mar 1961" in words(desk.get("/visits/new/known/", {"given_name": "gre"}))
    assert words(desk.get("/visits/new/known/", {"given_name": "gr"})).strip() == ""
    assert desk.get("/visits/new/known/?given_name=%00%00%00").status_code == 200


@pytest.mark.parametrize("asked", ["x", "\x00", "0b9d3f52-6f0b-4d1e-9a53-5d2f9b1c7e44"])
def test_an_unknown_patient_is_not_found(desk, asked):
    assert desk.get(NEW, {"patient": asked}).status_code == 404


def test_a_room_of_ones_choice_is_taken(desk, clinic):
    desk.post(NEW, typed(clinic, room=str(clinic.rooms[1].public_id)))

    assert Appointment.objects.get().room == clinic.rooms[1]


def test_two_practitioners_are_booked_at_the_same_minute(desk, clinic):
    other = a_practitioner("Tomás Ibarra")

    desk.post(NEW, typed(clinic))
    desk.post(NEW, typed(clinic, given_name="Ruth", practitioner=str(other.public_id)))

    assert Appointment.objects.count() == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9:35", time(9, 35)), ("09:35", time(9, 35)), ("9.35", time(9, 35)), ("0935", time(9, 35)), ("14", time(14)),
        ("2:15 pm", time(14, 15)), ("12 am", time(0)), ("12pm", time(12)), ("14h30", time(14, 30)),
    ],
)  # fmt: skip
def test_a_time_is_read_as_people_write_it(text, expected):
    assert read_time(text) == expected


def test_the_intake_link_is_made_on_purpose_only(desk, clinic):
    patient = a_patient(email="")
    address = reverse("desk:intake_link", args=[patient.public_id])

    looked = desk.get(address)
    assert "No link is open" in words(looked)
    assert not QuestionnaireRequest.objects.exists()

    made = desk.post(address, follow=True)
    again = desk.get(address)
    link = re.search(r"http://localhost:8000/i/[A-Za-z0-9_-]{43}/", words(made))[0]
    assert link in words(again)
    assert QuestionnaireRequest.objects.count() == 1
