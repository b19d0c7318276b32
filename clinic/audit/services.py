"""The ways a trace is written: an act was done, a record was opened, a list was shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from clinic.audit.context import current
from clinic.audit.models import AuditEvent


class Actor(Protocol):
    """Whoever acts: a signed-in user. A patient's link and a process act as None with a name."""

    pk: int
    roles: list[str]


def record(
    *,
    by: Actor | None,
    now: datetime,
    action: str,
    resource: str,
    patient_id: int | None = None,
    object_id: int | None = None,
    acting_as: str = "",
    result: str = AuditEvent.Result.OK,
) -> AuditEvent:
    """Write who did what to which record, ids only. Call it inside the transaction of the act itself."""
    event = compose(
        by=by, now=now, action=action, resource=resource, patient_id=patient_id, object_id=object_id,
        acting_as=acting_as, result=result,
    )  # fmt: skip
    event.save(force_insert=True)
    return event


def compose(
    *,
    by: Actor | None,
    now: datetime,
    action: str,
    resource: str,
    patient_id: int | None = None,
    object_id: int | None = None,
    acting_as: str = "",
    result: str = AuditEvent.Result.OK,
) -> AuditEvent:
    """Return the trace of an act, not yet stored: for ``insert_together`` with the rows of the act."""
    origin = current()
    return AuditEvent(
        at=now,
        actor_id=by.pk if by is not None else None,
        acting_as=acting_as or (",".join(by.roles) if by is not None else "process"),
        action=action,
        resource=resource,
        patient_id=patient_id,
        object_id=object_id,
        result=result,
        request_id=origin.request_id,
        session_hash=origin.session_hash,
        address=origin.address,
    )


def open_record(
    *,
    by: Actor | None,
    now: datetime,
    resource: str,
    patient_id: int,
    object_id: int | None = None,
    acting_as: str = "",
) -> None:
    """Trace that somebody looks at a record. Call it before the record is read: it fails closed.

    Outside a transaction the row is committed at once, so that a page which breaks later is traced all the same.
    """
    record(
        by=by, now=now, action="read", resource=resource, patient_id=patient_id, object_id=object_id,
        acting_as=acting_as,
    )  # fmt: skip


def open_list(*, by: Actor, now: datetime, resource: str, patient_ids: Sequence[int]) -> None:
    """Trace a list that shows patients: one row with the ids shown."""
    origin = current()
    AuditEvent.objects.create(
        at=now,
        actor_id=by.pk,
        acting_as=",".join(by.roles),
        action="list",
        resource=resource,
        patients_shown=list(patient_ids),
        request_id=origin.request_id,
        session_hash=origin.session_hash,
        address=origin.address,
    )
