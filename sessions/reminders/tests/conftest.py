"""The cast, and messages in every state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from clinic.kernel import clock
from clinic.outbox import kinds, services
from clinic.outbox.models import OutgoingMessage
from clinic.practice.models import Practice
from patients.models import Patient

BACKEND = "clinic.attention.sign_in.Backend"


def render(message: OutgoingMessage, now: datetime) -> kinds.Mail:
    return kinds.Mail(subject="Your visit", text="Come.", html="<p>Come.</p>", kept="Come.")


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    kinds.register(kinds.Kind("test-reminder", "Reminder, 72 h", render))


@pytest.fixture
def practice(db) -> Practice:
    return Practice.objects.create(
        id=1, name="Old Mill Acupuncture", country="IE", timezone="Europe/Dublin", opened_at=clock.now()
    )


@pytest.fixture
def people(db, practice, django_user_model) -> dict[str, object]:
    roles = {"olga": ["owner"], "paula": ["practitioner"], "bob": ["front-desk"]}
    return {
        name: django_user_model.objects.create_user(
            f"{name}@mill.example", name=name.title(), roles=held, created_at=clock.now()
        )
        for name, held in roles.items()
    }


@pytest.fixture
def as_(people) -> Callable[[str], Client]:
    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(people[name], backend=BACKEND)
        return client

    return signed_in


@pytest.fixture
def samuel(db) -> Patient:
    return Patient.objects.create(
        given_name="Samuel", family_name="Okonkwo", birth_date=date(1961, 3, 12), email="samuel@okonkwo.example",
        created_at=clock.now(),
    )  # fmt: skip


@pytest.fixture
def plan(db) -> Callable[..., OutgoingMessage]:
    """Make a message in a given state, as the worker would have left it."""
    numbers = iter(range(100_000))

    def made(state: str = "queued", *, after: timedelta = timedelta(), patient: Patient | None = None, **changes):
        now = clock.now()
        message = services.enqueue(
            kind="test-reminder", dedup_key=f"test:{next(numbers)}", now=now, not_before=now + after,
            not_after=now + after + timedelta(days=1), patient_id=patient.pk if patient else None,
            to_address=patient.email if patient else "esther@mbeki.example",
        )  # fmt: skip
        if state in ("claimed", "transmitting"):
            changes |= {"claimed_until": now + timedelta(minutes=1)}
        if state == "sent":
            changes |= {"sent_at": now + after, "subject_line": "Your visit", "body_sent": "Come on Monday."}
        OutgoingMessage.objects.filter(pk=message.pk).update(state=state, **changes)
        message.refresh_from_db()
        return message

    return made
