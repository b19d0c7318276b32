"""A practitioner with a patient on the table: the cast for tests of notes."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.practice.models import ConsentText
from patients.models import Consent, Medication, SafetyFact
from sessions.appointments.models import Appointment
from sessions.appointments.tests.world import NOW, a_clinic, a_patient, a_practitioner, a_user, at
from sessions.courses.models import Course
from sessions.models import TreatmentSession

__all__ = ["NOW", "a_clinic", "a_patient", "a_practitioner", "a_user", "at"]

#: A whole note, ready to sign: 7 needles.
READY = {
    "changes": "none",
    "subjective": "“Slept badly twice, the leg is quiet.”",
    "objective": "Heel warm again.",
    "assessment": "Qi stagnation, better.",
    "plan": "Add KI3 if the heel is cold.",
    "pain_before": "7",
    "pain_after": "4",
    "points_line": "st36 b, li4 r, gv20, bl23 b, ki3 l",
    "retention_minutes": "25",
    "needles_in": "7",
    "needles_out": "7",
}


def a_treatment(consent=True, arrived=True, clinic=None, given="Greta", **patient):
    """A clinic, a patient who is here, a course of eight, consent on file."""
    clinic = clinic or a_clinic()
    someone = a_patient(given=given, **patient)
    course = Course.objects.create(patient=someone, practitioner=clinic.chen, opened_at=NOW)
    visit = a_visit(clinic, someone, course, state="arrived" if arrived else "booked")
    if consent:
        give_consent(someone)
    browser = Client()
    browser.force_login(clinic.chen.user)
    return SimpleNamespace(clinic=clinic, patient=someone, course=course, visit=visit, browser=browser)


def a_visit(clinic, patient, course=None, state="arrived", starts_at=None, practitioner=None):
    """A visit at the clinic's 9:00."""
    starts_at = starts_at or at(9)
    return Appointment.objects.create(
        patient=patient, practitioner=practitioner or clinic.chen, service=clinic.follow, room=clinic.rooms[0],
        course=course, state=state, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=50),
        booked_by=clinic.desk, booked_at=NOW,
    )  # fmt: skip


def give_consent(patient, state="active", given_at=NOW):
    """Consent to treatment, given or withdrawn."""
    return Consent.objects.create(
        patient=patient, kind="treatment", state=state, text_version=1, text_language="en", signed_sha256="0" * 64,
        channel="link", given_at=given_at,
    )  # fmt: skip


def a_consent_text():
    """The text patients agree to."""
    return ConsentText.objects.create(kind="treatment", title="Treatment with needles", body="I agree.")


def holds(patient, rule_id, **fields):
    """A fact of the safety list holds for this patient."""
    return SafetyFact.objects.create(patient=patient, rule_id=rule_id, source="intake", recorded_at=NOW, **fields)


def takes(patient, words):
    """The patient takes a medicine."""
    return Medication.objects.create(patient=patient, words=words, recorded_at=NOW)


def begin(world, visit=None):
    """Open the note of the visit, as the board does."""
    world.browser.post(reverse("treatments:start", args=[(visit or world.visit).public_id]))
    return TreatmentSession.objects.get(appointment=visit or world.visit)


def send(world, note, page="save", browser=None, by_itself=False, **fields):
    """Send the note's form as a browser does."""
    if "version" not in fields:
        fields["version"] = TreatmentSession.objects.get(pk=note.pk).version
    data = {"form_token": str(uuid.uuid4()), "end": "1", **fields}
    headers = {"X-Deqi-Autosave": "1"} if by_itself else {}
    return (browser or world.browser).post(reverse(f"treatments:{page}", args=[note.public_id]), data, headers=headers)


def signed(world, visit=None, **fields):
    """A signed note."""
    note = begin(world, visit)
    answer = send(world, note, "sign", **{**READY, **fields})
    assert answer.status_code == 302, answer.content.decode()
    note.refresh_from_db()
    assert note.is_signed
    return note


#: The sign-in check: the session and its user.
_SIGN_IN = ('FROM "django_session"', 'FROM "staff_user" WHERE "staff_user"."id"')
_NOT_COUNTED = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@contextmanager
def counted():
    """Count statements as the project does: without transactions, session and user."""
    found = []
    with CaptureQueriesContext(
        connection,
    ) as captured:
        yield found
    for query in captured.captured_queries:
        sql = query["sql"]
        if sql.startswith(_NOT_COUNTED) or any(part in sql for part in _SIGN_IN):
            continue
        found.append(sql)
