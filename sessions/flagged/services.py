"""Flags are answered: a stop by a written reason, a look by reading it. Rows are only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from clinic.audit.services import record
from clinic.kernel.together import Rows, insert_together
from clinic.staff.models import User
from sessions.flagged.models import Acknowledgement
from sessions.flagged.speaking import Spoken
from sessions.problems import NoteIsSigned

if TYPE_CHECKING:
    from sessions.models import TreatmentSession

LONGEST_TITLE = 300
#: What PostgreSQL says of an answer to a note that was signed meanwhile.
_LOCKED = "23001"


class NoReason(Exception):
    """A stop wants a written reason; nothing was stored."""


def compose_answer(*, note: TreatmentSession, spoken: Spoken, reason: str, by: User, now: datetime) -> Acknowledgement:
    """Return the answer to one flag, not yet stored: to be written with the signature. Raises NoReason."""
    if spoken.warning.stops and not reason:
        raise NoReason
    return Acknowledgement(
        patient_id=note.patient_id,
        course_id=note.course_id,
        session_id=note.pk,
        rule_id=spoken.warning.flag_id,
        fingerprint=spoken.warning.fingerprint,
        title=spoken.title[:LONGEST_TITLE],
        stops=spoken.warning.stops,
        reason=reason,
        by=by,
        at=now,
    )


def acknowledge(*, note: TreatmentSession, spoken: Spoken, reason: str, by: User, now: datetime) -> None:
    """Store that ``by`` answered this flag: in this course it is silent until what it is about changes.

    A double click makes one row. Raises NoReason for a stop without words, NoteIsSigned when it was signed meanwhile.
    """
    answer = compose_answer(note=note, spoken=spoken, reason=reason, by=by, now=now)
    try:
        with transaction.atomic():
            insert_together(Rows([answer], skip_known=True))
            record(by=by, now=now, action="acknowledge", resource="flag", patient_id=note.patient_id, object_id=note.pk)
    except IntegrityError as clash:
        if getattr(clash.__cause__, "pgcode", "") == _LOCKED:
            raise NoteIsSigned from clash
        raise
