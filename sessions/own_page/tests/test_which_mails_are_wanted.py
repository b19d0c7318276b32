"""Which mails a patient wants: one click stops the extras, never those of a visit; or all, dates alone, nothing."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client

from clinic.audit.models import AuditEvent
from clinic.outbox import kinds, letters
from clinic.outbox.models import OutgoingMessage
from clinic.outbox.services import enqueue
from patients.contact.models import ContactPreference
from patients.contact.querysets import has_stopped
from patients.contact.services import Group, Wish, choose_mails, wish_of
from patients.intake.tests.check_ins import a_check_in
from patients.models import Patient
from sessions.appointments.mails import CHANGE
from sessions.appointments.services import move
from sessions.appointments.tests.world import NOW, at
from sessions.own_page.tests.world import TOMORROW, a_world, mails_path, open_page

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def world():
    with time_machine.travel(NOW, tick=False):
        yield a_world()


@pytest.fixture
def phone():
    return Client(enforce_csrf_checks=True)


def wish(world):
    return wish_of(Patient.objects.get(pk=world.greta.pk))


def choose(phone, path, **said):
    form = phone.get(path).context["form"]
    return phone.post(path, {"form_token": str(form["form_token"].value()), "end": "1", **said})


def the_check_in(world):
    request = a_check_in(world.greta, appointment_id=world.visit.pk, issued_at=NOW)
    return enqueue(
        kind="check-in", dedup_key="check-in:session=1", to_address=world.greta.email, not_before=NOW, now=NOW,
        not_after=at(9, day=TOMORROW), patient_id=world.greta.pk, appointment_id=world.visit.pk, subject_id=request.pk,
    )  # fmt: skip


def reasons(message, in_role):
    """Why a mail would be skipped now, asked with the worker's rights."""
    with in_role("worker"):
        found = OutgoingMessage.objects.filter(pk=message.pk)
        return [one.else_reason for one in kinds.get(message.kind).still_true(NOW) if not found.filter(one.condition)]


def test_a_check_in_carries_the_link_and_the_headers_of_one_click(world, phone, in_role):
    message = the_check_in(world)
    with in_role("worker"):
        mail = kinds.get("check-in").render(OutgoingMessage.objects.get(pk=message.pk), NOW)

    path = mails_path(world.greta)
    assert mail.headers["List-Unsubscribe"].endswith(f"{path}>")
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert path in mail.text
    assert path in mail.html
    assert path.split("/")[2] not in letters.without_tokens(mail.kept)
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in letters.compose(message, mail, now=NOW)


def test_one_click_of_a_mail_program_needs_no_cookie_and_stops_the_extras_alone(world, phone, in_role):
    message = the_check_in(world)
    move(appointment=world.visit, starts_at=at(14, day=TOMORROW), by=world.clinic.desk, now=NOW)
    change = OutgoingMessage.objects.get(kind=CHANGE)

    for _ in range(2):
        answer = phone.post(mails_path(world.greta), ONE_CLICK)
        assert answer.status_code == 200

    assert wish(world) == (Wish.DATES, {"check-ins", "guidance"})
    assert "wants no questions by e-mail" in reasons(message, in_role)
    assert reasons(change, in_role) == []
    assert ContactPreference.objects.get().by_id is None


def test_looking_at_the_link_stops_nothing(world, phone):
    for method in (phone.get, phone.head):
        assert method(mails_path(world.greta)).status_code == 200

    assert wish(world) == (Wish.ALL, set())


@pytest.mark.parametrize(
    ("said", "wanted", "stopped"),
    [
        ({"wish": "all", "kinds": ["check-ins", "guidance"]}, Wish.ALL, set()),
        ({"wish": "all", "kinds": ["guidance"]}, Wish.ALL, {"check-ins"}),
        ({"wish": "dates", "kinds": ["guidance"]}, Wish.DATES, {"check-ins", "guidance"}),
        ({"wish": "nothing"}, Wish.NOTHING, {"check-ins", "guidance"}),
    ],
)
def test_the_page_keeps_what_is_chosen_without_a_birth_date(world, phone, said, wanted, stopped):
    answer = choose(phone, mails_path(world.greta), **said)

    assert answer["Location"] == "/p/mails/kept/"
    assert phone.get("/p/mails/kept/").status_code == 200
    assert wish(world) == (wanted, stopped)


def test_nothing_means_the_phone_for_every_mail_and_the_desk_knows(world, phone, in_role):
    move(appointment=world.visit, starts_at=at(14, day=TOMORROW), by=world.clinic.desk, now=NOW)
    choose(phone, mails_path(world.greta), wish="nothing")

    assert reasons(OutgoingMessage.objects.get(kind=CHANGE), in_role) == ["wants no e-mail: phone"]
    assert Patient.objects.get(pk=world.greta.pk).desk_facts == ["no-email"]
    choose(phone, mails_path(world.greta), wish="all", kinds=["check-ins", "guidance"])
    assert Patient.objects.get(pk=world.greta.pk).desk_facts == []


@pytest.mark.parametrize("said", [{}, {"wish": "x"}, {"wish": "all", "kinds": ["x"]}, {"wish": "\x00"}])
def test_what_cannot_be_read_is_said_in_words(world, phone, said):
    answer = choose(phone, mails_path(world.greta), **said)

    assert answer.status_code == 400
    assert "Please choose one" in answer.content.decode()
    assert wish(world) == (Wish.ALL, set())


def test_the_own_page_leads_to_the_same_choice(world):
    phone = Client()
    open_page(phone, world.greta)
    choose(phone, "/p/mails/", wish="dates")

    assert "mails about your visits, and nothing else" in phone.get("/p/mails/kept/").content.decode()
    assert wish(world)[0] == Wish.DATES


def test_a_wish_of_others_stays_and_each_change_is_traced_once(world):
    for _ in range(2):
        choose_mails(patient=world.greta, wish=Wish.ALL, stopped=[Group.GUIDANCE], by=world.clinic.desk, now=NOW)

    assert AuditEvent.objects.filter(action="choose-mails").count() == 1
    assert not Patient.objects.filter(has_stopped(Group.CHECK_INS, "pk")).exists()
    assert Patient.objects.filter(has_stopped(Group.GUIDANCE, "pk")).exists()
    with pytest.raises(ValueError, match="no groups"):
        choose_mails(patient=world.greta, wish=Wish.ALL, stopped=["x"], by=None, now=NOW)
