"""Two taps from the mail: the link shows the visit, one button comes, moves, cancels or takes it back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client

from clinic.outbox.models import OutgoingMessage
from clinic.staff.tests.cast import signed_in
from patients.contact.models import PatientLink
from patients.models import Patient
from sessions.appointments.models import Appointment, AppointmentEvent
from sessions.appointments.services import cancel, move
from sessions.appointments.tests.world import NOW, a_patient, at
from sessions.own_page.entry import OWN
from sessions.own_page.tests.world import TOMORROW, a_visit, a_world, mails_path, open_page, page_path, visit_path

pytestmark = pytest.mark.django_db
WEDNESDAY = TOMORROW + timedelta(days=1)
TABLES = (
    "contact_patientlink", "appointments_appointment", "appointments_appointmentevent", "outbox_outgoingmessage",
    "audit_auditevent", "django_session", "patients_patient", "contact_contactpreference", "intake_guess",
)  # fmt: skip


@pytest.fixture
def world():
    with time_machine.travel(NOW, tick=False):
        yield a_world()


@pytest.fixture
def phone():
    return Client(enforce_csrf_checks=True)


def hashes():
    with connection.cursor() as cursor:
        return {table: _hash(cursor, table) for table in TABLES}


def _hash(cursor, table):
    cursor.execute(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t")
    return cursor.fetchone()[0]


def stands(world):
    return Appointment.objects.get(pk=world.visit.pk)


def press(phone, path, **said):
    """Press a button of the page, with what the page carries hidden."""
    page = phone.get(path).content.decode()
    seq = re.search(r'name="seq" value="(\d+)"', page)[1]
    csrf = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    token = {"csrfmiddlewaretoken": csrf[1]} if csrf else {}
    return phone.post(path, {"seq": seq, **token, **said})


def test_a_mail_scanner_changes_nothing_and_gets_no_cookie(world, phone):
    paths = [visit_path(world.visit), page_path(world.greta), mails_path(world.greta)]
    before = hashes()

    for address in ("10.0.0.1", "10.0.0.2", "10.0.0.3"):
        for _ in range(5):
            for path in paths:
                for method in (phone.get, phone.head):
                    answer = method(path, REMOTE_ADDR=address)
                    assert answer.status_code == 200
                    assert not answer.cookies

    assert hashes() == before
    press(phone, paths[0], do="cancel")
    assert hashes() != before  # the watch sees a change


def test_the_page_of_a_link_says_when_and_nothing_of_the_person(world, phone):
    answer = phone.get(visit_path(world.visit))

    page = answer.content.decode()
    assert "Wednesday 18 November" in page
    assert "until Tuesday 17 November, 9:00: 24 hours before" in page
    for word in ("Lindqvist", "Chen", "Follow-up", "1961", "greta@"):
        assert word not in page
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer.headers["Cache-Control"]


def test_one_press_cancels_and_the_screen_says_so_at_once(world, phone):
    answer = press(phone, visit_path(world.visit), do="cancel")

    assert answer["Location"] == "/p/visit/"
    assert stands(world).state == "cancelled"
    page = phone.get("/p/visit/").content.decode()
    assert "Your visit is cancelled" in page
    assert AppointmentEvent.objects.last().by_id is None
    assert OutgoingMessage.objects.filter(kind="cancellation", state="queued").count() == 1


def test_the_token_stays_behind_and_the_cookie_is_limited(world, phone):
    path = visit_path(world.visit)
    answer = press(phone, path, do="confirm")

    cookie = answer.cookies[OWN.name]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/p/", True, "Lax")
    assert path.split("/")[2] not in cookie.value
    assert path.split("/")[2] not in phone.get("/p/visit/").content.decode()
    assert "See you then" in phone.get("/p/visit/").content.decode()


def test_what_was_cancelled_is_taken_back_while_the_time_is_free(world, phone):
    press(phone, visit_path(world.visit), do="cancel")
    press(phone, "/p/visit/", do="return")

    assert stands(world).state == "booked"
    press(phone, "/p/visit/", do="cancel")
    a_visit(world.clinic, a_patient("Ruth"))
    answer = press(phone, "/p/visit/", do="return")
    assert answer.status_code == 409
    assert "Please call us" in answer.content.decode()


def test_what_the_clinic_cancelled_is_not_taken_back_by_link(world, phone):
    path = visit_path(world.visit)
    cancel(appointment=world.visit, by=world.clinic.desk, now=NOW)

    page = phone.get(path).content.decode()
    assert "Your visit is cancelled" in page
    assert "Take it back" not in page
    assert phone.post(path, {"seq": "0", "do": "return"}).status_code == 409
    assert stands(world).state == "cancelled"


def offered(page):
    return re.findall(r'name="start" value="([^"]+)"', page)


def test_one_press_moves_to_a_time_that_is_offered(world, phone):
    path = visit_path(world.visit)
    starts = offered(phone.get(path).content.decode())
    assert len(starts) == 16
    press(phone, path, start=starts[5])

    page = phone.get("/p/visit/").content.decode()
    assert "Your visit is moved" in page
    assert "It was on Wednesday 18 November, 9:00" in page
    assert f"{stands(world).starts_at:%Y-%m-%dT%H:%MZ}" == starts[5]
    press(phone, "/p/visit/", do="back")
    assert stands(world).starts_at == at(9, day=WEDNESDAY)


def test_a_double_click_moves_once_and_says_no_problem(world, phone):
    path = visit_path(world.visit)
    start = offered(phone.get(path).content.decode())[3]

    for _ in range(2):
        assert phone.post(path, {"seq": "0", "start": start}).status_code == 302
    assert stands(world).sequence == 1
    for _ in range(2):
        assert phone.post(path, {"seq": "1", "do": "back"}).status_code == 302
    assert (stands(world).sequence, stands(world).starts_at) == (2, at(9, day=WEDNESDAY))
    for _ in range(2):
        assert phone.post(path, {"seq": "2", "do": "cancel"}).status_code == 302


def test_an_older_page_does_not_move_what_was_moved_meanwhile(world, phone):
    path = visit_path(world.visit)
    start = offered(phone.get(path).content.decode())[3]
    move(appointment=world.visit, starts_at=at(15, day=WEDNESDAY), by=world.clinic.desk, now=NOW)

    answer = phone.post(path, {"seq": "0", "start": start})

    assert answer.status_code == 409
    assert "changed meanwhile" in answer.content.decode()
    assert stands(world).starts_at == at(15, day=WEDNESDAY)


def test_a_time_that_went_in_between_is_answered_with_free_ones(world, phone):
    path = visit_path(world.visit)
    start = offered(phone.get(path).content.decode())[0]
    moment = at(int(start[11:13]) + 1, int(start[14:16]))
    a_visit(world.clinic, a_patient("Ruth"), moment)

    answer = press(phone, path, start=start)

    assert answer.status_code == 409
    assert "Somebody has just taken this time" in answer.content.decode()
    assert start not in offered(answer.content.decode())
    assert stands(world).starts_at == at(9, day=WEDNESDAY)


@pytest.mark.parametrize(
    "start",
    [
        "2020-01-01T09:00Z",
        "2026-11-18T02:00Z",
        "2026-99-99T99:99Z",
        "now",
        "%00",
        "0001-01-01T00:00Z",
        "9999-12-31T23:59Z",
        "2027-11-18T09:00Z",
    ],
)
def test_a_time_that_nobody_offered_is_refused_in_words(world, phone, start):
    answer = press(phone, visit_path(world.visit), start=start)

    assert answer.status_code == 409
    assert stands(world).starts_at == at(9, day=WEDNESDAY)


@pytest.mark.parametrize("after", ["2026-11-25", "9999-12-31", "0001-01-01", "x", ""])
def test_later_days_are_offered(world, phone, after):
    starts = offered(phone.get(visit_path(world.visit), {"after": after}).content.decode())

    assert starts
    if after == "2026-11-25":
        assert starts[0] > "2026-11-25"


def test_inside_the_notice_it_says_what_it_means_and_offers_the_phone(world, phone):
    visit = a_visit(world.clinic, world.greta, at(15))
    path = visit_path(visit)

    page = phone.get(path).content.decode()
    assert "less than 24 hours before your visit" in page
    assert "Nothing is charged by itself" in page
    assert 'href="tel:+4930555014"' in page
    press(phone, path, do="cancel")
    assert Appointment.objects.get(pk=visit.pk).state == "late-cancelled"
    assert "late" not in re.sub(r"<[^>]+>|later|Later", "", phone.get("/p/visit/").content.decode())


def test_the_desk_sees_it_at_once_on_the_board_and_in_the_ledger(world, phone):
    visit = a_visit(world.clinic, world.greta, at(15))
    press(phone, visit_path(visit), do="cancel")
    desk = signed_in(world.clinic.desk)

    assert "late cancelled" in desk.get("/today/").content.decode()
    assert "Cancellation of a visit" in desk.get("/reminders/").content.decode()


def bad(world):
    token = visit_path(world.visit).split("/")[2]
    changed = token[:10] + ("A" if token[10] != "A" else "B") + token[11:]
    return [token[:-1], changed, token.upper(), "x", "x" * 43, "%00", token + "x", "a" * 3000]


def ended(world):
    """The path of each link whose purpose has ended, by why."""
    visit, page = visit_path(world.visit), page_path(world.greta)
    return {
        "began": (visit, lambda: Appointment.objects.update(starts_at=NOW - timedelta(minutes=1))),
        "entered by mistake": (visit, lambda: Appointment.objects.update(state="entered-in-error")),
        "other address": (visit, lambda: Patient.objects.update(email="new@example.org")),
        "no address": (page, lambda: Patient.objects.update(email="")),
        "died": (page, lambda: Patient.objects.update(deceased_on=NOW.date())),
        "a year later": (page, lambda: _long_ago(world)),
    }


def _long_ago(world):
    then = NOW - timedelta(days=400)
    PatientLink.objects.update(made_at=then)
    Appointment.objects.update(starts_at=then)


def test_every_link_that_opens_nothing_gets_the_same_page(world, phone):
    never = phone.get(f"/p/{'x' * 43}/").content.decode()

    for at_, token in enumerate(bad(world)):
        answer = phone.get(f"/p/{token}/", REMOTE_ADDR=f"10.1.0.{at_}")
        assert answer.status_code == 404
        shown = answer.context["token"]
        if "%" not in token:
            assert answer.content.decode().replace(f'value="{shown}"', "") == never.replace(f'value="{"x" * 43}"', "")


@pytest.mark.parametrize("why", ["began", "entered by mistake", "other address", "no address", "died", "a year later"])
def test_a_link_that_ended_looks_like_one_that_never_was(world, phone, why):
    path, end = ended(world)[why]
    assert phone.get(path).status_code == 200
    never = phone.get(f"/p/{'x' * 43}/").content.decode()
    end()
    before = stands(world).state

    looked, pressed = phone.get(path), phone.post(path, {"seq": "0", "do": "cancel"})

    assert looked.status_code == pressed.status_code == 404
    assert looked.content.decode().replace(path.split("/")[2], "x" * 43) == never
    assert stands(world).state == before


def test_guessing_meets_a_limit_and_the_right_link_still_opens(world, phone):
    for number in range(20):
        assert phone.get(f"/p/{'g' * 42}{number % 10}/").status_code == 404

    assert phone.get(f"/p/{'g' * 43}/").status_code == 429
    assert phone.get(visit_path(world.visit)).status_code == 200


def test_a_new_link_is_answered_the_same_to_everybody_and_sent_to_the_address_on_file(world, phone):
    path = visit_path(world.visit)
    Appointment.objects.update(starts_at=NOW - timedelta(minutes=1))
    ours = phone.post("/p/new-link/", {"token": path.split("/")[2]})
    nobody = phone.post("/p/new-link/", {"token": "x" * 43})

    assert ours.content == nobody.content
    message = OutgoingMessage.objects.get()
    assert (message.kind, message.to_address, message.patient_id) == ("own-page", "greta@example.org", world.greta.pk)
    phone.post("/p/new-link/", {"token": path.split("/")[2]})
    assert OutgoingMessage.objects.count() == 1


def test_the_link_of_one_patient_reaches_no_visit_of_another(world, phone):
    """With its positive control: the same press on her own visit does change it."""
    ruth = a_patient("Ruth", email="ruth@example.org")
    other = a_visit(world.clinic, ruth, at(11, day=WEDNESDAY))
    phone = Client()
    open_page(phone, world.greta)

    assert phone.get(f"/p/visits/{other.public_id}/").status_code == 404
    assert phone.post(f"/p/visits/{other.public_id}/", {"seq": "0", "do": "cancel"}).status_code == 404
    assert Appointment.objects.get(pk=other.pk).state == "booked"
    assert phone.post(f"/p/visits/{world.visit.public_id}/", {"seq": "0", "do": "cancel"}).status_code == 302
    assert stands(world).state == "cancelled"


def test_the_link_of_a_visit_opens_nothing_else(world, phone):
    press(phone, visit_path(world.visit), do="confirm")

    for path in (
        "/p/",
        "/p/card/",
        "/p/dates.ics",
        "/p/mails/",
        "/p/birth-date/",
        f"/p/visits/{world.visit.public_id}/",
    ):
        assert phone.get(f"/p/{path}").status_code == 404
