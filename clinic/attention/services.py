"""Opening a task and saying "seen", and who is told. A task never closes by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from clinic.attention.models import Absence, Duty, Task
from clinic.audit import services as audit
from clinic.kernel.together import Rows, insert_together
from clinic.staff.models import User


@dataclass(frozen=True)
class Chosen:
    """Whom the owner names. ``tried``: mails to both addresses that ring were tried, and they rang."""

    first: User | None = None
    second: User | None = None
    cover: User | None = None
    first_rings: str = ""
    second_rings: str = ""
    tried: bool = False


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


def acknowledge_about(*, subject_id: int, kinds: Sequence[str], by: User, now: datetime) -> int:
    """Keep that somebody saw all that waits about one record. Returns how many were open; inside a transaction."""
    waiting = Task.objects.filter(subject_id=subject_id, kind__in=kinds, acknowledged_at__isnull=True)
    found = list(waiting.select_for_update(no_key=True).values_list("pk", "patient_id"))
    if found:
        waiting.filter(pk__in=[pk for pk, _ in found]).update(acknowledged_at=now, acknowledged_by=by)
        insert_together(
            Rows(
                [
                    audit.compose(
                        by=by, now=now, action="acknowledge", resource="attention", patient_id=patient_id, object_id=pk
                    )
                    for pk, patient_id in found
                ]
            )
        )
    return len(found)


@transaction.atomic
def keep_duty(*, chosen: Chosen, by: User, now: datetime) -> Duty:
    """Store who is told first and second and who steps in. Other addresses that ring want another try."""
    duty = Duty.objects.select_for_update().filter(id=1).first() or Duty(id=1)
    rings = (duty.first_rings, duty.second_rings)
    duty.first, duty.second, duty.cover = chosen.first, chosen.second, chosen.cover
    duty.first_rings, duty.second_rings = chosen.first_rings, chosen.second_rings
    if not chosen.tried:
        duty.rang_at = None
    elif duty.rang_at is None or rings != (chosen.first_rings, chosen.second_rings):
        duty.rang_at = now
    duty.save()
    audit.record(by=by, now=now, action="keep", resource="duty", object_id=duty.pk)
    return duty


@transaction.atomic
def add_absence(*, user: User, first_day: date, last_day: date, by: User, now: datetime) -> Absence:
    """Store days on which a person is away, both included: somebody else is told meanwhile."""
    absence = Absence.objects.create(user=user, first_day=first_day, last_day=last_day)
    audit.record(by=by, now=now, action="add", resource="absence", object_id=absence.pk)
    return absence


@transaction.atomic
def drop_absence(*, absence: Absence, by: User, now: datetime) -> None:
    """Take an absence back: the person is there after all."""
    audit.record(by=by, now=now, action="drop", resource="absence", object_id=absence.pk)
    absence.delete()
