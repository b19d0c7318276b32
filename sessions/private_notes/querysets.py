"""What is asked about private notes: the newest rides on a statement that is asked anyway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import JSONField, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from sessions.private_notes.models import PrivateNote


@dataclass(frozen=True)
class PrivateText:
    """What stands between practitioners now: the words, who wrote them, when."""

    text: str
    by: str
    at: datetime


def private_text(row: Mapping[str, Any] | None) -> PrivateText | None:
    """Return the newest version as pages show it; None when there is none, or when it was taken off the pages."""
    if not row or not row["text"]:
        return None
    return PrivateText(row["text"], row["by"], datetime.fromisoformat(row["at"]))


def newest_private_note(patient: str) -> Subquery:
    """The newest version as JSON (text, by, at), null when there is none; ``patient`` is the outer column of the id.

    For pages of practitioners alone, which have traced the look at the record.
    """
    newest = PrivateNote.objects.filter(patient_id=OuterRef(patient)).order_by("-version")
    return Subquery(newest.values(json=JSONObject(text="text", by="by__name", at="at"))[:1], output_field=JSONField())


def versions_of(patient_id: int) -> QuerySet[PrivateNote, Any]:
    """Every version of a patient's private note, newest first, with who wrote it."""
    found = PrivateNote.objects.filter(patient_id=patient_id).select_related("by").defer("by__password")
    return found.order_by("-version")
