"""Whatever part of somebody one remembers finds them; the list says who was shown."""

from __future__ import annotations

import re
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.audit.models import AuditEvent
from patients.finding import find
from patients.models import Patient
from patients.querysets import possible_birth_dates
from patients.services.registration import same_person
from sessions.appointments.services import book
from sessions.appointments.tests.world import NOW, a_clinic, a_patient, at

pytestmark = pytest.mark.django_db

PEOPLE = [
    ("Greta", "Lindqvist", {"phone": "+493055501423", "birth_date": date(1961, 3, 12)}),
    ("María Fernanda", "Gutiérrez de la Cruz", {"address_as": "Mafer"}),
    ("Nguyễn Thị Ánh", "", {}),
    ("Đức", "Trần", {}),
    ("Łukasz", "Wójcik", {}),
    ("Li", "Wei", {"address_as": "李伟"}),
    ("日本", "語", {}),
    ("Aoife", "O’Brien-Ó Súilleabháin", {"code": "OM-104"}),
    ("Null", "", {}),
    ("O", "", {}),
    ("<b>Bold</b>", "Test_100%", {}),
    ("x" * 200, "Long", {}),
]


@pytest.fixture
def clinic():
    return a_clinic()


@pytest.fixture
def people():
    return {given: a_patient(given, family, email="", **more) for given, family, more in PEOPLE}


@pytest.fixture
def desk(client, clinic):
    client.force_login(clinic.desk)
    return client


def found(question):
    """Whom a question finds, and that the page asks the same as its prepared statement."""
    names = list(Patient.objects.matching(question).values_list("given_name", flat=True))
    assert [one.given_name for one in find(question, now=NOW, most=500)] == names
    return names


@pytest.mark.parametrize(
    ("question", "given"),
    [
        ("greta", "Greta"),
        ("LINDQVIST", "Greta"),
        ("lindq gre", "Greta"),
        ("indqvi", "Greta"),
        ("030 555 014", "Greta"),
        ("+49 30 55501423", "Greta"),
        ("5550142", "Greta"),
        ("12.3.1961", "Greta"),
        ("12/03/1961", "Greta"),
        ("3/12/1961", "Greta"),
        ("1961-03-12", "Greta"),
        ("12 Mar 1961", "Greta"),
        ("gutierrez mafer", "María Fernanda"),
        ("GUTIÉRREZ", "María Fernanda"),
        ("nguyen anh", "Nguyễn Thị Ánh"),
        ("duc tran", "Đức"),
        ("lukasz wojcik", "Łukasz"),
        ("李", "Li"),
        ("李伟", "Li"),
        ("日本", "日本"),
        ("o'brien suilleabhain", "Aoife"),
        ("om-104", "Aoife"),
        ("null", "Null"),
        ("<b>", "<b>Bold</b>"),
        ("100%", "<b>Bold</b>"),
        ("x" * 200, "x" * 200),
    ],
)
def test_a_part_of_somebody_finds_them(people, question, given):
    assert given in found(question)


@pytest.mark.parametrize("question", ["", " ", "%", "_ _", "nobody at all", "31.2.1961", "0000", "\\", "'; --"])
def test_what_fits_nobody_finds_nobody(people, question):
    expected = {"%": ["<b>Bold</b>"], "_ _": ["<b>Bold</b>"]}.get(question, [])

    assert found(question) == expected


def test_names_that_begin_so_come_first(people):
    a_patient("Anneli", "Berg")

    assert found("li")[:2] == ["Li", "Anneli"]


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ("3/4/1961", 2),
        ("13/4/1961", 1),
        ("1961-04-03", 1),
        ("3/4/61", 0),
        ("0001-01-01", 0),
        ("99.99.1999", 0),
        ("x", 0),
    ],
)
def test_a_search_reads_a_date_in_every_order_and_guesses_no_century(typed, count):
    assert len(set(possible_birth_dates(typed))) == count


def test_one_name_and_birth_date_are_perhaps_one_person(people):
    def same(given, family, born):
        return [one.given_name for one in same_person(given_name=given, family_name=family, birth_date=born)]

    assert same("GRETA", "lindqvist", date(1961, 3, 12)) == ["Greta"]
    assert same("Gréta", "Lindqvist", date(1961, 3, 12)) == ["Greta"]
    assert same("Greta", "Lindqvist", date(1961, 3, 13)) == []
    assert same("Gret", "Lindqvist", date(1961, 3, 12)) == []
    assert same("Greta", "Lind", date(1961, 3, 12)) == []
    assert same("Greta", "Lindqvist", None) == []


def test_the_list_shows_birth_date_phone_and_next_visit_in_three_statements(desk, clinic, people):
    for hour in (14, 9):
        book(
            patient=people["Greta"], service=clinic.follow, practitioner=clinic.chen, room=None, starts_at=at(hour),
            by=clinic.desk, now=NOW,
        )  # fmt: skip

    with time_machine.travel(NOW, tick=False), CaptureQueriesContext(connection) as queries:
        answer = desk.get("/patients/", {"q": "greta"})
    asked = [
        query["sql"]
        for query in queries
        if "django_session" not in query["sql"] and not re.match(r'SELECT "staff_user"|SET ROLE', query["sql"])
    ]

    body = answer.content.decode()
    assert len(asked) <= 3, "\n".join(asked)
    for said in ("Greta Lindqvist", "12 Mar 1961", "030 55501423", "Mon 16 Nov, 9:00"):
        assert said in body
    trace = AuditEvent.objects.get(action="list")
    assert trace.patients_shown == [people["Greta"].pk]


def test_names_are_shown_as_text_and_never_as_page(desk, people):
    body = desk.get("/patients/", {"q": "bold"}).content.decode()

    assert "&lt;b&gt;Bold&lt;/b&gt;" in body
    assert "<b>Bold" not in body


@pytest.mark.parametrize(
    "query",
    ["q=%00", "q=%ED%A0%80", "q=" + "a" * 50_000, "q=%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7", "q=%FF%FE", "q=%E2%80%AE"],
)
def test_nonsense_is_answered_calmly(desk, query):
    answer = desk.get(f"/patients/?{query}")

    assert answer.status_code == 200


def test_nobody_found_and_nothing_asked_say_what_to_do(desk):
    assert "Nobody found" in desk.get("/patients/?q=zzz").content.decode()
    assert "Find a patient" in desk.get("/patients/").content.decode()


def test_more_than_fifty_are_cut_and_said(desk):
    for number in range(51):
        a_patient("Anna", f"Number {number}")

    body = desk.get("/patients/?q=anna").content.decode()

    assert body.count("<tr>") == 51  # the head and fifty rows
    assert "The first 50" in body
