"""Writing a private note: a new version, never a change."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from clinic.audit.services import record
from clinic.staff.models import User
from patients.models import Patient
from sessions.private_notes.models import PrivateNote


class SomebodyWrote(Exception):
    """Somebody kept a version meanwhile. ``theirs`` is what stands now; nothing was overwritten."""

    def __init__(self, theirs: PrivateNote) -> None:
        super().__init__(f"{theirs.by} wrote here meanwhile. Nothing was overwritten; your text is kept below.")
        self.theirs = theirs


def write(*, patient: Patient, text: str, seen: int, form_token: uuid.UUID, by: User, now: datetime) -> PrivateNote:
    """Keep a text as the next version; ``seen`` is the version the page showed, 0 for none. A double click keeps one.

    Raises SomebodyWrote when another version came between.
    """
    before = PrivateNote.objects.filter(form_token=form_token).first()
    if before is not None:
        return before
    try:
        with transaction.atomic():
            kept = PrivateNote.objects.create(
                patient=patient, version=seen + 1, text=text, by=by, at=now, form_token=form_token
            )
            record(by=by, now=now, action="write", resource="private-note", patient_id=patient.pk, object_id=kept.pk)
    except IntegrityError:
        theirs = PrivateNote.objects.filter(patient=patient).select_related("by").order_by("-version").first()
        if theirs is None:
            raise
        if theirs.form_token == form_token:
            return theirs
        raise SomebodyWrote(theirs) from None
    return kept
