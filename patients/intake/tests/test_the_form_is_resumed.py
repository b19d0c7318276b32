from __future__ import annotations

from datetime import timedelta

import pytest

from clinic.audit.models import AuditEvent
from clinic.kernel import clock
from patients.intake import key, querysets
from patients.intake.models import QuestionnaireRequest
from patients.intake.services import issue_request
from patients.intake.services.requests import token_of
from patients.intake.tests.conftest import row
from patients.models import Patient

RIGHT = {"birth_date_day": "12", "birth_date_month": "3", "birth_date_year": "1961"}
WRONG = RIGHT | {"birth_date_year": "1962"}
GUARD = {"form_token": "2b0a1a1e-6b0a-4b61-a1f5-6f3a3ad1b2c4", "end": "1"}


def say(phone, parts):
    return phone.client.post("/i/birth-date/", parts | GUARD)


@pytest.fixture
def an_hour_later(monkeypatch, tmp_path, settings):
    settings.TESTING = True
    file = tmp_path / "clock"
    monkeypatch.setenv("DEQI_CLOCK_FILE", str(file))
    return lambda minutes=61: file.write_text(str(minutes * 60))


def test_the_same_device_goes_on_where_it_stopped(link, phone):
    phone.fill(link, until=3)

    again = phone.begin(link)

    assert again.headers["Location"] == "/i/form/"
    assert phone.get("/i/form/").headers["Location"] == "/i/form/4/"
    assert "Neck pain" in phone.get("/i/form/2/").content.decode()


def test_another_device_is_asked_for_the_birth_date_first(link, phone, other_phone):
    phone.fill(link, until=3)

    assert other_phone.begin(link).headers["Location"] == "/i/birth-date/"
    for path in ("/i/form/", "/i/form/2/", "/i/please-read/"):
        assert other_phone.get(path).headers["Location"] == "/i/birth-date/"
    assert other_phone.send(2, version=99).headers["Location"] == "/i/birth-date/"

    assert say(other_phone, RIGHT).headers["Location"] == "/i/form/"
    assert "Neck pain" in other_phone.get("/i/form/2/").content.decode()


def test_five_wrong_birth_dates_lock_the_link_until_it_is_sent_anew(link, asked, maria, bob, phone, other_phone):
    phone.fill(link, until=3)
    other_phone.begin(link)

    for left in (4, 3, 2, 1):
        page = say(other_phone, WRONG)
        assert f"You can try {left} more time" in page.content.decode()
    assert "Please call us" in say(other_phone, WRONG).content.decode()
    assert say(other_phone, RIGHT).status_code == 403
    assert row(asked).birth_date_tries == 5
    assert AuditEvent.objects.filter(action="confirm-birth-date", result="denied").count() == 5
    state = Patient.objects.annotate(words=querysets.intake_state(clock.now(), "pk")).get(pk=maria.pk).words
    assert state == "locked: send again"

    fresh = issue_request(patient=maria, appointment_id=None, by=bob, now=clock.now())

    assert other_phone.get(link).status_code == 404
    other_phone.begin(f"/i/{token_of(fresh)}/")
    say(other_phone, RIGHT)
    assert other_phone.get("/i/form/").headers["Location"] == "/i/form/4/"


@pytest.mark.parametrize("parts", [{}, WRONG | {"birth_date_year": "1"}, RIGHT | {"birth_date_day": "\x00"}])
def test_a_birth_date_that_is_none_costs_no_try(link, asked, phone, other_phone, parts):
    phone.begin(link)
    other_phone.begin(link)

    assert say(other_phone, parts).status_code == 200
    assert row(asked).birth_date_tries == 0


def test_after_an_hour_of_rest_reading_asks_for_the_birth_date_and_typing_is_kept(link, asked, phone, an_hour_later):
    phone.fill(link, until=1)
    version = phone.version(2)
    an_hour_later()

    assert phone.get("/i/form/1/").headers["Location"] == "/i/birth-date/"
    sent = phone.send(2, version=version)
    assert sent.headers["Location"] == "/i/form/3/"
    assert row(asked).draft.data["2"]["concern"] == "Neck pain"
    assert phone.get("/i/form/3/").headers["Location"] == "/i/birth-date/"
    say(phone, RIGHT)
    assert phone.get("/i/form/3/").status_code == 200


def test_after_half_a_day_the_cookie_opens_nothing(link, phone, an_hour_later):
    phone.fill(link, until=1)
    an_hour_later(minutes=key.KEPT.total_seconds() / 60 + 1)

    assert phone.get("/i/form/2/").status_code == 404
    assert phone.begin(link).headers["Location"] == "/i/birth-date/"


def test_a_called_back_form_takes_nothing_more(link, asked, phone):
    phone.fill(link, until=1)
    version = phone.version(2)
    QuestionnaireRequest.objects.filter(pk=asked.pk).update(expires_at=clock.now() - timedelta(seconds=1))

    assert phone.send(2, version=version).status_code == 404
    assert "2" not in row(asked).draft.data


def test_two_patients_on_one_device_never_mix(link, asked, phone, practice, bob):
    other = Patient.objects.create(given_name="Ruth", birth_date="1950-01-01", created_at=clock.now())
    hers = issue_request(patient=other, appointment_id=None, by=bob, now=clock.now())
    phone.fill(link, until=3)

    phone.begin(f"/i/{token_of(hers)}/")

    assert phone.get("/i/form/").headers["Location"] == "/i/form/1/"
    assert "Ruth" in phone.get("/i/form/1/").content.decode()
    assert "María" not in phone.get("/i/form/1/").content.decode()
