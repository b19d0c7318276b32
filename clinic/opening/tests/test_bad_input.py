"""Whatever is typed gets a sentence beside its box, is kept, and never breaks a page."""

from __future__ import annotations

import pytest

from clinic.opening.forms.bookable import FirstBookableForm, RoomForm, ServiceForm
from clinic.opening.forms.courses import CoursesForm
from clinic.opening.forms.owner import OwnerForm
from clinic.opening.forms.practice import MailForm, PracticeForm, WorryForm
from clinic.practice.models import Practice, Room, Service
from clinic.staff.forms.practitioners import PractitionerForm, WeekForm
from clinic.staff.forms.users import NameForm, UserForm
from clinic.staff.tests.cast import form, signed_in

pytestmark = pytest.mark.django_db

FORMS = [
    FirstBookableForm, RoomForm, ServiceForm, OwnerForm, MailForm, PracticeForm, WorryForm, PractitionerForm, WeekForm,
    NameForm, UserForm, CoursesForm,
]  # fmt: skip
BAD = ["x" * 50_000, "Mi\x00ll", "Mi\ud800ll", "\ufffd", "<script>alert(1)</script>" * 400, "９" * 5_000, "-1", "1e9"]
PRACTICE = {
    "name": "Mill", "country": "IE", "timezone": "Europe/Dublin", "address": "14 Mill Lane", "phone": "01 555 0142",
}  # fmt: skip
SERVICE = {
    "name": "Short visit", "settling_minutes": "5", "hands_on_start_minutes": "10", "resting_minutes": "20",
    "hands_on_end_minutes": "5", "turnover_minutes": "5",
}  # fmt: skip


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize("bad", BAD)
def test_every_box_refuses_in_words_and_can_be_shown_again(kind, bad):
    typed = kind(form(**dict.fromkeys(kind().fields, bad)))

    assert not typed.is_valid()
    assert all(str(sentence) for sentences in typed.errors.values() for sentence in sentences)
    assert str(typed).encode("utf-8")


@pytest.mark.parametrize("kind", FORMS)
def test_an_empty_form_says_what_is_missing(kind):
    typed = kind(form())

    assert not typed.is_valid()
    assert "This field is required." not in str(typed.errors)


@pytest.mark.parametrize("kind", FORMS)
def test_a_form_that_was_cut_off_says_so(kind):
    assert "cut off" in str(kind({"form_token": "x"}).errors["__all__"])


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        ({"country": "US", "timezone": ""}, "timezone", "29 time zones"),
        ({"timezone": "America/New_York"}, "timezone", "lies in United States, not in Ireland. Do you mean Europe"),
        ({"timezone": "Mars/Olympus"}, "timezone", "choose one of these"),
        ({"country": "XX"}, "country", "choose one of these"),
        ({"phone": "call me"}, "phone", "digits only"),
        ({"phone": "12"}, "phone", "too few digits"),
        ({"name": " "}, "name", "fill this in"),
        ({"address": "x" * 501}, "address", "501 characters"),
    ],
)  # fmt: skip
def test_the_practice_is_helped_in_words(alice, practice, said, field, sentence):
    response = signed_in(alice).post("/settings/practice/", form(**PRACTICE | said))

    assert sentence in response.context["form"].errors[field][0]
    assert Practice.objects.get().name == "Clinic at the Old Mill"
    assert all(response.context["form"][name].value() == typed for name, typed in (PRACTICE | said).items())


@pytest.mark.parametrize(("zone", "country"), [("", "IE"), ("UTC", "IE"), ("America/Chicago", "US")])
def test_zones_that_fit_are_taken(zone, country):
    typed = PracticeForm(form(**PRACTICE | {"country": country, "timezone": zone, "phone": "+353 1 555 0142"}))

    assert typed.is_valid(), typed.errors
    assert typed.cleaned_data["timezone"] == (zone or "Europe/Dublin")


@pytest.mark.parametrize("minutes", ["", "x", "-1", "61", "5.5", "9" * 5_000, "٣٣٣"])
def test_minutes_are_helped_in_words(alice, practice, minutes):
    response = signed_in(alice).post("/settings/services/new/", form(**SERVICE | {"settling_minutes": minutes}))

    assert response.context["form"].errors["settling_minutes"] == ["Minutes, a number from 0 to 60."]
    assert not Service.objects.exists()


def test_a_service_and_a_room_are_added_and_named_once(alice, practice):
    client = signed_in(alice)

    assert client.post("/settings/services/new/", form(**SERVICE)).url == "/settings/services/"
    assert client.post("/settings/rooms/new/", form(name="Room 1")).url == "/settings/rooms/"
    again = client.post("/settings/services/new/", form(**SERVICE | {"name": "SHORT VISIT"}))
    assert "already" in again.context["form"].errors["name"][0]
    assert "already" in client.post("/settings/rooms/new/", form(name="room 1")).context["form"].errors["name"][0]

    assert Service.objects.get().total_minutes == 45
    room = Room.objects.get()
    client.post(f"/settings/rooms/{room.public_id}/", form(name="Garden room"))
    room.refresh_from_db()
    assert (room.name, room.active) == ("Garden room", False)


@pytest.mark.parametrize(
    ("rooms", "sentence"),
    [
        ("", "at least one"),
        ("Room 1\n\nroom 1", "twice"),
        ("x" * 41, "longer than 40"),
        ("\n".join(f"R{n}" for n in range(41)), "At most 40"),
    ],
)
def test_rooms_by_line_are_helped_in_words(rooms, sentence):
    assert sentence in FirstBookableForm(form(rooms=rooms)).errors["rooms"][0]


def test_more_than_the_form_asks_for_changes_nothing(alice, practice):
    signed_in(alice).post(
        "/settings/practice/", form(**PRACTICE, opened_at="", mail_from="eve@else.example", id="7", small_practice="")
    )

    kept = Practice.objects.get()
    assert kept.opened_at
    assert kept.mail_from == "hello@mill.example"
    assert kept.small_practice


def test_worry_texts_are_kept_with_their_confirmation(alice, practice):
    client = signed_in(alice)
    proposed = client.get("/settings/worry/").context["form"]
    texts = {kind: proposed[kind].value() for kind in ("self-harm", "emergency", "call-today")}
    assert "Samaritans 116 123" in texts["self-harm"]
    assert "999 or 112" in texts["emergency"]
    assert "(01) 555 0142" in texts["call-today"]

    assert "confirmed" in client.post("/settings/worry/", form(**texts)).context["form"].errors
    assert client.post("/settings/worry/", form(**texts, confirmed="on")).url == "/settings/"
