"""From an empty database to an open clinic, as a browser walks it."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from clinic.opening.services import testmail
from clinic.outbox.models import OutgoingMessage
from clinic.practice.models import ConsentText, Practice, Room, Service, WorryText
from clinic.staff.models import Practitioner, StaffLink, User, WeeklyHours
from clinic.staff.services import links
from clinic.staff.tests.cast import PASSWORD, form

pytestmark = pytest.mark.django_db

OWNER = {"name": "Ada Lindqvist", "email": "ada@oldmill.example", "password": PASSWORD, "again": PASSWORD}
PRACTICE = {
    "name": "Clinic at the Old Mill", "country": "IE", "timezone": "", "address": "14 Mill Lane\nDublin",
    "phone": "01 555 0142",
}  # fmt: skip
SERVICES = {
    "first_name": "First visit", "follow_name": "Follow-up", "rooms": "Room 1\nRoom 2",
    **{f"first_{n}": v for n, v in zip(
        ("settling_minutes", "hands_on_start_minutes", "resting_minutes", "hands_on_end_minutes", "turnover_minutes"),
        (5, 45, 25, 10, 5), strict=True)},
    **{f"follow_{n}": v for n, v in zip(
        ("settling_minutes", "hands_on_start_minutes", "resting_minutes", "hands_on_end_minutes", "turnover_minutes"),
        (5, 15, 25, 10, 5), strict=True)},
}  # fmt: skip


@pytest.fixture
def path():
    """The path of the printed link."""
    out = StringIO()
    call_command("setup_link", stdout=out)
    printed = re.fullmatch(r"Set-up: http://localhost:8000(/setup/\S+/)\n", out.getvalue())
    assert printed
    return printed[1]


@pytest.fixture
def browser(path):
    client = Client()
    assert client.post(path).url == "/setup/step/owner/"
    return client


def go(client, slug, **said):
    """Send one step; returns where it leads."""
    response = client.post(f"/setup/step/{slug}/", form(**said))
    assert response.status_code == 302, response.context["form"].errors
    return response.url


def come_in(client, *also):
    return go(client, "owner", **OWNER, roles=list(also))


def worry(client):
    """The three texts as they are proposed."""
    shown = client.get("/setup/step/worry/").context["form"]
    return {name: shown[name].value() for name in ("self-harm", "emergency", "call-today")} | {"confirmed": "on"}


def test_seven_steps_open_the_clinic(browser):
    assert come_in(browser, "practitioner", "front-desk") == "/setup/step/practice/"
    assert go(browser, "practice", **PRACTICE) == "/setup/step/mail/"
    assert go(browser, "mail", act="later") == "/setup/step/worry/"
    assert go(browser, "worry", **worry(browser)) == "/setup/step/practitioner/"
    assert go(browser, "practitioner", display_name="Ada Lindqvist", licence="AFPA 112") == "/setup/step/service/"
    assert go(browser, "service", **SERVICES) == "/setup/step/hours/"
    assert go(browser, "hours", day_0="9-13, 14-18", day_4="9:00 to 12:30") == "/"

    practice = Practice.objects.get()
    assert practice.opened_at
    assert (practice.country, practice.timezone, practice.phone) == ("IE", "Europe/Dublin", "+35315550142")
    owner = User.objects.get()
    assert owner.roles == ["front-desk", "practitioner", "owner"]
    assert Practitioner.objects.get().licence == "AFPA 112"
    assert [service.total_minutes for service in Service.objects.all()] == [90, 60]
    assert [room.name for room in Room.objects.all()] == ["Room 1", "Room 2"]
    assert WeeklyHours.objects.count() == 3
    assert WorryText.objects.count() == 3
    assert {text.kind for text in ConsentText.objects.all()} == {"treatment", "privacy", "email"}
    assert browser.get("/settings/").status_code == 200


def test_a_get_of_the_link_changes_nothing(path):
    scanner = Client()

    for _ in range(5):
        assert scanner.get(path).status_code == 200
        assert scanner.head(path).status_code == 200

    assert not scanner.cookies.get("sessionid")
    assert StaffLink.objects.get().used_at is None


def test_the_link_alone_opens_nothing_once_there_is_an_owner(browser, path):
    come_in(browser)
    stranger = Client()

    assert stranger.get(path).status_code == 410
    assert "was used" in stranger.get(path).content.decode()
    assert stranger.post(path).status_code == 410
    assert stranger.get("/setup/").url == "/accounts/login/?next=/setup/"
    assert stranger.get("/setup/step/practice/").url == "/accounts/login/?next=/setup/step/practice/"


def test_two_browsers_with_the_link_make_one_owner(path):
    first, second = Client(), Client()
    first.post(path)
    second.post(path)

    come_in(first)
    assert second.post("/setup/step/owner/", form(**OWNER | {"email": "eve@else.example"})).url == "/setup/"

    assert [user.email for user in User.objects.all()] == ["ada@oldmill.example"]


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00", "ü", "a" * 5000])
def test_an_unknown_link_says_what_to_do(token):
    response = Client().get(f"/setup/{token}/")

    assert response.status_code == 410
    assert "setup_link" in response.content.decode()


def test_an_expired_link_says_what_to_do(path):
    StaffLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1), created_at=timezone.now())

    assert Client().post(path).status_code == 410


def test_steps_are_kept_and_taken_up_on_another_device(browser):
    come_in(browser)
    go(browser, "practice", **PRACTICE)
    phone = Client()
    assert phone.login(username="ada@oldmill.example", password=PASSWORD) or phone.post(
        "/accounts/login/", {"login": "ada@oldmill.example", "password": PASSWORD}
    )

    assert phone.get("/setup/").url == "/setup/step/mail/"
    assert phone.get("/setup/step/practice/").context["form"]["name"].value() == "Clinic at the Old Mill"


def test_a_step_too_far_leads_back_to_the_first_that_is_missing(browser):
    come_in(browser)

    assert browser.get("/setup/step/hours/").url == "/setup/step/practice/"
    assert browser.post("/setup/step/worry/", form()).url == "/setup/step/practice/"


def test_name_and_roles_can_be_corrected_before_the_opening(browser):
    come_in(browser, "practitioner")

    go(browser, "owner", name="Ada Lindqvist-Berg", roles=[])

    owner = User.objects.get()
    assert (owner.name, owner.roles) == ("Ada Lindqvist-Berg", ["owner"])
    assert not Practitioner.objects.filter(active=True).exists()


def test_somebody_else_treats_first_and_gets_a_link(browser):
    come_in(browser)
    go(browser, "practice", **PRACTICE)
    go(browser, "mail", act="later")
    go(browser, "worry", **worry(browser))

    go(browser, "practitioner", display_name="Dr. Mei-Ling Chen", hanzi_name="陈美玲", licence="L 7",
       email="chen@oldmill.example")  # fmt: skip

    page = browser.get("/setup/step/service/").content.decode()
    chen = User.objects.get(email="chen@oldmill.example")
    assert chen.roles == ["practitioner"]
    assert links.url_of(chen.links.get()) in page
    assert links.url_of(chen.links.get()) not in browser.get("/setup/step/service/").content.decode()


def test_mail_goes_on_only_when_its_test_came_to_the_end(browser):
    come_in(browser)
    go(browser, "practice", **PRACTICE)
    addresses = {"mail_from": "hello@oldmill.example", "reply_to": "desk@oldmill.example"}

    assert go(browser, "mail", **addresses) == "/setup/step/mail/"
    assert "Test mail to ada@oldmill.example" in browser.get("/setup/step/mail/").content.decode()
    assert "not come to its end" in browser.post("/setup/step/mail/", form(**addresses)).content.decode()
    message = OutgoingMessage.objects.get()
    assert (message.kind, message.to_address) == ("test-mail", "ada@oldmill.example")
    testmail.press(message=message, now=message.created_at + timedelta(seconds=20))

    assert go(browser, "mail", **addresses) == "/setup/step/worry/"


def test_a_gap_in_a_worry_text_is_named(browser):
    come_in(browser)
    go(browser, "practice", **PRACTICE | {"country": "JP", "phone": "+81 3 1234 5678"})
    go(browser, "mail", act="later")

    response = browser.post("/setup/step/worry/", form(**worry(browser)))

    problems = response.context["form"].errors
    assert "[emergency number]" in problems["emergency"][0]
    assert not WorryText.objects.exists()


def test_after_the_opening_the_steps_lead_to_the_settings(browser):
    test_seven_steps_open_the_clinic(browser)

    for slug in ("owner", "practice", "mail", "hours"):
        assert browser.get(f"/setup/step/{slug}/").url == "/settings/"
    assert browser.get("/setup/").url == "/"


def test_setup_link_says_nothing_once_there_is_a_user(browser):
    come_in(browser)
    out = StringIO()

    call_command("setup_link", stdout=out)

    assert out.getvalue() == ""
