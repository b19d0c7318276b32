"""A sink, kinds of mail that need no other room, and a hand to queue them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from clinic.outbox import kinds, rounds, services
from clinic.outbox.models import OutgoingMessage
from clinic.outbox.tests.sink import Sink
from clinic.practice.models import Practice
from clinic.staff.models import User

NOON = datetime(2026, 11, 16, 12, tzinfo=timezone.get_fixed_timezone(0))


def render(message: OutgoingMessage, now: datetime) -> kinds.Mail:
    link = f"https://clinic.example/i/{'t0ken-' * 7}x/"
    return kinds.Mail(
        subject="Your visit",
        text=f"Come on Monday.\n.\n..dots\n{link}\n",
        html="<p>Come on Monday.</p>",
        kept=f"Come on Monday.\n{link}\n",
        attachments=(kinds.Attachment("visit.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "text/calendar"),),
    )


def bob_is_here(now: datetime) -> list[kinds.StillTrue]:
    here = User.objects.filter(pk=OuterRef("subject_id"), is_active=True)
    return [kinds.StillTrue(Q(subject_id__isnull=True) | Q(Exists(here)), "Bob has left")]


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reminder that never goes twice by itself, and a link that may. What other rooms plan is theirs to try."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    monkeypatch.setattr(kinds, "planners", [])
    kinds.register(kinds.Kind("test-reminder", "Reminder", render, still_true=bob_is_here))
    kinds.register(kinds.Kind("test-link", "A link", render, repeatable=True))


@pytest.fixture
def sink(settings) -> Iterator[Sink]:
    with Sink() as running:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_TIMEOUT = 1
        yield running


@pytest.fixture
def practice(db) -> Practice:
    return Practice.objects.create(
        id=1, name="Old Mill Acupuncture", country="IE", timezone="Europe/Dublin",
        mail_from="mill@oldmill.example", reply_to="desk@oldmill.example",
    )  # fmt: skip


@pytest.fixture
def queue(db, in_role) -> Callable[..., OutgoingMessage]:
    """Plan a message as the web does, due at noon, good for a day."""
    numbers = iter(range(10_000))

    def plan(kind: str = "test-reminder", *, now: datetime = NOON, hours: float = 24, **changes) -> OutgoingMessage:
        number = next(numbers)
        with in_role("web"):
            return services.enqueue(**{
                "kind": kind, "dedup_key": f"{kind}:{number}", "to_address": f"p{number}@mail.example", "now": now,
                "not_before": now, "not_after": now + timedelta(hours=hours), **changes,
            })  # fmt: skip

    return plan


@pytest.fixture
def run(in_role) -> Callable[..., object]:
    """Run one round with the rights of the worker."""

    def one_round(now: datetime = NOON, **arguments):
        with in_role("worker"):
            return rounds.run(now=now, **arguments)

    return one_round
