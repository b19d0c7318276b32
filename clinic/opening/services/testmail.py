"""A test mail, followed to its end: planned, handed over, taken, and its button pressed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from clinic.audit import services as audit
from clinic.opening.mails import TEST_MAIL, is_token_of
from clinic.outbox import services as outbox
from clinic.outbox.models import OutgoingMessage
from clinic.practice import services as practice_services
from clinic.practice.models import Practice
from clinic.staff.models import User

LIVES = timedelta(hours=1)
"""After this time a test mail that could not leave is given up, and its button no longer counts."""
SLOW = timedelta(seconds=45)
"""A mail that nobody took for so long waits for a worker that does not run."""

State = OutgoingMessage.State


class OldMail(Exception):
    """The pressed button stands in a test mail that no longer counts."""


@dataclass(frozen=True)
class Line:
    """One line of the test mail's way: done, waited for, or not come to yet."""

    words: str
    at: datetime | None = None
    done: bool = False
    now: bool = False


@dataclass(frozen=True)
class Way:
    """How far the newest test mail has come. ``problem`` is what went wrong, in the server's words."""

    to_address: str
    lines: tuple[Line, ...]
    works: bool
    moving: bool
    problem: str = ""


@transaction.atomic
def send(*, to_address: str, by: User, now: datetime) -> OutgoingMessage:
    """Plan a test mail to ``to_address``; a second call within three seconds returns the first (a double click)."""
    Practice.objects.select_for_update().get(id=1)
    newest = newest_mail()
    if newest and now - newest.created_at < timedelta(seconds=3) and newest.to_address == to_address:
        return newest
    OutgoingMessage.objects.filter(kind=TEST_MAIL, state=State.QUEUED).update(
        state=State.CANCELLED, reason="a newer test mail took its place"
    )
    message = outbox.enqueue(
        kind=TEST_MAIL,
        dedup_key=f"{TEST_MAIL}:{uuid.uuid4()}",
        to_address=to_address,
        not_before=now,
        not_after=now + LIVES,
        now=now,
        user_id=by.pk,
        priority=0,
    )
    audit.record(by=by, now=now, action="send-test-mail", resource="practice", object_id=message.pk)
    return message


def newest_mail() -> OutgoingMessage | None:
    """Return the newest test mail, if there is one."""
    return OutgoingMessage.objects.filter(kind=TEST_MAIL).order_by("-created_at", "-id").first()


def find(*, public_id: uuid.UUID, token: str, now: datetime) -> OutgoingMessage:
    """Return the test mail whose button was pressed. Raises OldMail when it is not the newest, or too old."""
    if not is_token_of(public_id, token):
        raise OldMail
    newest = newest_mail()
    if newest is None or newest.public_id != public_id or newest.not_after <= now:
        raise OldMail
    return newest


def press(*, message: OutgoingMessage, now: datetime) -> None:
    """Note that the mail came to its end. A second press changes nothing."""
    practice = Practice.objects.get(id=1)
    if not _works(practice, message):
        practice_services.note_mail_works(by=None, now=now)


def _works(practice: Practice, message: OutgoingMessage | None) -> bool:
    return practice.mail_tested_at is not None and (message is None or practice.mail_tested_at >= message.created_at)


def follow(*, practice: Practice, message: OutgoingMessage | None, now: datetime) -> Way | None:
    """Say how far ``message`` has come; None when there was none since the addresses were written."""
    if message is None:
        return None
    works = _works(practice, message)
    handed = works or message.state in (State.TRANSMITTING, State.SENT, State.UNSURE)
    taken = works or message.state == State.SENT
    over = message.state in (State.FAILED, State.CANCELLED) or (message.not_after <= now and not works)
    lines = (
        Line("Handed to the mail server", message.first_tried_at if handed else None, done=handed, now=not handed),
        Line("Taken by the other side", message.sent_at if taken else None, done=taken, now=handed and not taken),
        Line(
            "You pressed the button in it" if works else "Waiting for you to press the button in it",
            practice.mail_tested_at if works else None, done=works, now=taken and not works,
        ),
    )  # fmt: skip
    return Way(
        to_address=message.to_address,
        lines=lines,
        works=works,
        moving=not works and not over,
        problem="" if works else _problem(message, now),
    )


def _problem(message: OutgoingMessage, now: datetime) -> str:
    """Say in words what keeps a test mail from its end, or "" when it only needs a moment."""
    reason = message.reason
    if message.state == State.FAILED:
        return f"The mail server refused it: {reason}. Please look at the addresses, then send it again."
    if message.state == State.CANCELLED:
        return f"It did not leave: {reason}. Please send it again."
    if message.state == State.UNSURE:
        return "The line broke while it was handed over; it may have arrived. If it does not come, send it again."
    if message.not_after <= now:
        return "This one is too old by now. Please send it again."
    if message.state == State.QUEUED and reason:
        return f"Not yet: {reason}. Deqi tries again by itself."
    if message.state == State.QUEUED and now - message.created_at > SLOW:
        return "Nobody has taken it from the queue yet. Does the worker run? It starts together with Deqi."
    return ""
