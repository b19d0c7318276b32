"""Opening a task and saying "seen". A task never closes by itself."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from clinic.attention.models import Task
from clinic.audit import services as audit
from clinic.staff.models import User


def open_task(
    *, kind: str, dedup_key: str, urgency: str, patient_id: int, subject_id: int | None, now: datetime
) -> None:
    """Open a task for the practitioners; a second call with the same ``dedup_key`` opens nothing.

    ``urgency`` is a value of Task.Urgency. Call it inside the transaction of the act that raised it: that act writes
    the trace, and the task is its own.
    """
    task = compose_task(
        kind=kind, dedup_key=dedup_key, urgency=urgency, patient_id=patient_id, subject_id=subject_id, now=now
    )
    Task.objects.bulk_create([task], ignore_conflicts=True)


def compose_task(
    *, kind: str, dedup_key: str, urgency: str, patient_id: int, subject_id: int | None, now: datetime
) -> Task:
    """Return a task that is not yet stored: for ``insert_together`` with the rows of the act that raised it."""
    return Task(
        kind=kind,
        dedup_key=dedup_key,
        urgency=Task.Urgency(urgency),
        patient_id=patient_id,
        subject_id=subject_id,
        created_at=now,
    )


def acknowledge(*, task: Task, by: User, now: datetime) -> bool:
    """Keep who saw a task and when. Returns False when somebody was there before: the first one stays."""
    with transaction.atomic():
        first = Task.objects.filter(pk=task.pk, acknowledged_at__isnull=True).update(
            acknowledged_at=now, acknowledged_by=by
        )
        if first:
            audit.record(
                by=by, now=now, action="acknowledge", resource="attention", patient_id=task.patient_id,
                object_id=task.pk,
            )  # fmt: skip
    return bool(first)
