"""A clinic, Greta with a visit ahead, and her links as the mails carry them."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

from patients.contact.services import Purpose, Wanted, tokens_for
from sessions.appointments.services import book
from sessions.appointments.tests.world import NOW, a_clinic, a_patient, at

TOMORROW = NOW.date() + timedelta(days=1)
BORN = {"birth_date_day": "12", "birth_date_month": "3", "birth_date_year": "1961"}


def a_world(**patient):
    """Greta, booked for the day after tomorrow at 9:00; Monday 8:00 it is."""
    clinic = a_clinic()
    greta = a_patient(**patient)
    visit = a_visit(clinic, greta)
    return SimpleNamespace(clinic=clinic, greta=greta, visit=visit)


def a_visit(clinic, patient, starts_at=None):
    """A visit that is booked, by default on Wednesday at 9:00."""
    return book(
        patient=patient, service=clinic.follow, practitioner=clinic.chen, room=None,
        starts_at=starts_at or at(9, day=TOMORROW + timedelta(days=1)), by=clinic.desk, now=NOW,
    )  # fmt: skip


def path_of(patient, purpose, subject_id=0, now=NOW):
    """The path of a link, as a mail to the address on file carries it."""
    wanted = Wanted(patient.pk, purpose, patient.email, subject_id)
    return f"/p/{tokens_for([wanted], now)[wanted]}/"


def visit_path(visit):
    """The path of the link to one visit."""
    return path_of(visit.patient, Purpose.VISIT, visit.pk)


def page_path(patient):
    """The path of the link to the own page."""
    return path_of(patient, Purpose.OWN_PAGE)


def mails_path(patient):
    """The path of the link that chooses mails."""
    return path_of(patient, Purpose.PREFERENCES)


def give_birth_date(client, **changes):
    """Answer the page that asks for the birth date; Greta's unless changed."""
    form = client.get("/p/birth-date/").context["form"]
    return client.post("/p/birth-date/", {**BORN, **changes, "form_token": str(form["form_token"].value()), "end": "1"})


def open_page(client, patient):
    """Open the own page of a patient on this device."""
    client.post(page_path(patient))
    answer = give_birth_date(client)
    assert answer["Location"] == "/p/", answer.content.decode()
