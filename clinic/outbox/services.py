"""Planning a message in the transaction of the act that wants it, and what people decide about messages."""

from __future__ import annotations

import uuid
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from clinic.audit import services as audit
from clinic.outbox import held, kinds
from clinic.outbox.models import OutboxSwitch, OutgoingMessage

State = OutgoingMessage.State
Resolution = OutgoingMessage.Resolution


class NotPossible(Exception):
    """What was asked for a message does not fit its state any more; the text is a sentence for people."""


def enqueue(
    *,
    kind: str,
    dedup_key: str,
    to_address: str,
    not_before: datetime,
    not_after: datetime,
    now: datetime,
    patient_id: int | None = None,
    appointment_id: int | None = None,
    user_id: int | None = None,
    subject_id: int | None = None,
    priority: int = 5,
) -> OutgoingMessage:
    """Plan one message; a second call with the same ``dedup_key`` plans nothing and returns the first row.

    Raises KeyError for an unknown kind. The text is rendered at sending, from the state of that moment.
    """
    row = compose(
        kind=kind, dedup_key=dedup_key, to_address=to_address, not_before=not_before, not_after=not_after, now=now,
        patient_id=patient_id, appointment_id=appointment_id, user_id=user_id, subject_id=subject_id, priority=priority,
    )  # fmt: skip
    OutgoingMessage.objects.bulk_create([row], ignore_conflicts=True)
    return OutgoingMessage.objects.get(dedup_key=dedup_key)


def compose(
    *, kind: str, dedup_key: str, to_address: str, not_before: datetime, not_after: datetime, now: datetime,
    priority: int = 5, **more: Any,
) -> OutgoingMessage:  # fmt: skip
    """Return a message that is not yet stored, for planning many at once. Raises KeyError for an unknown kind."""
    return OutgoingMessage(
        kind=kind,
        dedup_key=dedup_key,
        repeatable=kinds.get(kind).repeatable,
        priority=priority,
        message_id=f"<{uuid.uuid4()}@{_domain()}>",
        to_address=to_address,
        created_at=now,
        not_before=not_before,
        not_after=not_after,
        **more,
    )


def send_again(*, message: OutgoingMessage, by: audit.Actor, now: datetime) -> None:
    """Queue a message that may or may not have arrived once more, under the same Message-ID.

    Raises NotPossible when somebody decided meanwhile, or when its moment has passed.
    """
    if message.not_after <= now:
        raise NotPossible("Its moment has passed, so it would not be sent. Please phone, then leave it.")
    changes = {"state": State.QUEUED, "not_before": now, "resolution": Resolution.SEND_AGAIN}
    _decide(message, Q(state=State.UNSURE), "send-again", by, now, resolved_by_id=by.pk, resolved_at=now, **changes)


def leave_it(*, message: OutgoingMessage, by: audit.Actor, now: datetime) -> None:
    """Say that an unsure or failed message may stay as it is. Raises NotPossible when it is neither any more."""
    found = Q(state__in=[State.UNSURE, State.FAILED])
    changes = {"resolution": Resolution.LEAVE_IT, "resolved_by_id": by.pk, "resolved_at": now}
    _decide(message, found, "leave-it", by, now, **changes)


def send_now(*, message: OutgoingMessage, by: audit.Actor, now: datetime) -> None:
    """Let a planned message go with the next round, at any hour: a person asked for it.

    Raises NotPossible when it is not waiting any more, or when its moment has passed.
    """
    if message.not_after <= now:
        raise NotPossible("Its moment has passed, so it will not be sent.")
    _decide(message, Q(state=State.QUEUED, not_before__gt=now), "send-now", by, now, not_before=now)


def pause(*, why: str, now: datetime, by: audit.Actor | None = None) -> None:
    """Let no mail leave until ``resume``; what is on the wire is finished."""
    with transaction.atomic():
        OutboxSwitch.objects.update_or_create(id=1, defaults={"paused_at": now, "paused_why": why})
        audit.record(by=by, now=now, action="pause", resource="outbox")


def resume(*, by: audit.Actor, now: datetime) -> None:
    """Let mail leave again; what a restore left doubtful waits for a person."""
    with transaction.atomic():
        held.leave_to_people(now=now)
        OutboxSwitch.objects.filter(id=1).update(paused_at=None, paused_why="", restored_at=None)
        audit.record(by=by, now=now, action="resume", resource="outbox")


def _decide(message: OutgoingMessage, found: Q, action: str, by: audit.Actor, now: datetime, **changes: object) -> None:
    with transaction.atomic():
        if not OutgoingMessage.objects.filter(found, pk=message.pk, attempt=message.attempt).update(**changes):
            mine = {"resolved_by_id": by.pk, "resolution": changes.get("resolution")}
            if "resolution" in changes and OutgoingMessage.objects.filter(pk=message.pk, **mine).exists():
                return  # a double click
            raise NotPossible("It does not wait for this any more: somebody was quicker, or it is on its way.")
        audit.record(
            by=by, now=now, action=action, resource="message", patient_id=message.patient_id, object_id=message.pk
        )


def _domain() -> str:
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return address.rpartition("@")[2] or "deqi.invalid"
