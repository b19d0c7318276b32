"""A test mail is followed to its end, in words and in the server's own where it fails."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from clinic.kernel import clock
from clinic.opening import mails
from clinic.opening.services import testmail
from clinic.outbox import letters
from clinic.outbox.models import OutgoingMessage
from clinic.practice.models import Practice
from clinic.staff.tests.cast import form, signed_in

pytestmark = pytest.mark.django_db
ADDRESSES = {"mail_from": "hello@mill.example", "reply_to": "desk@mill.example"}


@pytest.fixture
def owner(alice, practice):
    return signed_in(alice)


@pytest.fixture
def message(owner):
    owner.post("/settings/mail/again/")
    return OutgoingMessage.objects.get()


def words(owner):
    return owner.get("/settings/mail/status/", HTTP_HX_REQUEST="true").content.decode()


def became(message, **state):
    OutgoingMessage.objects.filter(pk=message.pk).update(**state)


def path_of(message):
    return f"/mail-test/{message.public_id}/{mails.token_of(message.public_id)}/"


def test_it_goes_to_who_asked_before_anything_else(message, alice):
    assert (message.to_address, message.priority, message.state) == (alice.email, 0, "queued")


def test_it_is_told_step_by_step(owner, message):
    assert words(owner).count("bi-check-lg") == 0
    assert 'hx-trigger="every 2s"' in words(owner)

    became(message, state="transmitting", claimed_until=clock.now(), first_tried_at=clock.now())
    assert words(owner).count("bi-check-lg") == 1

    became(message, state="sent", sent_at=clock.now())
    assert words(owner).count("bi-check-lg") == 2
    assert "Waiting for you to press" in words(owner)

    Client().post(path_of(message))
    assert "You pressed the button in it" in words(owner)
    assert "hx-trigger" not in words(owner)


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ({"state": "failed", "reason": "550 no such user here"}, "refused it: 550 no such user here"),
        ({"state": "cancelled", "reason": "too late"}, "did not leave: too late"),
        ({"state": "unsure", "reason": "line broke"}, "it may have arrived"),
        ({"reason": "the mail server cannot be reached (ConnectionRefusedError)"}, "cannot be reached"),
        ({"not_after": clock.now() + timedelta(seconds=0.01)}, "too old"),
        ({"created_at": clock.now() - timedelta(minutes=2)}, "Does the worker run?"),
    ],
)
def test_what_keeps_it_is_said(owner, message, state, says):
    if "not_after" in state:
        state = {"not_after": message.not_before + timedelta(microseconds=1)}
    became(message, **state)

    assert says in words(owner)
    assert "Send it again" in words(owner)


def test_looking_at_the_button_changes_nothing(message):
    for _ in range(3):
        assert Client().get(path_of(message)).status_code == 200

    assert Practice.objects.get().mail_tested_at is None


def test_pressing_twice_is_pressing_once(message):
    Client().post(path_of(message))
    first = Practice.objects.get().mail_tested_at
    Client().post(path_of(message))

    assert Practice.objects.get().mail_tested_at == first


def test_the_button_of_an_older_mail_no_longer_counts(owner, message):
    became(message, created_at=clock.now() - timedelta(seconds=10))
    owner.post("/settings/mail/again/")

    assert Client().post(path_of(message)).status_code == 410
    assert Practice.objects.get().mail_tested_at is None


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00", "ü"])
def test_a_made_up_button_does_nothing(message, token):
    assert Client().post(f"/mail-test/{message.public_id}/{token}/").status_code == 410


def test_a_double_click_sends_one(owner):
    owner.post("/settings/mail/again/")
    owner.post("/settings/mail/again/")

    assert OutgoingMessage.objects.count() == 1


def test_another_address_wants_another_test(owner, message):
    Client().post(path_of(message))
    became(message, created_at=clock.now() - timedelta(seconds=10))

    owner.post("/settings/mail/", form(**ADDRESSES | {"reply_to": "new@mill.example"}))

    practice = Practice.objects.get()
    assert (practice.reply_to, practice.mail_tested_at) == ("new@mill.example", None)
    assert OutgoingMessage.objects.count() == 2


def test_the_same_addresses_change_nothing_once_tested(owner, message):
    Client().post(path_of(message))

    owner.post("/settings/mail/", form(**ADDRESSES))

    assert Practice.objects.get().mail_tested_at
    assert OutgoingMessage.objects.count() == 1


def test_a_reply_address_without_an_ending_is_helped(owner):
    response = owner.post("/settings/mail/", form(**ADDRESSES | {"reply_to": "desk@mil"}))

    assert "Did you mean desk@mill.example?" in response.context["form"].errors["reply_to"][0]


def test_the_mail_can_be_written(message, practice, in_role):
    message.practice = practice
    with in_role("worker"):
        mail = mails.render(message, clock.now())

    assert path_of(message) in mail.text
    assert mails.token_of(message.public_id) not in mail.kept
    assert b"Reply-To: desk@mill.example" in letters.compose(message, mail, now=clock.now())


def test_a_follow_without_a_mail_says_nothing(practice):
    assert testmail.follow(practice=practice, message=None, now=clock.now()) is None
