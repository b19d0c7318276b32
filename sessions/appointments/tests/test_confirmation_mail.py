"""One mail confirms a visit: when, with whom, where, a calendar file and the link to the form; nothing of health."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from icalendar import Calendar

from clinic.kernel.links import hash_token
from clinic.outbox import kinds
from clinic.outbox.letters import compose
from clinic.outbox.models import OutgoingMessage
from clinic.practice.models import Practice
from patients.intake.models import QuestionnaireRequest
from patients.models import Patient
from patients.services.registration import amend_contact
from sessions.appointments.models import Appointment
from sessions.appointments.services import NewPatient, book_first_visit, cancel
from sessions.appointments.tests.world import NOW, a_clinic, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic():
    return a_clinic()


def booked(clinic, starts_at=None, **changes):
    return book_first_visit(
        **{
            "patient": NewPatient("Greta", "Lindqvist", date(1961, 3, 12), "greta@example.org", ""),
            "service": clinic.first, "practitioner": clinic.chen, "starts_at": starts_at or at(11, 50),
            "sessions": 8, "by": clinic.desk, "now": NOW, **changes,
        }
    )  # fmt: skip


def written(message, in_role, now=NOW):
    """The mail as the worker writes it, with the worker's rights."""
    with in_role("worker"):
        return kinds.get("confirmation").render(OutgoingMessage.objects.get(pk=message.pk), now)


def reasons(message, in_role):
    """Why the mail would be skipped now, asked with the worker's rights."""
    with in_role("worker"):
        return [
            one.else_reason
            for one in kinds.get("confirmation").still_true(NOW)
            if not OutgoingMessage.objects.filter(pk=message.pk).filter(one.condition).exists()
        ]


def event_of(mail):
    calendar = Calendar.from_ical(mail.attachments[0].content)
    return next(part for part in calendar.walk() if part.name == "VEVENT")


def test_it_says_when_with_whom_and_where(clinic, in_role):
    mail = written(booked(clinic).message, in_role)

    assert mail.subject == "Mon 16 Nov, 11:50, Clinic at the Old Mill"
    for said in (mail.text, mail.html):
        assert "Dear Greta," in said
        assert "Monday 16 November, 11:50" in said
        assert "with Dr. Mei-Ling Chen, about 90 minutes" in said
        assert "14 Mill Lane" in said
        assert "030 555014" in said
        assert "You can answer this mail; the front desk reads it." in said


def test_the_link_in_it_opens_the_form_and_is_not_kept(clinic, in_role):
    stored = booked(clinic)
    mail = written(stored.message, in_role)

    token = re.search(r"http://localhost:8000/i/([A-Za-z0-9_-]{43})/", mail.text)[1]
    assert hash_token(token) == QuestionnaireRequest.objects.get().token_hash
    assert f"/i/{token}/" in mail.html
    assert token not in mail.kept
    assert "Monday 16 November, 11:50" in mail.kept


def test_who_has_sent_the_form_gets_no_link(clinic, in_role):
    stored = booked(clinic)
    QuestionnaireRequest.objects.update(state="submitted", submitted_at=NOW)

    mail = written(stored.message, in_role)

    assert "/i/" not in mail.text
    assert "questions" not in mail.text


@pytest.mark.parametrize("word", ["acupuncture", "intake", "health", "pain", "complaint", "first visit", "treatment"])
def test_no_word_of_health_stands_in_it(clinic, in_role, word):
    mail = written(booked(clinic).message, in_role)
    readable = re.sub(
        r"http\S+", "", mail.subject + mail.text + re.sub(r"<style.*?</style>", "", mail.html, flags=re.S)
    )

    assert word not in readable.lower()
    assert word not in mail.attachments[0].content.decode().lower()


def test_free_to_change_is_said_by_the_wall_clock_and_only_while_it_holds(clinic, in_role):
    later = written(booked(clinic, at(9, day=date(2027, 3, 28))).message, in_role)
    soon = written(booked(clinic).message, in_role)

    assert "Free to change until Sat 27 Mar, 9:00." in later.text  # a day of 23 hours lies between
    assert "It is soon: if it does not fit, please call us." in soon.text


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        (date(2027, 3, 27), 8), (date(2027, 3, 28), 7), (date(2027, 10, 30), 7), (date(2027, 10, 31), 8),
    ],
)  # fmt: skip
def test_the_calendar_file_is_right_on_both_sides_of_both_clock_changes(clinic, in_role, day, utc):
    stored = booked(clinic, at(9, day=day))
    event = event_of(written(stored.message, in_role))

    assert event.decoded("dtstart") == datetime(day.year, day.month, day.day, utc, tzinfo=UTC)
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=90)


