"""What was decided at the checkpoints, as expressions that hang on a statement which is asked anyway."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from sessions.courses.models import Checkpoint

_COLUMNS = ("session_number", "decision", "why", "more_sessions", "end_reason", "at")


def decided_in(course: str) -> ArraySubquery:
    """Every decision of a course as JSON with its figures, the newest first; ``course`` is the outer column of its id.

    ``sessions.checkpoint.page.Decided`` reads it.
    """
    return _as_json(Checkpoint.objects.filter(course_id=OuterRef(course)), "figures")


def decided_at(course: str, number: str) -> ArraySubquery:
    """The decisions that were taken at one session, without figures; its course and number are the outer columns."""
    return _as_json(Checkpoint.objects.filter(course_id=OuterRef(course), session_number=OuterRef(number)))


def _as_json(decided: QuerySet[Checkpoint, Any], *more: str) -> ArraySubquery:
    named = {name: name for name in (*_COLUMNS, *more)}
    return ArraySubquery(decided.order_by("-at", "-id").values(json=JSONObject(by="by__name", **named)))
