"""The tablet: the staff are signed out of it, it shows one form, it ends by itself, and "back" shows nothing."""

from __future__ import annotations

import pytest
from django.test import Client

from clinic.audit.models import AuditEvent
from clinic.staff.models import User
from patients.intake import steps
from patients.intake.tests.conftest import ANSWERS, Phone, row

STAFF_PAGES = ("/today/", "/patients/", "/attention/", "/reminders/", "/settings/", "/account/")


@pytest.fixture
def later(monkeypatch, tmp_path, settings):
    settings.TESTING = True
    file = tmp_path / "clock"
    monkeypatch.setenv("DEQI_CLOCK_FILE", str(file))
    return lambda minutes: file.write_text(str(minutes * 60))


@pytest.fixture
def tablet(practice, bob):
    """A browser of the clinic in which the front desk is signed in."""
    phone = Phone()
    phone.client.force_login(bob)
    return phone


def hand_over(tablet, maria):
    return tablet.client.post(f"/patients/{maria.public_id}/intake/tablet/")


def test_opening_the_form_signs_the_staff_out_and_leaves_only_the_form(tablet, maria, asked):
    assert tablet.get("/patients/").status_code == 200

    answer = hand_over(tablet, maria)

    assert answer.headers["Location"] == "/i/form/"
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert "sessionid" not in tablet.client.cookies or not tablet.client.cookies["sessionid"].value
    for page in (*STAFF_PAGES, f"/patients/{maria.public_id}/", f"/patients/{maria.public_id}/intake/"):
        assert tablet.get(page).headers["Location"].startswith("/accounts/login/"), page
    assert "Gutiérrez" in tablet.get("/i/form/1/").content.decode()
    assert set(AuditEvent.objects.filter(action="open-in-clinic").values_list("actor_id", "patient_id")) == {
        (AuditEvent.objects.get(action="open-in-clinic").actor_id, maria.pk)
    }


def test_what_was_answered_at_home_is_not_shown_to_whoever_hands_it_over(tablet, maria, asked, link, phone, later):
    phone.fill(link, until=steps.FEELINGS)
    later(5)
    tablet.client.force_login(User.objects.get(email="bob@mill.example"))

    hand_over(tablet, maria)

    for step in range(1, steps.AGREEMENT):
        answer = tablet.get(f"/i/form/{step}/")
        assert answer.headers.get("Location") == f"/i/form/{steps.AGREEMENT}/", step


def test_a_page_that_was_half_typed_at_home_is_empty_on_the_device(tablet, maria, asked, link, phone, later):
    phone.fill(link, until=steps.HEALTH)
    draft = row(asked).draft
    draft.data = {**draft.data, "typed": {str(draft.step): {"phq4-1": ["3"]}}}
    draft.save(update_fields=["data"])
    later(5)
    tablet.client.force_login(User.objects.get(email="bob@mill.example"))

    hand_over(tablet, maria)

    shown = tablet.get(f"/i/form/{draft.step}/")
    assert shown.status_code == 200
    assert shown.context["form"].initial.get("phq4-1") is None
    assert not shown.context["form"].is_bound


def test_the_check_goes_red_when_nobody_is_signed_out(tablet, maria, asked):
    kept = tablet.client.cookies["sessionid"].value
    # The guard off: a browser that keeps the session it had, and a server that never ended it.
    other = Client()
    other.cookies["sessionid"] = kept
    assert other.get("/patients/").status_code == 200

    hand_over(tablet, maria)

    assert other.get("/patients/").headers["Location"].startswith("/accounts/login/")


def test_ten_quiet_minutes_end_it_and_what_was_saved_is_kept(tablet, maria, asked, later):
    hand_over(tablet, maria)
    tablet.send(1)
    later(9)
    assert tablet.get("/i/form/2/").status_code == 200
    later(20)

    page = tablet.get("/i/form/1/")

    assert "You can give this device back now" in page.content.decode()
    assert "Gutiérrez" not in page.content.decode()
    assert tablet.get("/i/birth-date/").status_code == 200
    assert "birth date" not in tablet.get("/i/birth-date/").content.decode()
    assert "1" in row(asked).draft.data


def test_handing_it_in_ends_it_without_a_word_of_who_it_was(tablet, maria, asked):
    hand_over(tablet, maria)
    for step in range(1, steps.LAST):
        assert tablet.send(step).status_code == 302

    assert tablet.send(steps.LAST, ANSWERS[steps.LAST]).headers["Location"] == "/i/tablet/"

    for path in ("/i/tablet/", "/i/sent/", "/i/form/", "/i/form/1/", "/i/please-read/"):
        page = tablet.get(path)
        assert page.status_code == 200
        assert "Thank you" in page.content.decode()
        assert "Mar" not in page.content.decode()
    assert row(asked).state == "submitted"


def test_giving_it_back_ends_it_and_the_next_patient_begins_anew(tablet, maria, asked, bob):
    hand_over(tablet, maria)
    tablet.send(1)

    assert tablet.client.post("/i/tablet/end/").headers["Location"] == "/i/tablet/"

    assert "Gutiérrez" not in tablet.get("/i/form/1/").content.decode()
    tablet.client.force_login(bob)
    hand_over(tablet, maria)
    assert tablet.get("/i/form/").headers["Location"] == "/i/form/2/"


def test_every_page_of_it_stays_out_of_the_browsers_memory(tablet, maria, asked):
    hand_over(tablet, maria)

    for path in ("/i/form/1/", "/i/tablet/"):
        assert "no-store" in tablet.get(path).headers["Cache-Control"]
    assert tablet.get("/i/tablet/").headers["Clear-Site-Data"] == '"cache"'


def test_the_own_phone_is_no_device_of_the_clinic(link, phone):
    phone.fill(link)

    assert phone.send(steps.LAST).headers["Location"] == "/i/sent/"
    assert "give this device back" not in phone.get("/i/sent/").content.decode()
