"""Everybody who asks gets the same answer; only who has an account gets a mail, and its link is made as it leaves."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.kernel import clock
from clinic.outbox import rounds
from clinic.outbox.models import OutgoingMessage
from clinic.outbox.tests.sink import Sink

pytestmark = pytest.mark.django_db
PAGE = "/accounts/password/reset/"


@pytest.fixture
def sink(settings):
    with Sink() as running:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", running.port, 2
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield running


@pytest.fixture
def olga(django_user_model):
    return django_user_model.objects.create_user(
        "olga@mill.example", "three old words here", name="Olga", roles=["front-desk"], created_at=clock.now()
    )


@pytest.fixture
def send(in_role):
    def one_round(after: timedelta = timedelta()):
        with in_role("worker"):
            rounds.run(now=clock.now() + after)

    return one_round


def link_of(sink):
    text = sink.taken[-1].mail.get_body(("plain",)).get_content()
    return re.search(r"http://localhost:8000(/accounts/password/reset/key/\S+)", text)[1]


def test_a_known_and_an_unknown_address_get_the_same_page_and_leave_equal_rows(client, olga):
    answers, statements = [], []
    client.post(PAGE, {"email": "first@mill.example"})  # the counter of this network is there from now on
    for address in ("olga@mill.example", "nobody@mill.example"):
        with CaptureQueriesContext(connection) as captured:
            answers.append(client.post(PAGE, {"email": address}))
        statements.append([re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in captured])

    _, known, unknown = OutgoingMessage.objects.order_by("id")
    assert [(a.status_code, a.headers["Location"]) for a in answers] == [(302, f"{PAGE}done/")] * 2
    assert answers[0].content == answers[1].content
    assert statements[0] == statements[1]
    differing = {"id", "public_id", "dedup_key", "message_id", "to_address", "created_at", "not_before", "not_after"}
    for field in OutgoingMessage._meta.concrete_fields:
        if field.name not in differing:
            assert getattr(known, field.name) == getattr(unknown, field.name), field.name
    assert django_mail.outbox == []


def test_a_stranger_s_row_is_skipped_and_says_why(client, olga, sink, send):
    client.post(PAGE, {"email": "nobody@mill.example"})

    send()

    row = OutgoingMessage.objects.get()
    assert (row.state, row.reason, sink.taken) == ("cancelled", "no account", [])


def test_the_link_sets_a_new_password_once(client, olga, sink, send):
    client.post(PAGE, {"email": "OLGA@mill.example"})
    send()
    link = link_of(sink)

    form = client.get(link, follow=True)
    done = client.post(
        form.redirect_chain[-1][0],
        {"password1": "quite different words now", "password2": "quite different words now"},
        follow=True,
    )

    assert done.status_code == 200
    olga.refresh_from_db()
    assert olga.check_password("quite different words now")
    client.logout()
    assert b"This link has ended" in client.get(link, follow=True).content


def test_the_link_ends_after_a_day(client, olga, sink, send, tmp_path, monkeypatch, settings):
    client.post(PAGE, {"email": "olga@mill.example"})
    send()
    link = link_of(sink)
    settings.TESTING = True
    (tmp_path / "clock").write_text(str(25 * 3600))
    monkeypatch.setenv("DEQI_CLOCK_FILE", str(tmp_path / "clock"))

    assert b"This link has ended" in client.get(link, follow=True).content


def test_no_token_stands_in_the_row(client, olga, sink, send):
    client.post(PAGE, {"email": "olga@mill.example"})
    before = str(OutgoingMessage.objects.values().get())
    send()
    after = str(OutgoingMessage.objects.values().get())
    key = link_of(sink).rstrip("/").rpartition("/")[2]

    assert key not in before + after
    assert key.partition("-")[2] not in before + after
    assert "/accounts/password/reset/key/***/" in after


def test_who_was_switched_off_gets_no_link(client, olga, sink, send):
    client.post(PAGE, {"email": "olga@mill.example"})
    olga.is_active = False
    olga.save(update_fields=["is_active"])

    send()

    assert OutgoingMessage.objects.get().reason == "no account"
    assert not sink.taken


def test_two_clicks_make_one_mail(client, olga):
    client.post(PAGE, {"email": "olga@mill.example"})
    client.post(PAGE, {"email": "olga@mill.example"})

    assert OutgoingMessage.objects.count() == 1


@pytest.mark.parametrize(
    "typed", ["", "olga", "o%E2%84%AAga@mill.example", "olga@mill.example%00", "%ED%A0%80@mill.example", "a" * 50_000]
)
def test_what_is_no_address_gets_a_sentence_and_no_row(client, olga, typed):
    answer = client.post(PAGE, f"email={typed}", content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 200
    assert not OutgoingMessage.objects.exists()


def test_a_link_asked_for_this_morning_is_not_sent_tonight(client, olga, sink, send):
    client.post(PAGE, {"email": "olga@mill.example"})

    send(timedelta(hours=3))

    assert not sink.taken
    assert OutgoingMessage.objects.get().reason.startswith("too late")


def test_the_worker_makes_the_link_without_reading_the_password(olga, as_worker):
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_column_privilege('deqi_worker', 'staff_user', 'password', 'SELECT')")
        assert cursor.fetchone() == (False,)


@pytest.mark.parametrize("page", ["signup/", "email/", "confirm-email/", "confirm-email/MQ:abc/"])
def test_pages_that_would_send_other_mails_are_not_there(client, olga, page):
    assert client.get(f"/accounts/{page}").status_code == 404
    client.force_login(olga, backend="clinic.attention.sign_in.Backend")
    assert client.post(f"/accounts/{page}", {"email": "eve@evil.example"}).status_code == 404
