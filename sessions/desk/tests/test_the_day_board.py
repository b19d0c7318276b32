"""The board answers everything: who is here, who is late, which session, form done or not."""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.audit.models import AuditEvent
from patients.models import SafetyFact
from sessions.appointments.models import Appointment
from sessions.appointments.services import (
    NewPatient,
    arrive,
    book,
    book_first_visit,
    cancel,
    complete_visit,
    start_treatment,
)
from sessions.appointments.tests.world import NOW, a_clinic, a_patient, a_practitioner, at
from sessions.courses.services import open_course

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic():
    return a_clinic(rooms=4)


@pytest.fixture
def desk(client, clinic):
    client.force_login(clinic.desk)
    return client


def visit_of(clinic, hour, minute=0, patient=None, **changes):
    return book(
        **{
            "patient": patient or a_patient(), "service": clinic.follow, "practitioner": clinic.chen, "room": None,
            "starts_at": at(hour, minute), "by": clinic.desk, "now": NOW, **changes,
        }
    )  # fmt: skip


def page(client, now, query=""):
    with time_machine.travel(now, tick=False):
        return client.get(f"/today/{query}")


def words(response):
    """The text of the page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def counted(queries):
    """Statements as the house counts them: without transactions, session and user."""
    told = [query["sql"] for query in queries]
    return [
        sql
        for sql in told
        if not re.match(r"BEGIN|COMMIT|SAVEPOINT|RELEASE|SET ROLE", sql)
        and "django_session" not in sql
        and not sql.startswith('SELECT "staff_user"')
    ]


def test_an_empty_day_says_so_and_leads_to_a_visit(desk):
    answer = page(desk, NOW)

    assert "Monday 16 November" in words(answer)
    assert "No visits today" in words(answer)
    assert reverse("desk:new_visit") in answer.content.decode()


def test_a_visit_stands_on_its_minutes_in_its_column(desk, clinic):
    visit_of(clinic, 9, 35)

    body = page(desk, NOW).content.decode()

    assert 'class="visit lane-1 at-0935 min-50 is-booked"' in body
    assert 'class="rest min-5"' in body
    assert 'class="hands min-10"' in body


def test_two_at_once_stand_side_by_side_and_three_in_thirds(desk, clinic):
    quick = clinic.follow
    quick.hands_on_start_minutes = quick.hands_on_end_minutes = 5
    quick.resting_minutes = 30
    quick.save()
    for minute in (0, 15, 30):
        visit_of(clinic, 9, minute)
    visit_of(clinic, 11)
    visit_of(clinic, 11, 10)

    body = page(desk, NOW).content.decode()

    assert re.findall(r"at-09\d\d min-50 is-booked (seat-\d of-3)", body) == [
        "seat-1 of-3",
        "seat-2 of-3",
        "seat-3 of-3",
    ]
    assert "lane-1a at-1100" in body
    assert "lane-1b at-1110" in body


def test_a_visit_that_is_off_makes_nobody_narrow(desk, clinic):
    visit_of(clinic, 8, 45)
    off = visit_of(clinic, 9, 10)
    cancel(appointment=off, by=clinic.desk, now=at(8, 2))
    visit_of(clinic, 9, 35)
    visit_of(clinic, 9, 55)

    body = page(desk, at(8, 5)).content.decode()

    assert re.findall(r"visit (lane-1\w? at-\d{4} min-\d+ is-\w+)", body) == [
        "lane-1a at-0845 min-50 is-booked",
        "lane-1b at-0910 min-45 is-gone",
        "lane-1a at-0935 min-50 is-booked",
        "lane-1b at-0955 min-50 is-booked",
    ]


def test_who_comes_again_and_was_never_asked_has_no_gap(desk, clinic):
    visit_of(clinic, 9)

    said = words(page(desk, NOW))

    assert "Intake" not in said
    assert "intake" not in said


def test_a_row_says_where_the_patient_is_in_the_course(desk, clinic):
    patient = a_patient()
    course = open_course(patient=patient, practitioner=clinic.chen, planned_sessions=8, by=clinic.desk, now=NOW)
    course.sessions_done = 4
    course.save()
    visit_of(clinic, 9, patient=patient, course=course)
    visit_of(clinic, 15, patient=patient, course=course)

    said = words(page(desk, NOW))

    assert "5 of 8" in said
    assert "6 of 8" in said
    assert "Checkpoint today" in said


def test_states_are_words(desk, clinic):
    here, waiting, treated, done, off = (visit_of(clinic, hour) for hour in (9, 10, 11, 12, 13))
    arrive(appointment=here, by=clinic.desk, now=at(8, 56))
    arrive(appointment=waiting, by=clinic.desk, now=at(8, 40))
    start_treatment(appointment=treated, by=clinic.desk, now=at(8, 50))
    complete_visit(appointment=done, by=clinic.desk, now=at(8, 58))
    cancel(appointment=off, by=clinic.desk, now=at(8, 2))

    said = words(page(desk, at(9)))
    later = words(page(desk, at(10, 14)))

    for expected in ("here 4 min", "here 20 min", "in treatment", "done 8:58", "late cancelled 8:02"):
        assert expected in said
    assert "1 done · 1 late cancelled" in said
    assert "4 visits" in said
    assert "waiting 14 min" in later
    assert "waiting 74 min" in later
    assert "2 waiting over 10 min" in later


def test_who_comes_early_waits_only_from_the_visit_on(desk, clinic):
    early = visit_of(clinic, 10)
    arrive(appointment=early, by=clinic.desk, now=at(9, 30))

    assert "here 29 min" in words(page(desk, at(9, 59)))
    assert "waiting" not in words(page(desk, at(10, 9))).replace("waiting over", "")
    assert "waiting 10 min" in words(page(desk, at(10, 10)))


def test_nobody_there_after_twenty_minutes_is_said(desk, clinic):
    visit_of(clinic, 9)

    assert "late" not in words(page(desk, at(9, 19)))
    assert "20 min late" in words(page(desk, at(9, 20)))


def test_arriving_is_one_click_and_taking_it_back_another(desk, clinic):
    visit = visit_of(clinic, 9)
    with time_machine.travel(at(8, 58), tick=False):
        answer = desk.post(reverse("desk:arrive", args=[visit.public_id]), follow=True)
        visit.refresh_from_db()
        assert visit.state == "arrived"
        assert "Greta Lindqvist arrived 8:58" in words(answer)
        undo = reverse("desk:undo", args=[visit.public_id, "arrived"])
        assert undo in answer.content.decode()
        again = desk.post(undo, follow=True)

    visit.refresh_from_db()
    assert visit.state == "booked"
    assert "Greta Lindqvist is booked" in words(again)


def test_a_click_that_comes_too_late_is_answered_in_words(desk, clinic):
    visit = visit_of(clinic, 9)
    cancel(appointment=visit, by=clinic.desk, now=NOW)

    with time_machine.travel(at(8, 58), tick=False):
        answer = desk.post(reverse("desk:arrive", args=[visit.public_id]), follow=True)

    assert answer.status_code == 200
    assert "This visit is late cancelled already" in words(answer)


@pytest.mark.parametrize("name", ["desk:arrive", "desk:cancel"])
def test_looking_changes_nothing(desk, clinic, name):
    visit = visit_of(clinic, 9)

    assert desk.get(reverse(name, args=[visit.public_id])).status_code == 405
    assert desk.post(reverse(name, args=[uuid.uuid4()])).status_code == 404


def test_a_first_visit_says_what_its_form_waits_for(desk, clinic):
    new = NewPatient("Greta", "Lindqvist", date(1961, 3, 12), "", "+49301234567")
    book_first_visit(
        patient=new, service=clinic.first, practitioner=clinic.chen, starts_at=at(11, 50), by=clinic.desk, now=NOW
    )

    said = words(page(desk, NOW))

    assert "First visit" in said
    assert "Intake not sent" in said
    assert "no e-mail: QR or print" in said
    assert "1 intake open" in said


def test_two_of_one_name_are_marked(desk, clinic):
    visit_of(clinic, 9, patient=a_patient("Li", "Wei", address_as="李伟"))
    visit_of(clinic, 10, patient=a_patient("Lì", "Wei", address_as="李薇"))
    visit_of(clinic, 11, patient=a_patient("Ruth", "Abernathy"))

    answer = page(desk, NOW)

    assert words(answer).count("same name today") == 4  # on the board and in the list
    assert '<span class="hanzi" lang="zh">李薇</span>' in answer.content.decode()


def test_the_front_desk_sees_facts_of_its_list_and_no_clinical_one(desk, clinic, client):
    patient = a_patient(desk_facts=["stairs", "hearing"])
    SafetyFact.objects.create(patient=patient, rule_id="anticoagulant", source="intake", recorded_at=NOW)
    visit_of(clinic, 9, patient=patient)

    with CaptureQueriesContext(connection) as queries:
        seen = words(page(desk, NOW))
    asked = [query["sql"] for query in queries]
    client.force_login(clinic.chen.user)
    treated = words(page(client, NOW))

    assert "no stairs" in seen
    assert "hard of hearing" in seen
    assert "thinner" not in seen
    assert asked
    assert not any("patients_safetyfact" in sql for sql in asked)
    assert "blood thinner" in treated


def test_a_practitioner_begins_the_note_of_an_own_visit(client, clinic):
    own = visit_of(clinic, 9)
    other = visit_of(clinic, 9, practitioner=a_practitioner("Tomás Ibarra"))
    client.force_login(clinic.chen.user)

    body = page(client, NOW).content.decode()

    assert reverse("treatments:start", args=[own.public_id]) in body
    assert reverse("treatments:start", args=[other.public_id]) not in body
    assert reverse("desk:arrive", args=[other.public_id]) in body


def test_another_day_has_no_acts_and_no_line_of_now(desk, clinic):
    visit_of(clinic, 9)

    body = page(desk, at(9, day=date(2026, 11, 15)), "?day=2026-11-16").content.decode()

    assert "/arrive/" not in body
    assert 'class="now at-' not in body
    assert "as of" not in body


def test_the_line_of_now_stands_on_its_minutes(desk, clinic):
    visit_of(clinic, 9)
    visit_of(clinic, 12)

    body = page(desk, at(10, 18)).content.decode()

    assert 'class="now at-1015"' in body
    assert body.index("now 10:18</span></li>") < body.index(">12:00</span><div")


@pytest.mark.parametrize("typed", ["0001-01-01", "9999-99-99", "x", "\x00", "%00", "１２", "2027-02-29", "a" * 50_000])
def test_a_day_that_is_none_is_answered_with_today(desk, typed):
    with time_machine.travel(NOW, tick=False):
        answer = desk.get("/today/", {"day": typed})

    assert answer.status_code == 200
    assert "That is no day of the calendar" in words(answer)


def test_every_look_leaves_a_trace_of_whom_it_showed(desk, clinic):
    visits = [visit_of(clinic, 9), visit_of(clinic, 10)]

    page(desk, NOW)

    trace = AuditEvent.objects.get(action="list")
    assert (trace.actor_id, trace.patients_shown) == (clinic.desk.pk, [one.patient_id for one in visits])


@pytest.mark.parametrize("who", ["desk", "practitioner"])
def test_a_day_of_sixty_visits_takes_no_more_statements_than_one_of_two(client, clinic, who):
    colleagues = [clinic.chen, *(a_practitioner(f"Colleague {n}") for n in range(3))]
    client.force_login(clinic.desk if who == "desk" else clinic.chen.user)

    def look():
        with CaptureQueriesContext(connection) as queries:
            assert page(client, NOW).status_code == 200
        asked = counted(queries)
        assert asked
        return asked

    def fill(numbers):
        for number in numbers:
            patient = a_patient(f"P{number}")
            course = open_course(patient=patient, practitioner=None, planned_sessions=8, by=clinic.desk, now=NOW)
            start = at(8) + timedelta(minutes=50 * (number // 4 % 10))
            Appointment.objects.create(
                patient=patient, practitioner=colleagues[number % 4], service=clinic.follow, room=clinic.rooms[0],
                course=course, starts_at=start, ends_at=start + timedelta(minutes=50), booked_by=clinic.desk,
                booked_at=NOW,
            )  # fmt: skip

    fill(range(2))
    few = look()
    fill(range(2, 60))
    many = look()

    assert len(many) == len(few) <= 5, "\n".join(many)


def test_a_poll_with_nothing_new_is_one_statement_and_no_body(desk, clinic):
    visit = visit_of(clinic, 9)
    body = page(desk, NOW).content.decode()
    address = re.search(r'hx-get="(/today/news/[^"]*)"', body)[1].replace("&amp;", "&")

    with time_machine.travel(NOW, tick=False):
        with CaptureQueriesContext(connection) as queries:
            quiet = desk.get(address)
        asked = counted(queries)
        arrive(appointment=visit, by=clinic.desk, now=NOW)
        loud = desk.get(address)

    assert len(asked) == 1
    assert (quiet.status_code, quiet.content, "HX-Trigger" in quiet) == (204, b"", False)
    assert (loud.status_code, loud["HX-Trigger"]) == (204, "day-changed")


@pytest.mark.parametrize("query", ["", "?begins=x&ends=y", "?begins=1&ends=99999999999999999999", "?begins=5&ends=1"])
def test_a_poll_of_nonsense_is_quiet(desk, query):
    assert desk.get(f"/today/news/{query}").status_code == 204


def test_the_front_door_leads_to_today(desk):
    assert desk.get("/")["Location"] == "/today/"


def test_nobody_in_particular_is_led_to_the_sign_in(client, clinic):
    assert "/accounts/login/" in client.get("/today/")["Location"]
