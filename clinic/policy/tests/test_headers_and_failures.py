"""What goes along with every answer, and what a failure tells: its number, nothing else."""

from __future__ import annotations

import json
import logging
import re
from types import SimpleNamespace

import pytest
import time_machine
from django.core.exceptions import SuspiciousOperation
from django.http import Http404
from django.shortcuts import render
from django.test import Client, override_settings
from django.urls import include, path

from clinic import urls as ours
from clinic.policy import policy
from clinic.policy.tests.house import NOW, a_house, everybody, routes
from clinic.running.logs import JsonLine

SECRET = "Lindqvist-1961-apixaban"
STATIC = ("/static/css/tokens.css", "/static/js/forms.js", "/static/img/seal.svg")


@policy.public("a test of failures")
def breaks(request):
    raise RuntimeError(f"SELECT {SECRET}")


@policy.public("a test of failures")
def breaks_in_the_template(request):
    return render(request, "404.html", {"request": SimpleNamespace(user=property(breaks), practice=_Breaking())})


@policy.public("a test of failures")
def suspicious(request):
    raise SuspiciousOperation(SECRET)


@policy.public("a test of failures")
def missing(request):
    raise Http404(SECRET)


class _Breaking:
    @property
    def phone(self):
        raise RuntimeError(SECRET)


urlpatterns = [
    path("breaks/", breaks),
    path("breaks/in-the-template/", breaks_in_the_template),
    path("breaks/suspicious/", suspicious),
    path("breaks/missing/", missing),
    path("", include("clinic.urls")),
]
handler500 = ours.handler500


def missing_headers(path, answer):
    """Say which header an answer lacks."""
    said = answer.headers
    rule = dict(one.strip().split(" ", 1) for one in said.get("Content-Security-Policy", "").split(";") if " " in one)
    right = {
        "default-src": rule.get("default-src") == "'self'",
        "script-src": "unsafe" not in rule.get("script-src", "") and "data:" not in rule.get("script-src", ""),
        "style-src": "unsafe" not in rule.get("style-src", ""),
        "frame-ancestors": rule.get("frame-ancestors") == "'none'",
        "nosniff": said.get("X-Content-Type-Options") == "nosniff",
        "referrer": said.get("Referrer-Policy") in ("same-origin", "no-referrer"),
        "no-store": path.startswith("/static/") or "no-store" in said.get("Cache-Control", ""),
        "number": bool(said.get("X-Request-ID")),
    }
    right |= {
        f"cookie {name}": bool(morsel["httponly"]) and morsel["samesite"] == "Lax"
        for name, morsel in answer.cookies.items()
        if morsel.value and name not in ("theme", "text")
    }
    return [f"{path} ({answer.status_code}): {name}" for name, holds in right.items() if not holds]


@pytest.mark.sweep
@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_every_answer_carries_its_headers():
    wrong, codes = [], set()
    with time_machine.travel(NOW, tick=False):
        house = a_house()
        paths = {knock.path for knock in routes(house)} | {"/breaks/", "/breaks/suspicious/", "/nowhere/", *STATIC}
        for who, client in everybody(house).items():
            client.raise_request_exception = False
            for address in sorted(paths if who in ("alice", "charlie") else paths - {"/settings/"}):
                answer = client.get(address)
                codes.add(answer.status_code)
                wrong += missing_headers(address, answer)

    assert not wrong, "\n".join(sorted(set(wrong)))
    assert {200, 204, 302, 400, 403, 404, 405, 410, 500} <= codes


@pytest.mark.django_db
@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("/breaks/", 500), ("/breaks/in-the-template/", 500), ("/breaks/suspicious/", 400), ("/breaks/missing/", 404),
        ("/nowhere/", 404),
    ],
)  # fmt: skip
def test_a_failure_shows_its_number_and_nothing_inside(client, caplog, address, code):
    client.raise_request_exception = False

    answer = client.get(address)

    page, number = answer.content.decode(), answer["X-Request-ID"]
    assert answer.status_code == code
    assert number in page
    for inside in (SECRET, "Traceback", "SELECT", "RuntimeError", "Django", "/work", ".py", "psycopg"):
        assert inside not in page
    assert "<h1>" in page


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_failure_is_logged_once_with_the_number_of_its_page(client, caplog):
    client.raise_request_exception = False

    with caplog.at_level(logging.INFO):
        answer = client.get("/breaks/")

    lines = [json.loads(JsonLine().format(record)) for record in caplog.records]
    assert [line["request_id"] for line in lines if "traceback" in line] == [answer["X-Request-ID"]]


def test_without_a_database_the_page_still_says_so_and_has_a_number():
    # No mark for the database: every statement of this test fails, as with a server that went away.
    client = Client(raise_request_exception=False)

    answer = client.get("/today/")

    assert answer.status_code == 500
    assert answer["X-Request-ID"] in answer.content.decode()
    assert missing_headers("/today/", answer) == []


@pytest.mark.django_db
def test_an_unknown_host_is_refused_in_words(client):
    client.raise_request_exception = False

    answer = client.get("/accounts/login/", headers={"host": "evil.example"})

    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()
    assert "could not be read" in answer.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_in_words():
    with time_machine.travel(NOW, tick=False):
        house = a_house()
        client = Client(enforce_csrf_checks=True)
        client.force_login(house.bob)

        answer = client.post("/visits/new/", {"given_name": SECRET})

    assert answer.status_code == 403
    assert "too old to send" in answer.content.decode()
    assert answer["X-Request-ID"] in answer.content.decode()


ELSEWHERE = [
    "https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "http:evil.example", "https:/evil.example", "javascript:alert(1)", "data:text/html,x", "/%09/evil.example",
    "\t//evil.example", "//evil.example%2F@127.0.0.1/", "http://testserver@evil.example/", "//127.0.0.1@evil.example",
    "/%5cevil.example", "https://testserver.evil.example/", "\x00//evil.example", "////evil.example", "ftp://x/",
]  # fmt: skip


@pytest.mark.django_db
@override_settings(ACCOUNT_RATE_LIMITS={}, PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/logout/", "/accounts/reauthenticate/"])
def test_next_never_leads_out_of_the_house(address):
    with time_machine.travel(NOW, tick=False):
        house = a_house()
        house.bob.set_password("mill pond heron thirteen")
        house.bob.save()
        led_out = []
        for elsewhere in ELSEWHERE:
            client = Client(raise_request_exception=False)
            if "login" not in address:
                client.force_login(house.bob)
            shown = client.get(address, {"next": elsewhere})
            said = {"login": house.bob.email, "password": "mill pond heron thirteen", "next": elsewhere}
            answer = client.post(address, said)
            assert answer.status_code < 500
            target = answer.get("Location", "")
            if answer.status_code == 302 and not re.fullmatch(r"/(?![/\\])[\x21-\x7e]*", target):
                led_out.append((elsewhere, target))
            assert f'href="{elsewhere}"' not in shown.content.decode()

    assert led_out == []
