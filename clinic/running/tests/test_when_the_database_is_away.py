"""While PostgreSQL does not answer: a calm page, 503, and what was typed goes along."""

from __future__ import annotations

import html
import re

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from django.utils import translation

from clinic.policy.tags import policy
from clinic.staff.tests.cast import a_user, practice, signed_in  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
TYPED = 'Greta "the heel" <b>Lindqvist</b> & co\nsecond line'


@pytest.fixture
def away(monkeypatch):
    """Nobody listens where the database was."""
    connection.close()
    with monkeypatch.context() as changed:
        changed.setitem(connection.settings_dict, "PORT", "1")
        yield


@pytest.fixture(autouse=True)
def _a_whole_connection_for_the_next(db):
    yield
    connection.close()


def words_of(answer):
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode().split("<main")[1]))


@pytest.mark.parametrize("page", ["/", "/today/", "/accounts/login/", "/i/form/1/", "/no/such/page/", "/setup/"])
@pytest.mark.parametrize("debug", [False, True])
def test_every_page_is_calm(client, away, settings, page, debug):
    settings.DEBUG = debug

    answer = client.get(page)

    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "5", "no-store")
    assert "Please try again in a moment" in words_of(answer)
    assert answer["X-Request-ID"] in words_of(answer)
    assert f'href="{page}"' in answer.content.decode()
    assert not re.search(r"Traceback|psycopg|OperationalError|refused|127\.0\.0\.1", answer.content.decode())
    assert "default-src 'self'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("page", "kept", "browser", "says"),
    [
        ("/i/form/1/", "es", "", "Por favor"),
        ("/i/form/1/", "zh-Hans", "es", "请"),
        ("/p/", "", "es-MX,en;q=0.5", "Por favor"),
        ("/p/", "x", "fr", "Please try again in a moment"),
        ("/today/", "es", "es", "Please try again in a moment"),
    ],
)
def test_a_patient_reads_it_in_their_language_and_staff_in_english(client, away, page, kept, browser, says):
    client.cookies["spoken"] = kept
    answer = client.get(page, headers={"Accept-Language": browser})

    assert answer.status_code == 503
    assert says in words_of(answer)
    assert translation.get_language() == "en"


def test_what_was_typed_goes_along(client, away):
    answer = client.post("/visits/new/?patient=x&y=1", {"given_name": TYPED, "days": ["1", "2"], "form_token": "t"})

    page = answer.content.decode()
    assert answer.status_code == 503
    kept = [(name, html.unescape(value)) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', page)]
    assert kept == [("given_name", TYPED), ("days", "1"), ("days", "2"), ("form_token", "t")]
    assert 'action="/visits/new/?patient=x&amp;y=1"' in page
    assert "What you typed is kept" in words_of(answer)


def test_no_page_gives_a_password_back(client, away):
    answer = client.post("/accounts/login/", {"login": "bob@mill.example", "password": "mill pond heron"})

    assert answer.status_code == 503
    assert "mill pond" not in answer.content.decode()
    assert "Please load the page and send it once more." in words_of(answer)


def test_it_comes_back_by_itself_and_nobody_is_signed_out(practice, monkeypatch):  # noqa: F811
    browser = signed_in(a_user("Bob", "front-desk"))
    assert browser.get("/today/").status_code == 200
    connection.close()
    with monkeypatch.context() as changed:
        changed.setitem(connection.settings_dict, "PORT", "1")
        assert browser.get("/today/").status_code == 503

    assert browser.get("/today/").status_code == 200


def cut(request):
    """A view whose connection is cut while it works."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE; SELECT pg_terminate_backend(pg_backend_pid())")


def waits(request):
    """A view that waits too long for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 1; SELECT pg_sleep(1)")


def broken(request):
    """A view with a mistake of ours."""
    raise ZeroDivisionError


class CutOutside:
    """A middleware's trouble: nobody hands it to a view's helpers."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        cut(request)


def cut_after(request):
    """A view after which the session cannot be stored."""
    request.session["said"] = "It is booked."
    number, other = connection.connection.info.backend_pid, connection.copy()
    with other.cursor() as cursor:
        cursor.execute("RESET ROLE; SELECT pg_terminate_backend(%s, 2000)", [number])
    other.close()
    return HttpResponse("booked")


urlpatterns = [
    path(f"{view.__name__}/", policy.public("a test")(view), name=view.__name__)
    for view in (cut, waits, broken, cut_after)
]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("page", ["cut", "waits"])
def test_what_breaks_off_in_between_says_the_same(client, practice, page):  # noqa: F811
    answer = client.post(f"/{page}/", {"subjective": TYPED})

    assert answer.status_code == 503
    assert "What you typed is kept" in words_of(answer)
    assert client.get(f"/{page}/").status_code == 503  # and not a failure that came from the cut before


@pytest.mark.urls(__name__)
def test_a_cut_outside_the_view_too(practice, settings):  # noqa: F811
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.CutOutside"]
    client = Client(raise_request_exception=False)

    assert client.post("/broken/", {"subjective": TYPED}).status_code == 503


@pytest.mark.urls(__name__)
def test_a_session_that_cannot_be_stored_is_no_mistake_of_the_form(practice):  # noqa: F811
    browser = signed_in(a_user("Bob", "front-desk"))

    answer = browser.post("/cut_after/", {"given_name": TYPED})

    assert answer.status_code == 503
    assert "What you typed is kept" in words_of(answer)


@pytest.mark.urls(__name__)
def test_a_mistake_of_ours_stays_one(practice):  # noqa: F811
    client = Client(raise_request_exception=False)

    answer = client.get("/broken/")

    assert answer.status_code == 500
    assert "Something failed on our side" in words_of(answer)


def test_the_knock_asks_nothing_of_its_own(client, django_assert_num_queries):
    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cut(None)
        cursor.execute("SELECT 1")
    connection.close()
    with django_assert_num_queries(1):  # the practice
        client.get("/no/such/page/")
