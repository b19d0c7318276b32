"""What follows a signed note: additions, corrections, and the word that it was entered in error."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from clinic.audit.services import record
from clinic.staff.models import User
from sessions.models import Addendum, TreatmentSession
from sessions.problems import AlreadySaid, NoteProblem


def add_addendum(
    *, note: TreatmentSession, kind: str, text: str, form_token: uuid.UUID, by: User, now: datetime
) -> Addendum:
    """Add to a signed note; the note itself stays as it was signed. A double click makes one row.

    Raises NoteProblem for a draft, and AlreadySaid when this form came before with other words.
    """
    if not note.is_signed:
        raise NoteProblem("This note is a draft: write it into the note itself.")
    try:
        with transaction.atomic():
            added = Addendum.objects.create(session=note, kind=kind, text=text, by=by, at=now, form_token=form_token)
            record(by=by, now=now, action="addendum", resource="note", patient_id=note.patient_id, object_id=note.pk)
    except IntegrityError as clash:
        before = Addendum.objects.filter(form_token=form_token).first()
        if before is None:
            raise
        if (before.session_id, before.by_id, before.kind, before.text) != (note.pk, by.pk, kind, text):
            raise AlreadySaid from clash
        return before
    return added
