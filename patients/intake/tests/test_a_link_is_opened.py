from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from clinic.kernel import clock
from patients.intake.key import NAME
from patients.intake.models import Draft, Guess, QuestionnaireRequest
from patients.intake.services.requests import token_of
from patients.intake.tests.conftest import row

TABLES = ("intake_questionnairerequest", "intake_draft", "audit_auditevent", "django_session", "patients_patient")


def hashes():
    with connection.cursor() as cursor:
        found = []
        for table in TABLES:
            cursor.execute(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t")
            found.append(cursor.fetchone()[0])
    return found


def test_a_mail_scanner_changes_nothing_and_gets_no_cookie(link, phone):
    before = hashes()

    for address in ("10.0.0.1", "10.0.0.2", "10.0.0.3"):
        for _ in range(5):
            for method in (phone.client.get, phone.client.head):
                answer = method(link, REMOTE_ADDR=address)
                assert answer.status_code == 200
                assert not answer.cookies

    assert hashes() == before
    assert phone.begin(link).headers["Location"] == "/i/form/"


def test_the_page_of_a_link_names_the_clinic_and_hides_its_address(link, phone):
    answer = phone.get(link)

    assert "Clinic at the Old Mill" in answer.content.decode()
    assert "Gutiérrez" not in answer.content.decode()
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer.headers["Cache-Control"]


def test_begin_swaps_the_token_for_a_cookie_limited_to_the_form(link, asked, phone):
    answer = phone.begin(link)

    assert answer.headers["Location"] == "/i/form/"
    cookie = answer.cookies[NAME]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/i/", True, "Lax")
    assert token_of(asked) not in cookie.value
    assert row(asked).state == "begun"
    assert phone.get("/i/form/").headers["Location"] == "/i/form/1/"


def bad_links(asked):
    token = token_of(asked)
    changed = token[:10] + ("A" if token[10] != "A" else "B") + token[11:]
    return [token[:-1], changed, token.upper(), "x", "x" * 43, "%00", "%ED%A0%80", token + "x", "a" * 3000]


def test_every_link_that_opens_nothing_gets_the_same_page(asked, phone):
    pages = set()

    for at, token in enumerate(bad_links(asked)):
        answer = phone.client.get(f"/i/{token}/", REMOTE_ADDR=f"10.1.0.{at}")
        shown = answer.context["token"]
        pages.add((answer.status_code, answer.content.decode().replace(f'value="{shown}"', "")))

    assert len(pages) == 1 or {status for status, _ in pages} == {404}
    assert {status for status, _ in pages} == {404}
    assert all("does not open any more" in page for _, page in pages)


@pytest.mark.parametrize("why", ["expired", "revoked", "submitted", "signed off", "other form"])
def test_a_link_that_ended_looks_like_one_that_never_was(asked, link, phone, why):
    now = clock.now()
    changes = {
        "expired": {"expires_at": now - timedelta(seconds=1)},
        "revoked": {"state": "revoked"},
        "submitted": {"state": "submitted", "submitted_at": now},
        "signed off": {"signed_off_at": now},
        "other form": {"form": "check-in"},
    }
    QuestionnaireRequest.objects.filter(pk=asked.pk).update(**changes[why])
    never = phone.client.get(f"/i/{'x' * 43}/")

    ended = phone.get(link)
    posted = phone.begin(link)

    token = token_of(asked)
    assert ended.status_code == posted.status_code == never.status_code == 404
    assert ended.content.decode().replace(token, "x" * 43) == never.content.decode()
    assert not Draft.objects.exists()


def test_guessing_meets_a_limit_and_the_right_link_still_opens(asked, link, phone):
    for at in range(20):
        assert phone.client.get(f"/i/{'g' * 42}{at % 10}/").status_code == 404

    answer = phone.client.get(f"/i/{'g' * 43}/")

    assert answer.status_code == 429
    assert "Please wait a minute" in answer.content.decode()
    assert phone.get(link).status_code == 200
    assert Guess.objects.count() == 1
    assert phone.client.get(f"/i/{'g' * 43}/", REMOTE_ADDR="10.9.9.9").status_code == 404


def test_without_the_link_no_page_of_the_form_opens(practice, phone):
    for path in ("/i/form/", "/i/form/1/", "/i/birth-date/", "/i/please-read/", "/i/sent/"):
        assert phone.get(path).status_code == 404


def test_a_changed_cookie_opens_nothing(link, phone):
    phone.begin(link)
    phone.client.cookies[NAME] = phone.client.cookies[NAME].value[:-2] + "xx"

    assert phone.get("/i/form/1/").status_code == 404
