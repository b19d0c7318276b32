"""Contact data is mended by anybody of the staff; nobody's saving is overwritten without a word."""

from __future__ import annotations

import re
import uuid
from html import unescape

import pytest
from django.urls import reverse

from clinic.audit.models import AuditEvent
from patients.services.registration import ChangedMeanwhile, amend_contact, register_patient
from sessions.appointments.tests.world import NOW, a_clinic, a_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic():
    return a_clinic()


@pytest.fixture
def desk(client, clinic):
    client.force_login(clinic.desk)
    return client


@pytest.fixture
def greta(clinic):
    return a_patient(phone="+493055501423")


def typed(patient, **changes):
    return {
        "form_token": str(uuid.uuid4()), "version": str(patient.version), "given_name": patient.given_name,
        "family_name": patient.family_name, "address_as": patient.address_as, "birth_date_day": "12",
        "birth_date_month": "3", "birth_date_year": "1961", "email": patient.email, "phone": "030 55501423",
        "emergency_contact": "", "physician": "", "language": patient.language, "end": "1", **changes,
    }  # fmt: skip


def words(answer):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())))


def address(patient):
    return reverse("patients:edit", args=[patient.public_id])


def test_a_new_address_and_a_fact_are_kept_with_their_trace(desk, greta):
    answer = desk.post(address(greta), typed(greta, email="new@example.org", desk_facts=["stairs", "no-email"]))

    greta.refresh_from_db()
    assert answer["Location"] == reverse("desk:patient", args=[greta.public_id])
    assert (greta.email, greta.desk_facts, greta.version) == ("new@example.org", ["stairs", "no-email"], 2)
    assert list(AuditEvent.objects.order_by("id").values_list("action", flat=True)) == ["read", "amend"]


def test_saving_what_stands_changes_nothing(desk, greta):
    desk.post(address(greta), typed(greta))

    greta.refresh_from_db()
    assert greta.version == 1


def test_what_somebody_saved_meanwhile_is_shown_and_a_second_press_decides(desk, greta, clinic):
    form = typed(greta, email="mine@example.org")
    amend_contact(patient=greta, version=1, changes={"email": "theirs@example.org"}, by=clinic.desk, now=NOW)

    shown = desk.post(address(greta), form)
    body = shown.content.decode()
    greta.refresh_from_db()
    assert shown.status_code == 409
    assert greta.email == "theirs@example.org"
    assert "E-mail: theirs@example.org" in words(shown)
    assert 'value="mine@example.org"' in body
    assert re.search(r'name="version" value="2"', body)

    desk.post(address(greta), {**form, "version": "2"})
    greta.refresh_from_db()
    assert greta.email == "mine@example.org"


def test_the_service_refuses_what_was_seen_too_long_ago(clinic, greta):
    amend_contact(patient=greta, version=1, changes={"phone": ""}, by=clinic.desk, now=NOW)

    with pytest.raises(ChangedMeanwhile) as changed:
        amend_contact(patient=greta, version=1, changes={"phone": "+49301"}, by=clinic.desk, now=NOW)
    assert changed.value.now.phone == ""
    with pytest.raises(KeyError):
        amend_contact(patient=greta, version=2, changes={"deceased_on": NOW.date()}, by=clinic.desk, now=NOW)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"given_name": ""}, "Please write a name."),
        ({"email": "", "phone": ""}, "Please leave an e-mail address or a phone number."),
        ({"birth_date_day": "", "birth_date_month": "", "birth_date_year": ""}, "it was known before"),
        ({"desk_facts": ["diagnosis"]}, "Please tick some of these."),
        ({"email": "x" * 65 + "@example.org"}, "longer than mail can carry"),
        ({"physician": "\x07"}, "cannot be kept"),
        ({"version": "x"}, "Enter a whole number"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_stored(desk, greta, changes, sentence):
    answer = desk.post(address(greta), typed(greta, **changes))

    greta.refresh_from_db()
    assert answer.status_code == 400
    assert sentence in words(answer)
    assert greta.version == 1


def test_no_other_field_can_be_smuggled_in(desk, greta):
    before = greta.public_id, greta.created_at, greta.sex

    desk.post(address(greta), typed(greta, public_id=str(uuid.uuid4()), sex="male", deceased_on="2026-01-01", id="1"))

    greta.refresh_from_db()
    assert (greta.public_id, greta.created_at, greta.sex) == before
    assert greta.deceased_on is None


def test_an_unknown_patient_is_not_found(desk):
    assert desk.get(reverse("patients:edit", args=[uuid.uuid4()])).status_code == 404


def test_somebody_without_a_name_is_not_registered(clinic):
    with pytest.raises(ValueError):
        register_patient(given_name="", family_name="X", birth_date=None, email="", phone="", by=clinic.desk, now=NOW)
