"""Planning a message: one row in the same transaction as the act that wants it."""

from __future__ import annotations

import uuid
from datetime import datetime
from email.utils import parseaddr

from django.conf import settings

from clinic.outbox import kinds
from clinic.outbox.models import OutgoingMessage


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
    row = OutgoingMessage(
        kind=kind,
        dedup_key=dedup_key,
        repeatable=kinds.get(kind).repeatable,
        priority=priority,
        patient_id=patient_id,
        appointment_id=appointment_id,
        user_id=user_id,
        subject_id=subject_id,
        message_id=f"<{uuid.uuid4()}@{_domain()}>",
        to_address=to_address,
        created_at=now,
        not_before=not_before,
        not_after=not_after,
    )
    OutgoingMessage.objects.bulk_create([row], ignore_conflicts=True)
    return OutgoingMessage.objects.get(dedup_key=dedup_key)


def _domain() -> str:
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return address.rpartition("@")[2] or "deqi.invalid"
