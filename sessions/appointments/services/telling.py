"""Which mail tells of what happened to a visit: one for one act, none when it is taken back in the quiet minutes."""

from __future__ import annotations

from datetime import datetime, timedelta

from clinic.outbox import services as outbox
from clinic.outbox.models import OutgoingMessage, OutgoingMessageQuerySet
from clinic.practice.models import Practice
from patients.models import Patient
from sessions.appointments.mails import CANCELLATION, CHANGE, CONFIRMATION, key_of
from sessions.appointments.models import Appointment

#: A mail for a visit that begins within this time does not wait for its quiet minutes.
SOON = timedelta(hours=1)
_QUEUED = OutgoingMessage.State.QUEUED


def plan(
    kind: str,
    visit: Appointment,
    *,
    now: datetime,
    patient: Patient | None = None,
    subject_id: int | None = None,
    at_once: bool = False,
) -> OutgoingMessage | None:
    """Plan a mail of a visit, inside the running transaction; None for who has no e-mail.

    It may leave from the end of the practice's quiet minutes, at any hour, until the visit begins.
    """
    patient = patient or visit.patient
    if not patient.email or Patient.DeskFact.NO_EMAIL in patient.desk_facts:
        return None
    quiet = timedelta(minutes=Practice.objects.only("confirmation_quiet_minutes").get(id=1).confirmation_quiet_minutes)
    not_before = now if at_once or visit.starts_at - now <= SOON else now + quiet
    return outbox.enqueue(
        kind=kind,
        dedup_key=key_of(kind, visit),
        to_address=patient.email,
        not_before=not_before,
        not_after=max(visit.starts_at, not_before + timedelta(minutes=5)),
        now=now,
        patient_id=patient.pk,
        appointment_id=visit.pk,
        subject_id=subject_id,
        priority=2,
    )


def of_move(visit: Appointment, *, now: datetime, at_once: bool = False, undone: bool = False) -> None:
    """Tell of the new time; a confirmation that has not left yet takes it in.

    ``undone`` says that the visit went back to the time it had: who was not told of the other one is told nothing.
    """
    waiting = list(_waiting(visit, CONFIRMATION, CHANGE)[:2])
    if waiting and waiting[0].kind == CONFIRMATION:
        plan(CONFIRMATION, visit, subject_id=waiting[0].subject_id, at_once=at_once, now=now)
    elif not (undone and len(waiting) == 1):
        plan(CHANGE, visit, at_once=at_once, now=now)


def of_cancellation(visit: Appointment, *, now: datetime) -> None:
    """Tell that a visit ahead does not take place; not when its booking has not been told yet."""
    if visit.starts_at > now and not _waiting(visit, CONFIRMATION).exists():
        plan(CANCELLATION, visit, now=now)


def of_return(visit: Appointment, *, now: datetime) -> None:
    """Tell that a visit takes place after all, when its cancellation has left; calendars learn it by its SEQUENCE."""
    told = OutgoingMessage.objects.filter(dedup_key=key_of(CANCELLATION, visit)).first()
    if told is None:
        return
    visit.sequence += 1
    visit.save(update_fields=["sequence"])
    waiting = _waiting(visit, CONFIRMATION, CHANGE).first()
    if waiting is not None:
        plan(waiting.kind, visit, subject_id=waiting.subject_id, now=now)
    elif told.state not in (_QUEUED, OutgoingMessage.State.CANCELLED):
        plan(CHANGE, visit, now=now)


def _waiting(visit: Appointment, *kinds: str) -> OutgoingMessageQuerySet:
    """Return what was planned of a visit and has not left, the newest first."""
    found = OutgoingMessage.objects.filter(appointment_id=visit.pk, kind__in=kinds, state=_QUEUED)
    return found.order_by("-id")