def test_the_calendar_file_says_appointment_and_keeps_its_name(clinic, in_role):
    stored = booked(clinic)
    event = event_of(written(stored.message, in_role))

    assert str(event["uid"]) == f"{stored.appointment.public_id}@localhost"
    assert (str(event["summary"]), str(event["class"]), event["sequence"]) == ("Appointment", "PRIVATE", 0)
    assert event.decoded("dtstamp") == NOW
    assert str(event["location"]) == "14 Mill Lane, 12345 Berlin"
    assert "description" not in event


def test_it_still_makes_sense_while_nothing_changed(clinic, in_role):
    assert reasons(booked(clinic).message, in_role) == []


def test_a_cancelled_visit_is_not_confirmed(clinic, in_role):
    stored = booked(clinic)
    cancel(appointment=stored.appointment, by=clinic.desk, now=NOW)

    assert reasons(stored.message, in_role) == ["the visit is no longer booked"]


def test_a_moved_visit_is_not_confirmed_at_its_old_time(clinic, in_role):
    stored = booked(clinic)
    Appointment.objects.update(sequence=1)

    assert reasons(stored.message, in_role) == ["the visit was moved"]


def test_a_changed_address_takes_the_mail_along(clinic, in_role):
    stored = booked(clinic)
    amend_contact(patient=stored.patient, version=1, changes={"email": "new@example.org"}, by=clinic.desk, now=NOW)

    stored.message.refresh_from_db()
    assert stored.message.to_address == "new@example.org"
    assert reasons(stored.message, in_role) == []


def test_an_address_that_was_changed_behind_it_stops_the_mail(clinic, in_role):
    stored = booked(clinic)
    Patient.objects.update(email="new@example.org")

    assert reasons(stored.message, in_role) == ["the address was changed"]


def test_the_dead_and_those_who_want_no_mail_get_none(clinic, in_role):
    stored = booked(clinic)
    Patient.objects.update(deceased_on=NOW.date(), desk_facts=["no-email"])

    assert reasons(stored.message, in_role) == ["wants no e-mail: phone", "the patient has died"]


def test_who_wants_no_mail_has_no_row(clinic):
    patient = booked(clinic).patient
    Patient.objects.update(desk_facts=["no-email"])
    patient.refresh_from_db()

    assert booked(clinic, at(14), patient=patient).message is None


def test_a_visit_within_the_hour_is_confirmed_at_once(clinic):
    stored = booked(clinic, at(9))

    assert stored.message.not_before == NOW
    assert stored.message.not_after == at(9)


def test_the_practice_sets_its_quiet_minutes(clinic):
    Practice.objects.update(confirmation_quiet_minutes=10)

    assert booked(clinic).message.not_before == NOW + timedelta(minutes=10)


def test_a_hundred_are_gathered_in_four_statements(clinic, in_role, django_assert_num_queries):
    messages = [booked(clinic, at(hour)).message for hour in (9, 11, 13)]

    with in_role("worker"), django_assert_num_queries(4):
        found = kinds.get("confirmation").gather(messages, NOW)
    assert set(found) == {message.pk for message in messages}


def test_on_the_wire_it_is_text_html_and_a_calendar_file(clinic, in_role):
    stored = booked(clinic, patient=NewPatient("Zoë 李\u202eevil", "", date(1961, 3, 12), "greta@example.org", ""))
    mail = written(stored.message, in_role)
    row = OutgoingMessage.objects.get(pk=stored.message.pk)
    row.practice = Practice.objects.get()

    letter = message_from_bytes(compose(row, mail, now=NOW), policy=default)

    kinds_of = [part.get_content_type() for part in letter.walk() if not part.is_multipart()]
    assert kinds_of == ["text/plain", "text/html", "text/calendar"]
    assert letter["To"] == "greta@example.org"
    assert letter["Reply-To"] == "desk@mill.example"
    assert letter["Subject"] == "Mon 16 Nov, 11:50, Clinic at the Old Mill"
    calendar = next(part for part in letter.walk() if part.get_content_type() == "text/calendar")
    assert calendar.get_filename() == "appointment.ics"
    assert "BEGIN:VEVENT" in calendar.get_content()
