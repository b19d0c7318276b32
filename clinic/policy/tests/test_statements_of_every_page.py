"""Every page of staff and patients takes the same number of statements with ten times the rows, and not too many."""

from __future__ import annotations

import uuid

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import path

import clinic.urls
from clinic.policy import policy
from clinic.policy.tests.growth import Growth
from clinic.policy.tests.house import NOW, a_house, everybody, routes
from clinic.staff.models import User
from patients.intake.tests.conftest import ANSWERS
from sessions.tests.world import counted

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]
FEW, TEN_TIMES = 2, 20

#: The most statements of each page, whoever opens it. Not counted: transactions, session and user; the practice is.
BOUNDS = {
    # the day and the record
    "today/": 5,
    "today/news/": 1,
    "visits/new/": 11,
    "visits/<uuid:visit_id>/check-in/": 4,
    "visits/<uuid:visit_id>/move/": 9,
    "visits/new/known/": 3,
    "visits/new/times/": 8,
    "patients/": 3,
    "patients/<uuid:patient_id>/": 7,
    "patients/<uuid:patient_id>/contact/": 3,
    "patients/<uuid:patient_id>/dates/": 4,
    "patients/<uuid:patient_id>/own-page/code/": 4,
    "patients/<uuid:patient_id>/history/": 11,
    "patients/<uuid:patient_id>/history/pdf/": 10,
    "patients/<uuid:patient_id>/intake-link/": 4,
    "patients/<uuid:patient_id>/safety/": 5,
    "patients/<uuid:patient_id>/places/": 5,
    "patients/<uuid:patient_id>/private-note/": 4,
    "patients/<uuid:public_id>/ask/": 3,
    "patients/<uuid:public_id>/asked/": 5,
    "patients/<uuid:public_id>/asked/code/": 4,
    "patients/<uuid:public_id>/check-in/": 4,
    "patients/<uuid:public_id>/intake/": 4,
    "patients/<uuid:public_id>/intake/photo/<uuid:photo_id>/": 3,
    "patients/<uuid:public_id>/intake/paper/": 5,
    "patients/<uuid:public_id>/measures/": 5,
    "patients/<uuid:public_id>/measures/<uuid:value_id>/wrong/": 4,
    "notes/": 3,
    "notes/<uuid:note_id>/": 9,
    "notes/<uuid:note_id>/pdf/": 9,
    # clocks, help and events
    "clocks/": 3,
    "clocks/door/": 3,
    "notes/<uuid:note_id>/clock/": 5,
    "help/<uuid:call_id>/": 5,
    "events/<uuid:event_id>/": 5,
    # the phone list
    "calls/": 9,
    "calls/count/": 4,
    "courses/<uuid:course_id>/": 7,
    "points/find/": 1,
    "points/sets/": 3,
    "points/sets/<uuid:public_id>/": 2,
    "points/sets/new/": 1,
    "texts/": 3,
    "texts/<uuid:public_id>/": 2,
    "texts/new/": 1,
    "needles/": 3,
    "attention/": 7,
    "attention/people/": 4,
    "reminders/": 9,
    "reminders/<uuid:public_id>/": 4,
    # the owner's pages
    "settings/": 7,
    "settings/courses/": 1,
    "settings/mail/": 2,
    "settings/measures/": 2,
    "settings/measures/<uuid:public_id>/": 2,
    "settings/measures/new/": 1,
    "settings/practice/": 1,
    "settings/practitioners/": 3,
    "settings/practitioners/<uuid:public_id>/": 2,
    "settings/practitioners/<uuid:public_id>/hours/": 3,
    "settings/questionnaires/": 1,
    "settings/rooms/": 2,
    "settings/rooms/<uuid:public_id>/": 2,
    "settings/rooms/new/": 1,
    "settings/services/": 2,
    "settings/services/<uuid:public_id>/": 2,
    "settings/services/new/": 1,
    "settings/users/": 2,
    "settings/users/<uuid:public_id>/": 5,
    "settings/users/new/": 4,
    "settings/worry/": 2,
    "settings/worry/<slug:language>/": 2,
    "settings/languages/": 3,
    "settings/consents/<slug:consent>/<slug:language>/": 2,
    # pages of patients, and of links
    "i/<str:token>/": 2,
    "i/asked/": 3,
    "i/asked/<str:token>/": 2,
    "i/asked/sent/": 3,
    "i/check-in/": 3,
    "i/check-in/<str:token>/": 3,
    "i/check-in/sent/": 3,
    "i/form/<int:step>/": 4,
    "i/tablet/": 1,
    "p/": 7,
    "p/<str:token>/": 9,
    "p/card/": 3,
    "p/dates.ics": 3,
    "p/mails/": 3,
    "p/mails/kept/": 3,
    "p/visit/": 9,
    "p/visits/<uuid:visit_id>/": 8,
    "mail-test/<uuid:public_id>/<str:token>/": 2,
    "welcome/<str:token>/": 2,
    # sign-in and account: mostly allauth's own
    "account/": 1,
    "accounts/2fa/": 3,
    "accounts/2fa/recovery-codes/generate/": 5,
    "accounts/2fa/totp/activate/": 7,
    "accounts/2fa/webauthn/": 2,
    "accounts/2fa/webauthn/add/": 8,
    "accounts/inactive/": 1,
    "accounts/login/": 1,
    "accounts/logout/": 1,
    "accounts/password/reset/": 1,
    "accounts/password/reset/done/": 1,
    "accounts/password/reset/key/done/": 1,
    "accounts/password/set/": 1,
    # for machines
    "healthz": 0,
}

