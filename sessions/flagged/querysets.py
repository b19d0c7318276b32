"""What is asked about answers to flags, to hang on a statement that is asked anyway."""

from __future__ import annotations

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q
from django.db.models.functions import JSONObject

from sessions.flagged.models import Acknowledgement


def answered_flags(session: str = "pk", course: str = "course_id") -> ArraySubquery:
    """The answers to flags in a note's course, or in the note itself where it has none, as JSON, the oldest first."""
    given = Acknowledgement.objects.filter(Q(session_id=OuterRef(session)) | Q(course_id=OuterRef(course)))
    return ArraySubquery(
        given.order_by("id").values(
            json=JSONObject(
                rule_id="rule_id", fingerprint="fingerprint", title="title", stops="stops", reason="reason",
                by=F("by__name"), at="at", session="session_id",
            )
        )
    )  # fmt: skip
