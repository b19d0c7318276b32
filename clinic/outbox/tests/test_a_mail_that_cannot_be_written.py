"""A broken mail fails once, with a reason, and never stands in the way of the others."""

from __future__ import annotations

import pytest
from django.db import DatabaseError
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from clinic.outbox import kinds, letters
from clinic.outbox.models import OutgoingMessage
from clinic.outbox.tests.conftest import NOON, render
from clinic.practice.models import Practice

pytestmark = pytest.mark.django_db


def mail(subject="Your visit", text="Come.", kept="Come.", **more):
    return lambda message, now: kinds.Mail(subject=subject, text=text, html=f"<p>{text}</p>", kept=kept, **more)


def breaks(message, now):
    raise ZeroDivisionError("samuel@okonkwo.example")


BROKEN = {
    "a second header in the subject": (mail(subject="Hello\r\nBcc: eve@evil.example"), "a line break in its head"),
    "a header of the kind's own": (mail(headers={"X-Kind": "a\nBcc: eve@evil.example"}), "a line break in its head"),
    "a render that breaks": (breaks, "it could not be written"),
    "half a character": (mail(text="\ud800"), "it could not be written"),
    "a missing template": (
        lambda message, now: letters.write("no-such-mail", practice=None, context={}),
        "its template is missing",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_it_fails_once_and_the_next_goes(case, sink, queue, run):
    how, reason = BROKEN[case]
    kinds.register(kinds.Kind("test-broken", "Broken", how))
    before, broken, after = queue(), queue("test-broken"), queue()

    tally = run()

    broken.refresh_from_db()
    assert broken.state == "failed"
    assert broken.reason.startswith(reason)
    assert sink.copies == {before.message_id: 1, after.message_id: 1}
    assert (tally["sent"], tally["failed"]) == (2, 1)
    assert run()["failed"] == 0


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a@x.example, b@y.example", "a@x.example\r\nBcc: b@y.example", "<a@x.example>", "a b@x.example"],
)
def test_an_address_that_is_not_exactly_one_fails(sink, queue, run, address):
    message = queue(to_address=address)

    run()

    message.refresh_from_db()
    assert (message.state, sink.taken) == ("failed", [])


def test_an_address_beyond_ascii_fails_with_words_when_the_server_cannot(sink, queue, run):
    message = queue(to_address="bücher@mail.example")

    run()

    message.refresh_from_db()
    assert (message.state, message.reason) == ("failed", "the address has letters that the mail server does not take")


def test_a_domain_beyond_ascii_travels_in_its_own_form(sink, queue, run):
    queue(to_address="info@bücher.example")

    run()

    assert sink.taken[0].recipient == "info@xn--bcher-kva.example"


def test_a_kind_that_nobody_registered_fails(sink, queue, run):
    kinds.register(kinds.Kind("test-gone", "Gone", render))
    message = queue("test-gone")
    del kinds._kinds["test-gone"]

    run()

    message.refresh_from_db()
    assert (message.state, message.reason) == ("failed", "nothing here knows how to write it")


def test_a_nul_in_what_is_kept_does_not_stop_anything(sink, queue, run):
    kinds.register(kinds.Kind("test-nul", "Nul", mail(subject="a\x00b", kept="c\x00d\ud800")))
    message = queue("test-nul")

    run()

    message.refresh_from_db()
    assert message.state in ("sent", "failed")
    assert "\x00" not in message.body_sent


def test_what_breaks_is_not_named_in_the_log(sink, queue, run, caplog):
    kinds.register(kinds.Kind("test-broken", "Broken", breaks))
    queue("test-broken")

    run()

    assert "ZeroDivisionError" in caplog.text
    assert "okonkwo" not in caplog.text


def test_a_planner_that_breaks_keeps_no_mail_back(sink, queue, run, monkeypatch):
    def broken(now):
        raise DatabaseError("row (samuel@okonkwo.example)")

    monkeypatch.setattr(kinds, "planners", [broken])
    queue()

    assert run()["sent"] == 1


@example(name="", subject="0\x1e0")
@example(name="Mill\u2028Bcc: x@x.example", subject="a\x85Bcc: x@x.example")
@given(name=st.text(max_size=300), subject=st.text(max_size=1000))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_name_and_no_subject_makes_a_second_recipient_or_header(name, subject):
    message = OutgoingMessage(to_address="p@mail.example", message_id="<1@mill.example>")
    message.practice = Practice(name=name, mail_from="mill@mill.example", reply_to="desk@mill.example")

    try:
        raw = letters.compose(message, mail(subject=subject)(message, NOON), now=NOON)
    except (ValueError, UnicodeError):  # BadHeaderError is one: the row fails
        return

    head = raw.split(b"\r\n\r\n", 1)[0].decode()
    names = [line.partition(":")[0] for line in head.split("\r\n") if line[:1] not in (" ", "\t")]
    assert sorted(names) == sorted(
        ["Content-Type", "MIME-Version", "Subject", "From", "To", "Reply-To", "Message-ID", "Date", "Auto-Submitted"]
    )
    assert letters.sender_address(message.practice) == "mill@mill.example"