#: The same pages, asked for more.
ALSO = {
    "patients/": ["?q=gre", "?q=lindqvist"],
    "today/": ["?day=2026-11-17"],
    "reminders/": ["?state=sent", "?state=needs-you&q=greta"],
    "visits/new/": ["?patient={greta}"],
    "visits/new/times/": ["?service={service}&practitioner={chen}&day=2026-11-17"],
    "visits/new/known/": ["?given_name=Greta&family_name=Lind"],
}


@pytest.fixture
def house():
    with time_machine.travel(NOW, tick=False):
        Client().get("/readyz")  # it looks for migrations once in the life of a process
        yield a_house()


def fill_in(browser):
    """Reach the last page of the intake, so that each of its pages opens."""
    for step in (2, 3, 4):
        page = browser.get(f"/i/form/{step}/")
        said = {"form_token": str(uuid.uuid4()), "version": page.context["form"]["version"].value(), "end": "1"}
        answer = browser.post(f"/i/form/{step}/", {**ANSWERS[step], **said})
        assert answer.status_code == 302, answer.context["form"].errors


def pages(house):
    """Yield route and address of every page that exists, with its further addresses."""
    ids = {
        "greta": house.greta.public_id, "service": house.clinic.follow.public_id, "chen": house.clinic.chen.public_id,
    }  # fmt: skip
    for knock in routes(house):
        if not knock.real:
            continue
        yield knock.route, knock.path
        for query in ALSO.get(knock.route, ()):
            yield knock.route, knock.path + query.format(**ids)
        if knock.route == "notes/<uuid:note_id>/":
            yield knock.route, f"/notes/{house.signed.public_id}/"
        if knock.route == "i/form/<int:step>/":
            yield from ((knock.route, f"/i/form/{step}/") for step in (2, 3, 4, 5))


def measured(places, browsers):
    """Return {(who, route, address): (status, statements)}."""
    found = {}
    for who, browser in browsers.items():
        for route, address in places:
            with counted() as statements:
                answer = browser.get(address)
            found[who, route, address] = (answer.status_code, list(statements))
    return found


def grown(few, many):
    """Return a line for each page that took more statements, or fewer, the second time, with what it asked then."""
    return [
        f"{address} for {who}: {len(few[who, route, address][1])} statements, then {len(statements)}\n    "
        + "\n    ".join(one[:200] for one in statements)
        for (who, route, address), (_, statements) in many.items()
        if len(statements) != len(few[who, route, address][1])
    ]


def test_every_page_takes_the_same_statements_at_ten_times_the_rows(house):
    browsers = everybody(house)
    fill_in(browsers["an intake link"])
    places, growth = list(pages(house)), Growth(house, browsers["charlie"])
    growth.add(FEW)
    few = measured(places, browsers)
    growth.add(TEN_TIMES - FEW)
    many = measured(places, browsers)

    assert not grown(few, many), "\n".join(grown(few, many))

    most: dict[str, int] = {}
    for (_, route, _), (status, statements) in many.items():
        if status < 300:
            most[route] = max(most.get(route, 0), len(statements))
    assert sorted(most) == sorted(BOUNDS), "name the bound of a new page, and forget that of one that went"
    over = {route: count for route, count in most.items() if count > BOUNDS[route]}
    assert not over, f"more statements than allowed: {over}"


def test_the_rows_that_were_added_stand_on_the_pages(house):
    browsers = everybody(house)
    growth = Growth(house, browsers["charlie"])
    growth.add(3)
    shown = {
        "/today/": ("bob", "Lindqvist 2"),
        "/patients/?q=lindqvist": ("bob", "Lindqvist 3"),
        f"/patients/{house.greta.public_id}/": ("charlie", "Also the knee 3"),
        f"/notes/{house.signed.public_id}/": ("charlie", "More 3."),
        "/notes/": ("charlie", "Lindqvist 3"),
        "/attention/": ("charlie", "Lindqvist 3"),
        "/reminders/": ("bob", "Lindqvist 3"),
        "/settings/users/": ("alice", "Hand3"),
        "/settings/rooms/": ("alice", "Corner 3"),
        "/settings/services/": ("alice", "Visit 3"),
    }

    missing = [
        address for address, (who, words) in shown.items() if words not in browsers[who].get(address).content.decode()
    ]

    assert missing == []


def one_for_each(request):
    """A page as it should not be."""
    return HttpResponse(
        ", ".join(user.practitioner.display_name for user in User.objects.filter(practitioner__id__gt=0))
    )


urlpatterns = [path("one-for-each/", policy.public("a test")(one_for_each)), *clinic.urls.urlpatterns]


@pytest.mark.urls(__name__)
def test_a_page_that_asks_for_each_row_is_seen(house):
    browsers = everybody(house)
    places, growth = list(pages(house)), Growth(house, browsers.pop("charlie"))
    nobody = {"nobody": browsers["nobody"]}
    few = measured(places, nobody)
    growth.add(2)
    many = measured(places, nobody)

    assert [one.partition(":")[0] for one in grown(few, many)] == ["/one-for-each/ for nobody"]
